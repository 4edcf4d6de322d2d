"""How pictures look at the moment, and the keys that change it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeVar, get_args

from asciichat._core.effect import FILTERS
from asciichat.cli.display import Display
from asciichat.client.appearance import Mode
from asciichat.media.effects import Adjusted
from asciichat.terminal.capabilities import ColorLevel

from .controls import Control

_COLORS: Final[tuple[ColorLevel, ...]] = ("none", "16", "256", "truecolor")
_MODES: Final[tuple[Mode, ...]] = get_args(Mode)
_PALETTES: Final = ("standard", "blocks", "digital", "minimal", "cool")
_WITH_PALETTE: Final = ("foreground", "background", "edge")
"""Modes that draw with the characters of the palette."""

_T = TypeVar("_T")


class Look:
    """Colours, mode and palette of a screen, and the mirroring and tint of our own picture.

    Parameters
    ----------
    display
        What they are at first.
    video
        Our own picture, if there is one.
    changed
        Called after colours, mode or palette have changed.
    say
        Tells the person what was done.
    """

    def __init__(
        self,
        display: Display,
        video: Adjusted | None,
        *,
        changed: Callable[[], None],
        say: Callable[[str], None],
    ) -> None:
        self.color: ColorLevel = display.color
        self.mode: Mode = display.mode
        self.palette = display.palette
        self._palettes = _PALETTES if display.palette in _PALETTES else (*_PALETTES, display.palette)
        self._video = video
        self._changed = changed
        self._say = say

    def controls(self) -> list[Control]:
        """The keys that change it."""
        keys = [
            Control(("c",), "c", "colours: none, 16, 256, all", self._next_color),
            Control(("r",), "r", "render mode: characters, blocks, dots", self._next_mode),
            Control(("p",), "p", "palette", self._next_palette),
        ]
        if self._video is not None:
            keys += [
                Control(("f",), "f", "colour filter of your picture", self._next_filter),
                Control(("x",), "x y", "mirror your picture, turn it upside down", self._flip_x),
                Control(("y",), "x y", "mirror your picture, turn it upside down", self._flip_y),
            ]
        return keys

    def _next_color(self) -> None:
        self.color = _after(self.color, _COLORS)
        self._tell(f"Colours: {self.color}.")

    def _next_mode(self) -> None:
        self.mode = _after(self.mode, _MODES)
        self._tell(f"Render mode: {self.mode}.")

    def _next_palette(self) -> None:
        self.palette = _after(self.palette, self._palettes)
        seen = "" if self.mode in _WITH_PALETTE else f"; {self.mode} pictures use none"
        self._tell(f"Palette: {self.palette}{seen}.")

    def _tell(self, message: str) -> None:
        self._say(message)
        self._changed()

    def _next_filter(self) -> None:
        assert self._video is not None
        self._video.filter = _after(self._video.filter, FILTERS)
        self._say(f"Filter: {self._video.filter}.")

    def _flip_x(self) -> None:
        assert self._video is not None
        self._video.flip_x = not self._video.flip_x
        self._say("Mirrored." if self._video.flip_x else "Not mirrored.")

    def _flip_y(self) -> None:
        assert self._video is not None
        self._video.flip_y = not self._video.flip_y
        self._say("Upside down." if self._video.flip_y else "The right way up.")


def _after(value: _T, values: Sequence[_T]) -> _T:
    return values[(values.index(value) + 1) % len(values)]
