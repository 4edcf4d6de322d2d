"""Every key, on a real terminal."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable

import pytest

from asciichat.cli.screen.controls import Control, Controls
from asciichat.cli.screen.overlay import box
from asciichat.cli.screen.playing import clock_time, volume_controls
from asciichat.cli.screen.traffic import Traffic
from asciichat.terminal.width import cells


@pytest.fixture
def mirror(on_terminal, monkeypatch, tmp_path):
    """The mirror with a test pattern, drawn at least once; files go into tmp_path."""
    monkeypatch.chdir(tmp_path)
    terminal = on_terminal("mirror", "--test-pattern", columns=90, rows=30, COLORTERM="truecolor")
    terminal.wait_for(b"q leave")
    return terminal


def press(terminal, key: bytes, answer: str) -> int:
    """Type a key and wait for what the status line says. Where in the output that begins."""
    before = len(terminal.output)
    terminal.type(key)
    terminal.wait_for(answer.encode(), after=before)
    return before


def frame_after(terminal, place: int, holds: Callable[[bytes], object] = lambda frame: True) -> bytes:
    """The next whole frame that is begun after some place in the output, and is as it should be.

    One that was being made when a key was pressed may still be drawn after the key has been answered.
    """
    end = time.monotonic() + 20
    while True:
        match = re.search(rb"\x1b\[\?2026h(.*?)\x1b\[\?2026l", terminal.output[place:], re.DOTALL)
        if match and b"\x1b[H" in match[1] and holds(match[1]):
            return match[1]
        assert time.monotonic() < end, f"no frame is as it should be; there was {terminal.output[-2000:]!r}"
        place += match.end() if match else 0
        assert match or terminal._read(10)


def test_c_goes_through_the_colours(mirror):
    for level, sgr in [
        ("none", None),
        ("16", rb"\x1b\[[39]\dm"),
        ("256", rb"38;5;"),
        ("truecolor", rb"38;2;"),
    ]:
        place = press(mirror, b"c", f"Colours: {level}.")

        def has_them(frame: bytes, sgr=sgr) -> bool:
            others = all((other in frame) == (other == sgr) for other in (rb"38;5;", rb"38;2;"))
            return others and (sgr is None or re.search(sgr, frame) is not None)

        frame_after(mirror, place, has_them)


def test_0_makes_it_rain_and_stop(mirror):
    press(mirror, b"0", "It rains.")
    press(mirror, b"0", "The rain is over.")


def test_r_goes_through_the_render_modes(mirror):
    place = press(mirror, b"r", "Render mode: background.")
    frame_after(mirror, place, lambda frame: b"48;2;" in frame)
    place = press(mirror, b"r", "Render mode: half-block.")
    frame_after(mirror, place, lambda frame: "▀".encode() in frame)
    for mode in ("quadrant", "sextant", "octant", "braille", "edge", "foreground"):
        press(mirror, b"r", f"Render mode: {mode}.")


def test_p_goes_through_the_palettes(mirror):
    place = press(mirror, b"p", "Palette: blocks.")
    frame_after(mirror, place, lambda frame: "█".encode() in frame)
    for name in ("digital", "minimal", "cool", "standard"):
        press(mirror, b"p", f"Palette: {name}.")


def test_f_x_and_y_change_the_picture(mirror):
    press(mirror, b"f", "Filter: black.")
    press(mirror, b"f", "Filter: white.")
    press(mirror, b"x", "Mirrored.")
    press(mirror, b"x", "Not mirrored.")
    press(mirror, b"y", "Upside down.")
    press(mirror, b"y", "The right way up.")


def test_question_mark_opens_and_closes_the_help(mirror):
    press(mirror, b"?", "┌─ Keys ")
    frame = frame_after(mirror, mirror.output.index("┌─ Keys ".encode()) + 10)
    for words in (b"this help", b"colours: none", b"save the picture", b"statistics", b"leave"):
        assert words in frame
    before = len(mirror.output)
    mirror.type(b"?")
    mirror.wait_for(b"\x1b[2J", after=before)
    assert b"this help" not in frame_after(mirror, mirror.output.index(b"\x1b[2J", before) + 4)


def test_escape_closes_a_box_first_and_leaves_then(mirror):
    press(mirror, b"?", "┌─ Keys ")
    before = len(mirror.output)
    mirror.type(b"\x1b")
    mirror.wait_for(b"\x1b[2J", after=before)
    assert mirror.process.poll() is None
    mirror.type(b"\x1b")
    assert mirror.wait() == 0
    assert mirror.is_as_before()


def test_minus_shows_statistics_that_move(mirror):
    press(mirror, b"-", "┌─ Statistics ")
    mirror.wait_for(b"source     320 x 240")
    mirror.wait_for(b"look       truecolor, foreground, standard")
    before = len(mirror.output)
    rates = set()
    while len(rates) < 2:
        assert mirror._read(10)
        rates = set(re.findall(rb"pictures   ([\d.]+) a second", mirror.output[before:]))


def test_s_saves_the_picture(mirror, tmp_path):
    press(mirror, b"s", "Saved as asciichat-")
    (path,) = tmp_path.glob("asciichat-*.txt")
    rows = path.read_text().splitlines()
    assert len(rows) >= 25
    assert any("\x1b[38;2;" in row for row in rows)


def test_capital_r_records_until_it_is_pressed_again(mirror, tmp_path):
    press(mirror, b"R", "Recording into asciichat-")
    mirror.wait_for("● rec".encode())
    for _ in range(5):
        frame_after(mirror, len(mirror.output))
    press(mirror, b"R", "Recorded in asciichat-")
    (path,) = tmp_path.glob("asciichat-*.cast")
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert lines[0]["version"] == 3
    assert len(lines) > 5


def test_leaving_ends_a_recording_properly(mirror, tmp_path):
    press(mirror, b"R", "Recording into asciichat-")
    frame_after(mirror, len(mirror.output))
    mirror.type(b"q")
    assert mirror.wait() == 0
    (path,) = tmp_path.glob("asciichat-*.cast")
    assert json.loads(path.read_text().splitlines()[-1])[2] == "\x1b[?25h"


@pytest.fixture
def film(on_terminal, talking_head):
    terminal = on_terminal("mirror", "-f", talking_head, "-l", "--no-audio", columns=90, rows=30)
    terminal.wait_for(b"q leave")
    return terminal


def test_space_pauses_a_film_and_lets_it_go_on(film):
    press(film, b" ", "Paused.")
    film.wait_for(b"\x1b[?2026l", after=len(film.output) - 20)
    while film._read(0.3):  # until nothing moves any more
        pass
    still, since = len(film.output), time.monotonic()
    while film._read(0.3):
        pass
    # One that was on its way, and one a second as a sign of life.
    assert film.output.count(b"\x1b[H", still) <= 1 + (time.monotonic() - since)
    press(film, b" ", "Playing.")
    for _ in range(5):
        frame_after(film, len(film.output))


def test_a_paused_film_is_drawn_again_when_its_looks_change(film):
    press(film, b" ", "Paused.")
    while film._read(0.3):
        pass
    place = press(film, b"r", "Render mode: background.")
    frame_after(film, place, lambda frame: b"48;5;" in frame)


def test_arrows_seek(on_terminal, talking_head):
    """Four seconds of film, thirty seconds a step: back to the start, and forward over the end."""
    terminal = on_terminal(
        "mirror", "-f", talking_head, "-s", "3", "--pause", "--no-audio", columns=90, rows=30
    )
    terminal.wait_for(b"q leave")
    place = press(terminal, b"\x1b[D", "At 0:00.")
    assert b"38;5;" in frame_after(terminal, place)  # a paused film shows where it is
    terminal.type(b"\x1b[C")
    assert terminal.wait() == 0
    assert terminal.is_as_before()


@pytest.mark.parametrize(
    ("arguments", "position"),
    [(["--seek", "2"], "0:02"), (["-s", "0:03"], "0:03"), (["-s", "00:00:01.5"], "0:01")],
)
def test_a_film_can_begin_in_the_middle_and_paused(on_terminal, talking_head, arguments, position):
    terminal = on_terminal(
        "mirror", "-f", talking_head, "--pause", "--no-audio", *arguments, columns=90, rows=30
    )
    terminal.wait_for(b"q leave")
    press(terminal, b"-", f"position   {position} of 0:04")


def test_a_key_that_is_for_nothing_does_nothing():
    pressed = []
    controls = Controls([Control(("a", "b"), "a b", "something", lambda: pressed.append(1))])
    assert controls.press("b")
    assert not controls.press("z")
    assert pressed == [1]
    assert controls.help() == ["a b  something"]


@pytest.mark.parametrize("utf8", [True, False])
def test_a_box_is_as_wide_everywhere_and_fits(utf8):
    lines = ["short", "a line that is much longer", "日本語"]
    for columns, rows in [(80, 24), (20, 4), (8, 3)]:
        result = box(lines, title="Title", columns=columns, rows=rows, utf8=utf8)
        assert len({cells(row) for row in result}) == 1
        assert cells(result[0]) <= columns
        assert len(result) <= rows
        assert utf8 or all(row.isascii() or "日" in row for row in result)
    assert box(lines, title="Title", columns=7, rows=24, utf8=utf8) == []


def test_the_volume_stays_between_nothing_and_all():
    class Speaker:
        volume = 0.95

    speaker, said = Speaker(), []
    up, down = volume_controls(speaker, said.append)
    up.action()
    assert speaker.volume == 1.0
    for _ in range(12):
        down.action()
    assert speaker.volume == 0.0
    assert said[0] == "Volume 100%."
    assert said[-1] == "Volume 0%."
    assert volume_controls(None, said.append) == []


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (59.9, "0:59"), (61, "1:01"), (3661, "1:01:01")])
def test_times_are_written_as_on_a_clock(seconds, text):
    assert clock_time(seconds) == text


def test_traffic_is_a_rate_over_the_last_seconds():
    class Call:
        bytes_in = 0

        def counts(self):
            return {"bytes_in": self.bytes_in, "bytes_out": 0}

    class Clock:
        now = 0.0

        def __call__(self):
            return self.now

    call, clock = Call(), Clock()
    traffic = Traffic(clock)
    traffic.begin(call)
    for _ in range(600):  # ten seconds of 60 pictures and 1.2 Mbit
        clock.now += 1 / 60
        call.bytes_in += 2500
        traffic.picture()
        lines = traffic.lines(call)
    assert lines[0] == "pictures   60.0 a second"
    assert lines[1] == "in         1.20 Mbit/s"
    assert lines[2] == "out        0.0 kbit/s"
