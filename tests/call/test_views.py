"""What viewers see beyond the native program's pictures: changes, modes, names, placeholders, seats."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from itertools import product

import numpy as np
import pyte
import pytest
from callers import NativeCaller, captured
from numpy.typing import NDArray

import asciichat
from asciichat import Picture, Server
from asciichat.media.voices import load_voice

Frame = NDArray[np.uint8]
RED, GREEN, BLUE = (
    np.full((90, 160, 3), color, np.uint8) for color in ([220, 30, 20], [20, 200, 40], [30, 40, 230])
)


class Viewer:
    """Somebody who looks, on a terminal that is fed what came: whole pictures, and changes of them."""

    def __init__(self, port: int, columns: int = 80, rows: int = 24, **options: object) -> None:
        options = {"video": False, "audio": False, **options}
        self.call = asciichat.connect("127.0.0.1", port, columns=columns, rows=rows, **options)  # type: ignore[arg-type]
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.Stream(self.screen)
        self.picture: Picture | None = None
        self.whole = self.changed = 0

    def look(self, seconds: float) -> bool:
        """Show the next picture; False if none came."""
        event = self.call.next_event(seconds)
        if not isinstance(event, Picture):
            return event is not None
        if event.changes is None:
            self.whole += 1
            self.stream.feed(
                ("\x1b[2J" if event.clear else "") + "\x1b[H" + event.text.replace("\n", "\r\n") + "\x1b[0m"
            )
        else:
            self.changed += 1
            self.stream.feed(event.changes)
        self.picture = event
        return True

    def wait_for(self, what: Callable[[Viewer], bool], seconds: float = 20.0) -> None:
        """Look until it is so."""
        end = time.monotonic() + seconds
        while not what(self):
            assert time.monotonic() < end, f"it never came to that:\n{self.rows()}"
            self.look(0.1)

    def rows(self) -> str:
        """What stands on the terminal."""
        return "\n".join(self.screen.display)

    def says(self, words: str) -> bool:
        """Do these words stand on the terminal?"""
        return words in self.rows()

    def colors(self) -> set[str]:
        """The colours there are on the terminal."""
        return {
            cell.fg for row in self.screen.buffer.values() for cell in row.values() if cell.data != " "
        } | {cell.bg for row in self.screen.buffer.values() for cell in row.values()}


@pytest.fixture
def call(serve: Callable[..., Server]) -> Iterator[Callable[..., asciichat.Call]]:
    """Join a call; everybody leaves after the test."""
    calls: list[asciichat.Call] = []
    standing: list[tuple[asciichat.Call, Frame]] = []
    ended = threading.Event()

    def stand() -> None:
        while not ended.wait(0.5):
            for joined, picture in standing:
                joined.send_video(picture)

    def join(
        port: int, picture: Frame | None = None, *, stands: bool = True, **options: object
    ) -> asciichat.Call:
        """`picture` is given again, as a picture that stands is, unless `stands` is false: then it stalls."""
        joined = asciichat.connect("127.0.0.1", port, columns=20, rows=8, fps=1, **options)  # type: ignore[arg-type]
        calls.append(joined)
        if picture is not None:
            joined.send_video(picture)
            if stands:
                standing.append((joined, picture))
        return joined

    thread = threading.Thread(target=stand)
    thread.start()
    yield join
    ended.set()
    thread.join()
    for joined in calls:
        joined.close()


@pytest.fixture
def view(serve: Callable[..., Server]) -> Iterator[Callable[..., Viewer]]:
    """Look at a call; everybody leaves after the test."""
    viewers: list[Viewer] = []

    def begin(port: int, **options: object) -> Viewer:
        viewers.append(Viewer(port, **options))  # type: ignore[arg-type]
        return viewers[-1]

    yield begin
    for viewer in viewers:
        viewer.call.close()


def shown(viewer: Viewer, *colors: str) -> bool:
    return all(color in viewer.colors() for color in colors)


def seen(viewer: Viewer, x: int, y: int) -> tuple[str, ...]:
    """A cell as it is seen: the colours of its halves, or its character with its colours."""
    cell = viewer.screen.buffer[y][x]
    if cell.data in " ▀▄█":
        return (cell.fg if cell.data in "▀█" else cell.bg, cell.fg if cell.data in "▄█" else cell.bg)
    return (cell.data, cell.fg, cell.bg)


def alike(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two cells are the same but for what a picture is held still by (`AC_STEADY_NOISE`)."""
    return all(
        a == b
        or (
            len(a) == len(b) == 6
            and all(abs(p - q) <= 4 for p, q in zip(*map(bytes.fromhex, (a, b)), strict=True))
        )
        for a, b in zip(one, other, strict=True)
    )


