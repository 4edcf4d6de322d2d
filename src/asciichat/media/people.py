"""Three drawn people who talk: they move, look around, blink, and open their mouths as loudly as they speak.

They stand in for cameras in the demo and in tests: no device, no file, and each is told from the others at
40 x 12 cells.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

from .source import Clock, DrawnVideo, Frame
from .sprite import Canvas, Color, Sprite

WIDTH: Final = 320
HEIGHT: Final = 240

_HEAD_WIDTH: Final = 150
_HEAD_HEIGHT: Final = 176
_MOUTH_STEPS: Final = 8
_LID_STEPS: Final = 4


@dataclass(frozen=True, slots=True)
class Looks:
    """What makes a person recognisable."""

    wall: tuple[Color, Color]
    """Background, above and below."""
    skin: Color
    hair: Color
    shirt: Color
    long_hair: bool = False
    glasses: bool = False
    beard: bool = False
    blink_every: float = 3.7
    """Mean seconds between blinks."""


PEOPLE: Final[dict[str, Looks]] = {
    "alice": Looks(
        wall=((250, 205, 120), (214, 120, 66)), skin=(238, 187, 152), hair=(74, 36, 20), shirt=(32, 112, 122),
        long_hair=True, blink_every=3.1,
    ),
    "bob": Looks(
        wall=((116, 176, 232), (40, 84, 160)), skin=(250, 214, 184), hair=(226, 178, 84), shirt=(206, 58, 58),
        glasses=True, blink_every=4.3,
    ),
    "carol": Looks(
        wall=((150, 214, 140), (36, 116, 84)), skin=(146, 92, 62), hair=(26, 20, 24), shirt=(244, 214, 84),
        beard=True, blink_every=3.7,
    ),
}  # fmt: skip
"""The three people, by name."""


class Person:
    """One drawn person.

    Parameters
    ----------
    name
        A key of :data:`PEOPLE`; anything else is a ValueError.
    """

    def __init__(self, name: str) -> None:
        if name not in PEOPLE:
            raise ValueError(f"there is nobody called {name!r}; there are {', '.join(PEOPLE)}")
        self.name = name
        self._looks = PEOPLE[name]
        # Each has their own rhythm, so that three of them do not move like a choir.
        self._phase = 2.1 * list(PEOPLE).index(name)
        self._wall = _draw_wall(self._looks)
        self._body = _draw_body(self._looks)
        self._head = _draw_head(self._looks)

    def draw(self, seconds: float, level: float) -> Frame:
        """The person at a time, speaking at a level.

        Parameters
        ----------
        seconds
            Since the start.
        level
            0 (silent, mouth shut) to 1 (as loud as they get).

        Returns
        -------
        uint8[240, 320, 3]
        """
        level = min(1.0, max(0.0, level))
        turn = seconds + self._phase
        sway = 9 * math.sin(turn * 0.9) + 4 * math.sin(turn * 2.3)
        nod = 3 * math.sin(turn * 1.7) - 5 * level
        x = round((WIDTH - _HEAD_WIDTH) / 2 + sway)
        y = round(26 + nod)
        frame = self._wall.copy()
        self._body.lay_over(frame, round(sway * 0.5), round(150 + nod * 0.3))
        self._head.lay_over(frame, x, y)
        gaze = round(2 * math.sin(turn * 0.6))
        _draw_eyes(self._looks, self._lids(turn), gaze).lay_over(frame, x + 28, y + 72)
        _draw_mouth(self._looks, round(level * (_MOUTH_STEPS - 1))).lay_over(frame, x + 42, y + 120)
        return frame

    def _lids(self, turn: float) -> int:
        """How far the eyes are shut, 0 to _LID_STEPS: a fifth of a second, at uneven intervals."""
        every = self._looks.blink_every
        beat, since = divmod(turn, every)
        since -= every * (0.25 + 0.2 * math.sin(beat * 7.3))
        if not 0 <= since < 0.2:
            return 0
        return round(_LID_STEPS * (1 - abs(since - 0.1) / 0.1))


class TalkingPerson(DrawnVideo):
    """A person as a video source.

    Parameters
    ----------
    name
        A key of :data:`PEOPLE`.
    level
        Called once a picture, on the reading thread: the level of the voice now, 0 to 1.
    fps
        Pictures per second, 1 to 144.
    clock
        See :class:`~asciichat.media.source.DrawnVideo`.
    """

    def __init__(
        self, name: str, level: Callable[[], float], *, fps: float = 30.0, clock: Clock = time.monotonic
    ) -> None:
        super().__init__(fps, clock)
        self._person = Person(name)
        self._level = level

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, in pixels."""
        return WIDTH, HEIGHT

    def draw(self, seconds: float) -> Frame:
        """The person at a time since the start."""
        return self._person.draw(seconds, self._level())


