"""``asciichat mirror``: the local picture, in a pipe and on a terminal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import wave

import pytest

from asciichat.media.file import MediaFile
from asciichat.media.pattern import TestPattern
from asciichat.video import render


def test_a_snapshot_is_one_picture_as_plain_rows(run):
    result = run("mirror", "--test-pattern", "-S", "-D", "0", "-x", "40", "-y", "12")
    assert result.returncode == 0
    assert result.stdout == render(TestPattern().draw(0), 40, 12, color="none") + "\n"
    assert result.stderr == ""


def test_a_snapshot_of_a_film_is_its_picture_at_that_time(run, talking_head):
    result = run("mirror", "-f", talking_head, "-S", "-D", "0", "-x", "60", "-y", "20")
    media = MediaFile(talking_head)
    expected = render(media.video.read(0.0), 60, 20, color="none")
    media.close()
    assert result.stdout == expected + "\n"


@pytest.mark.parametrize("level", ["none", "16", "256", "truecolor"])
def test_colours_can_be_asked_for_in_a_pipe(run, level):
    result = run("mirror", "--test-pattern", "-S", "-D", "0", "--color-mode", level, "-x", "40", "-y", "12")
    assert result.stdout == render(TestPattern().draw(0), 40, 12, color=level) + "\n"
    assert ("\x1b[" in result.stdout) == (level != "none")


@pytest.mark.parametrize(
    ("flag", "flip"),
    [("--flip-x", (slice(None), slice(None, None, -1))), ("--flip-y", slice(None, None, -1))],
)
def test_the_picture_can_be_flipped(run, flag, flip):
    result = run("mirror", "--test-pattern", "-S", "-D", "0", flag, "-x", "40", "-y", "12")
    assert result.stdout == render(TestPattern().draw(0)[flip].copy(), 40, 12, color="none") + "\n"


def test_modes_palettes_and_stretching_are_those_of_the_renderer(run):
    result = run(
        "mirror",
        "--test-pattern",
        "-SD0",
        "-M",
        "half-block",
        "--stretch",
        "--color-mode",
        "256",
        "-x",
        "50",
        "-y",
        "10",
    )
    assert (
        result.stdout
        == render(TestPattern().draw(0), 50, 10, color="256", mode="half-block", stretch=True) + "\n"
    )
    result = run("mirror", "--test-pattern", "-SD0", "-C", " .:#", "-x", "50", "-y", "10")
    assert set(result.stdout) <= set(" .:#\n")


def frames_of(run, film, *arguments: str, least: int) -> int:
    """How many pictures of a film come out of the pipe in its time: of a few runs, for a busy computer loses some."""
    arguments = ("mirror", "-f", film, "--no-audio", "-x", "40", "-y", "12", *arguments)
    per_frame = render(MediaFile(film).video.read(0.0), 40, 12, color="none").count("\n") + 1
    most = 0
    for _ in range(4):
        result = run(*arguments)
        assert result.returncode == 0
        rows = len(result.stdout.splitlines())
        assert rows % per_frame == 0
        most = max(most, rows // per_frame)
        if most >= least:
            break
    return most


def test_in_a_pipe_frames_follow_each_other_until_the_film_ends(run, talking_head):
    assert 60 <= frames_of(run, talking_head, least=60) <= 120  # four seconds of 30 pictures


def test_the_rate_can_be_limited(run, talking_head):
    assert 15 <= frames_of(run, talking_head, "--fps", "5", least=15) <= 22


def test_a_reader_that_had_enough_ends_it_quietly(start):
    process = start("mirror", "--test-pattern", "-x", "40", "-y", "12")
    assert process.stdout.readline()
    process.stdout.close()
    assert process.wait(30) == 0
    assert process.stderr.read() == ""


def test_on_a_terminal_it_moves_in_place_and_leaves_it_as_it_was(on_terminal):
    terminal = on_terminal("mirror", "--test-pattern", columns=60, rows=20)
    terminal.wait_for(b"\x1b[?2026l")
    for _ in range(5):
        terminal.wait_for(b"\x1b[?2026l", after=len(terminal.output))
    assert terminal.modes() == {"alternate screen"}
    rows = terminal.screen()
    assert "q leave" in rows[-1]
    assert all(len(row) > 10 for row in rows[1:-2])
    terminal.type(b"q")
    assert terminal.wait() == 0
    assert terminal.is_as_before()


@pytest.mark.parametrize("key", [b"q", b"\x1b", b"\x03", b"\x04"], ids=["q", "Esc", "Ctrl-C", "Ctrl-D"])
def test_every_leaving_key_leaves(on_terminal, key):
    terminal = on_terminal("mirror", "--test-pattern")
    terminal.wait_for(b"\x1b[?2026l")
    terminal.wait_for(b"q leave")
    terminal.type(key)
    assert terminal.wait() == 0
    assert terminal.is_as_before()


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 0)]
)
def test_signals_leave_the_terminal_as_it_was(on_terminal, number, code):
    terminal = on_terminal("mirror", "--test-pattern")
    terminal.wait_for(b"q leave")
    terminal.process.send_signal(number)
    assert terminal.wait() == code
    assert terminal.is_as_before()


def test_the_picture_follows_the_size_of_the_terminal(on_terminal):
    terminal = on_terminal("mirror", "--test-pattern", "--stretch", columns=60, rows=20)
    terminal.wait_for(b"q leave")
    before = len(terminal.output)
    terminal.resize(30, 12)
    terminal.wait_for(b"\x1b[2J", after=before)
    terminal.output = terminal.output[terminal.output.index(b"\x1b[2J", before) :]
    terminal.wait_for_screen(lambda rows: "q leave" in rows[11] and len(rows[0]) == 30)


@pytest.mark.parametrize(
    ("environ", "sgr"), [({"NO_COLOR": "1"}, b""), ({"COLORTERM": "truecolor"}, b"38;2;"), ({}, b"38;5;")]
)
def test_colours_follow_the_environment(on_terminal, environ, sgr):
    terminal = on_terminal("mirror", "--test-pattern", **environ)
    terminal.wait_for(b"q leave")
    colours = {kind for kind in (b"38;2;", b"38;5;") if kind in terminal.output}
    assert colours == ({sgr} if sgr else set())


def test_sound_that_cannot_be_played_is_told_in_one_line_and_life_goes_on(run, talking_head, tmp_path):
    """The film with sound plays on without it."""
    (tmp_path / "sounddevice.py").write_text("raise ImportError('not installed')")
    film = talking_head.with_name("bigbuckbunny.mp4")
    result = run("mirror", "-f", film, "-x", "40", "-y", "12", "--fps", "1", PYTHONPATH=str(tmp_path))
    assert result.returncode == 0
    assert result.stderr == "No sound: install it with `pip install asciichat[audio]`.\n"
    assert len(result.stdout) > 1000


def test_a_file_without_pictures_is_refused(run, tmp_path):
    path = tmp_path / "tone.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 48_000, 0, "NONE", ""))
        file.writeframes(os.urandom(9600))
    result = run("mirror", "-f", path)
    assert result.stderr == f"asciichat: {path} has no picture to show.\n"
    assert result.returncode == 27


SNAPSHOT = """
import sys
from asciichat.cli import main
from asciichat.media.pattern import TestPattern
draw = TestPattern.draw
def told(*arguments):
    print("drawn", file=sys.stderr, flush=True)
    return draw(*arguments)
TestPattern.draw = told
sys.exit(main(["mirror", "--test-pattern", "-S", "-D", "60"]))
"""


def test_interrupting_a_snapshot_prints_nothing_and_says_so(home):
    process = subprocess.Popen(
        [sys.executable, "-c", SNAPSHOT],
        env=home, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    for _ in range(2):
        assert process.stderr.readline() == "drawn\n"  # it waits for its 60 s to be over
    process.send_signal(signal.SIGINT)
    out, said = process.communicate(timeout=30)
    assert process.returncode == 100
    assert out == ""
    assert set(said.splitlines()) <= {"drawn"}