@pytest.mark.parametrize("mode", ["foreground", "background", "half-block", "braille"])
def test_changes_give_the_picture_that_a_viewer_of_whole_ones_has(
    serve, call, view, talking_head, mode
) -> None:
    server = serve()
    sender = call(server.port)
    changes, whole = view(server.port, mode=mode), view(server.port, mode=mode, changes=False)
    for number in range(12):
        sender.send_video(talking_head[number])
        for viewer in (changes, whole):
            viewer.look(0.05)

    # What each was shown until now, and so holds still, is chance; after this it is the same. A picture that is not given
    # again would stall.
    def give(frame: Frame, seen: Callable[[Viewer], bool]) -> None:
        def look(viewer: Viewer) -> bool:
            sender.send_video(frame)
            return seen(viewer)

        for viewer in (changes, whole):
            viewer.wait_for(look)

    give(np.zeros_like(talking_head[0]), lambda v: v.colors() <= {"000000", "default"})
    give(talking_head[12], lambda v: not v.colors() <= {"000000", "default"})
    for viewer in (changes, whole):
        while viewer.look(0.7):
            sender.send_video(talking_head[12])
    assert changes.changed >= 1 and whole.changed == 0
    for x, y in product(range(80), range(24)):
        assert alike(seen(changes, x, y), seen(whole, x, y)), (x, y)
    # And the whole text that comes with changes is that picture too.
    text = pyte.Screen(80, 24)
    assert changes.picture is not None
    pyte.Stream(text).feed(changes.picture.text.replace("\n", "\r\n"))
    assert text.display == changes.screen.display


@pytest.mark.parametrize(
    ("mode", "glyphs"), [("quadrant", "▖▗▘▝▚▞▙▟▛▜▐▌"), ("sextant", "🬀🬁🬂🬃🬞🬟🬠🬡🬰🬷🬼🬎"), ("braille", "⠁⠂⡀⢀⣿⣀")]
)
def test_our_own_clients_have_more_modes(serve, call, view, talking_head, mode, glyphs) -> None:
    server = serve()
    call(server.port, talking_head[0])
    viewer = view(server.port, mode=mode)
    viewer.wait_for(lambda v: any(v.says(glyph) for glyph in glyphs))
    viewer.call.restyle("truecolor", "foreground")
    viewer.wait_for(lambda v: v.rows().isascii() and len(v.rows().replace(" ", "")) > 500)


def test_a_picture_that_only_trembles_is_not_sent_again(serve, call, view) -> None:
    server = serve()
    sender, rng = call(server.port), np.random.default_rng(3)
    still = rng.integers(20, 230, (12, 16, 3)).repeat(20, 0).repeat(20, 1).astype(np.int16)
    viewer = view(server.port)

    def noisy() -> Frame:
        return np.clip(still + rng.normal(0, 3, still.shape), 0, 255).astype(np.uint8)

    sender.send_video(noisy())
    viewer.wait_for(lambda v: v.picture is not None and len(v.rows().replace(" ", "")) > 500)
    while viewer.look(0.5):
        sender.send_video(noisy())
    before = viewer.call.counts()["pictures_in"]

    def came() -> int:
        return server.clients()[0].counts["pictures_in"]

    enough, deadline = came() + 20, time.monotonic() + 20
    while came() < enough:
        assert time.monotonic() < deadline, "they were not sent"
        sender.send_video(noisy())
        viewer.look(0.02)
    assert viewer.call.counts()["pictures_in"] - before <= 2


def test_a_resize_brings_a_whole_picture_on_a_cleared_screen(serve, call, view) -> None:
    server = serve()
    call(server.port, RED)
    viewer = view(server.port, mode="half-block")
    viewer.wait_for(lambda v: shown(v, "dc1e14"))
    whole = viewer.whole
    viewer.call.resize(60, 20)
    viewer.wait_for(lambda v: v.picture is not None and (v.picture.columns, v.picture.rows) == (60, 20))
    assert viewer.whole > whole


def test_names_stand_in_the_pictures_of_those_who_want_them(serve, call, view) -> None:
    server = serve()
    call(server.port, RED, name="Anna Ø")
    call(server.port, GREEN, name="\x1b[2JB\u200bob\u0301")
    wanting, other = view(server.port, names=True, mode="half-block"), view(server.port, mode="half-block")
    wanting.wait_for(lambda v: v.says("Anna Ø") and v.says("[2JBob") and shown(v, "dc1e14", "14c828"))
    other.wait_for(lambda v: shown(v, "dc1e14", "14c828"))
    assert not other.says("Anna")
    plain = view(server.port, names=True, utf8=False, color="none")
    plain.wait_for(lambda v: v.says("Anna ?"))


def test_the_one_who_speaks_is_marked(serve, call, view) -> None:
    server = serve()
    call(server.port, RED, name="Anna")
    speaker = call(server.port, GREEN, name="Bob")
    viewer = view(server.port, names=True, mode="half-block")
    viewer.wait_for(lambda v: v.says("Anna") and v.says("Bob"))
    assert not viewer.says("●")
    voice = load_voice("bob")
    end = time.monotonic() + 20
    at = 0
    while not viewer.says("● Bob"):
        assert time.monotonic() < end
        speaker.send_audio(voice[at : at + 960])
        at = (at + 960) % (len(voice) - 960)
        viewer.look(0.02)
    assert not viewer.says("● Anna")