def _draw_wall(looks: Looks) -> Frame:
    canvas = Canvas(WIDTH, HEIGHT)
    canvas.gradient(*looks.wall)
    pale, dark = _tint(looks.wall[0], 1.3), _tint(looks.wall[1], 0.5)
    canvas.box(18, 30, 76, 104, dark)  # a framed picture on the left
    canvas.box(23, 35, 71, 99, pale)
    canvas.ellipse(47, 80, 16, 26, looks.shirt, above=98)
    canvas.box(258, 70, 302, HEIGHT, dark)  # a shelf on the right
    for row in range(3):
        for book in range(4):
            ink = (looks.shirt, looks.hair, pale, looks.skin)[(book + row) % 4]
            canvas.box(263 + book * 9, 80 + row * 52 + book % 2 * 8, 270 + book * 9, 114 + row * 52, ink)
    return canvas.picture()


def _draw_body(looks: Looks) -> Sprite:
    canvas = Canvas(WIDTH, HEIGHT - 120)
    canvas.ellipse(WIDTH / 2, 100, 108, 74, looks.shirt)
    canvas.ellipse(WIDTH / 2, 24, 30, 24, looks.skin)
    canvas.box(WIDTH / 2 - 24, -40, WIDTH / 2 + 24, 26, _tint(looks.skin, 0.8))
    canvas.shade(1.12, 0.7)
    return canvas.sprite()


def _draw_head(looks: Looks) -> Sprite:
    canvas = Canvas(_HEAD_WIDTH, _HEAD_HEIGHT)
    x = _HEAD_WIDTH / 2
    if looks.long_hair:
        canvas.ellipse(x, 84, 72, 82, looks.hair)
        canvas.box(4, 84, _HEAD_WIDTH - 4, 160, looks.hair)
    else:
        canvas.ellipse(x, 70, 62, 66, looks.hair)
    for ear in (-1, 1):
        canvas.ellipse(x + ear * 56, 92, 9, 15, looks.skin)
    canvas.ellipse(x, 92, 55, 72, looks.skin)
    if looks.beard:
        canvas.ellipse(x, 94, 55, 74, looks.hair, below=106)
        canvas.ellipse(x, 92, 40, 34, looks.skin)
    canvas.ellipse(x, 54, 58, 40, looks.hair, above=58)
    canvas.ellipse(x - 18, 60, 40, 14, looks.hair, above=66)
    for brow in (-1, 1):
        canvas.ellipse(x + brow * 24, 70, 14, 4, looks.hair)
    canvas.ellipse(x, 106, 7, 9, _tint(looks.skin, 0.86))
    canvas.shade(1.12, 0.78)
    return canvas.sprite()


@cache
def _draw_eyes(looks: Looks, lids: int, gaze: int) -> Sprite:
    canvas = Canvas(94, 32)
    for x in (23.0, 71.0):
        canvas.ellipse(x, 14, 13, 9, (250, 250, 246))
        canvas.ellipse(x + gaze * 3, 14, 6.5, 7.5, (34, 26, 30))
        canvas.ellipse(x + gaze * 3 + 2, 11, 2, 2, (255, 255, 255))
        if lids:
            shut = 4 + lids / _LID_STEPS * 20
            canvas.ellipse(x, 14, 15, 11, looks.skin, above=shut)
            canvas.box(x - 13, min(shut, 22) - 1, x + 13, min(shut, 22) + 1, looks.hair)
        if looks.glasses:
            canvas.ring(x, 14, 20, 15, 3.5, (30, 34, 44))
    if looks.glasses:
        canvas.box(42, 11, 52, 14, (30, 34, 44))
    return canvas.sprite()


@cache
def _draw_mouth(looks: Looks, step: int) -> Sprite:
    canvas = Canvas(66, 40)
    red, green, blue = looks.skin
    lips = (red * 9 // 10, green * 5 // 9, blue * 5 // 9)
    wide = 21 - step * 0.5
    high = 3.5 + step * 2.0
    canvas.ellipse(33, 18, wide, high, lips)
    if step:
        canvas.ellipse(33, 18, wide - 4, high - 2.5, (66, 14, 22))
        canvas.ellipse(33, 18, wide - 6, high - 2.5, (250, 248, 240), above=18 - high * 0.45)
        canvas.ellipse(33, 18 + high * 0.7, wide - 9, high * 0.5, (196, 84, 92), above=18 + high - 3)
    return canvas.sprite()


def _tint(color: Color, factor: float) -> Color:
    red, green, blue = (min(255, round(c * factor)) for c in color)
    return red, green, blue