def test_names_for_native_viewers_are_the_servers_choice(serve, call) -> None:
    for names in (True, False):
        server = serve(names=names)
        call(server.port, RED, name="Anna")
        native = NativeCaller(server.port, captured("native-client-raw.c2s.bin"), np.zeros(9600, np.float32))
        try:
            end = time.monotonic() + 20
            while native.last is None or "220;30;20" not in native.text()[0]:
                assert time.monotonic() < end
                time.sleep(0.02)
            assert ("Anna" in native.text()[0]) is names
        finally:
            native.close()


def test_who_has_no_picture_yet_has_a_placeholder(serve, call, view) -> None:
    server = serve()
    call(server.port, RED)
    viewer = view(server.port, mode="half-block")
    viewer.wait_for(lambda v: shown(v, "dc1e14"))
    silent = call(server.port)  # announces pictures, and sends none
    viewer.wait_for(lambda v: v.says("no video"))
    silent.send_video(GREEN)
    viewer.wait_for(lambda v: shown(v, "dc1e14", "14c828") and not v.says("no video"))


def test_a_stalled_picture_becomes_a_placeholder_and_comes_back(serve, call, view) -> None:
    server = serve()
    sender = call(server.port, RED, stands=False)
    viewer = view(server.port, mode="half-block")
    viewer.wait_for(lambda v: shown(v, "dc1e14"))
    viewer.wait_for(lambda v: v.says("stalled") and not shown(v, "dc1e14"))
    sender.send_video(GREEN)
    viewer.wait_for(lambda v: shown(v, "14c828") and not v.says("stalled"))


def test_an_empty_call_says_who_is_missing(serve, call, view) -> None:
    server = serve()
    viewer = view(server.port)
    viewer.wait_for(lambda v: v.says("nobody else is here yet"))
    call(server.port, video=False)
    viewer.wait_for(lambda v: v.says("nobody is sending video"))


def test_one_need_not_see_oneself(serve, call, view) -> None:
    server = serve()
    call(server.port, RED)
    viewer = view(server.port, mode="half-block", video=True)
    viewer.call.send_video(GREEN)
    viewer.wait_for(lambda v: shown(v, "dc1e14", "14c828"))
    viewer.call.seat(self_view=False)
    viewer.wait_for(lambda v: shown(v, "dc1e14") and not shown(v, "14c828"))
    viewer.call.seat(self_view=True)
    viewer.wait_for(lambda v: shown(v, "dc1e14", "14c828"))


def area(viewer: Viewer, color: str) -> int:
    cells = (cell for row in viewer.screen.buffer.values() for cell in row.values())
    return sum(cell.bg == color or (cell.data != " " and cell.fg == color) for cell in cells)


def test_one_is_large_and_another_when_chosen(serve, call, view) -> None:
    server = serve()
    call(server.port, RED)
    call(server.port, GREEN)
    viewer = view(server.port, mode="half-block", seating="focus", focus=0)
    viewer.wait_for(lambda v: area(v, "dc1e14") > 4 * area(v, "14c828") > 0)
    viewer.call.seat("focus", focus=1)
    viewer.wait_for(lambda v: area(v, "14c828") > 4 * area(v, "dc1e14") > 0)
    viewer.call.seat("grid")
    viewer.wait_for(lambda v: area(v, "14c828") == area(v, "dc1e14") > 0)


def test_a_crowd_is_shown_page_by_page(serve, call, view) -> None:
    server = serve()
    viewer = view(server.port, columns=40, rows=10, mode="half-block", seating="pages")
    for color in (RED, GREEN, BLUE, RED, GREEN):  # four have room
        call(server.port, color)
    viewer.wait_for(lambda v: v.says("page 1 of 2") and shown(v, "dc1e14", "14c828", "1e28e6"))
    viewer.call.seat("pages", page=1)
    viewer.wait_for(lambda v: v.says("page 2 of 2") and shown(v, "14c828") and not shown(v, "dc1e14"))
    viewer.call.seat("auto")
    viewer.wait_for(lambda v: v.says("and 4 more"))  # too low for a strip


def test_settings_out_of_range_are_refused(serve, view) -> None:
    viewer = view(serve().port)
    for wrong in ({"focus": 32}, {"page": 256}):
        with pytest.raises(ValueError, match="are allowed"):
            viewer.call.seat("focus", **wrong)
    with pytest.raises(ValueError, match="there are auto, grid, focus, pages"):
        viewer.call.seat("circle")
    with pytest.raises(ValueError, match="there are auto, grid, focus, pages"):
        view(viewer.call._sock.getpeername()[1], seating="circle")
