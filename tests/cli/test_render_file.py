"""``asciichat mirror --render-file``: a source drawn into a file, without a terminal."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from xml.etree import ElementTree

import av
import numpy as np
import pyte
import pytest

from asciichat._core import effect
from asciichat.cli.app import run as program
from asciichat.media.file import MediaFile
from asciichat.media.offline import SteppedClock
from asciichat.media.pattern import TestPattern
from asciichat.video import Renderer, Style, render
from asciichat.video.bitmap import CellPainter
from asciichat.video.cells import THEMES, read_cells

HALVES = ("-M", "half-block")


@pytest.fixture
def inside(monkeypatch, home):
    """Run ``asciichat ARGUMENTS`` in this process, which is quicker, and give its exit code."""
    for name in list(os.environ):
        if name.startswith("ASCII_CHAT_"):
            monkeypatch.delenv(name)
    for name, value in home.items():
        monkeypatch.setenv(name, value)

    def inside(*arguments):
        return program("asciichat", [str(argument) for argument in arguments])

    return inside


def decode(path):
    with av.open(str(path)) as container:
        return [(frame.time, frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]


def picture_at(path, seconds):
    clock = SteppedClock()
    media = MediaFile(path, clock=clock)
    frame = media.video.read(0.0)
    if seconds:
        frame = media.video.read(seconds)
    media.close()
    return frame


def drawn(frame, columns, rows, theme="dark", cell_height=16, **look):
    text = Renderer(columns, rows, Style.of(**look), stretch=True).render(frame)
    return CellPainter(cell_height).paint(read_cells(text, THEMES[theme]))


def test_text_is_what_a_snapshot_prints(run, tmp_path, talking_head):
    path = tmp_path / "head.txt"
    result = run("mirror", "-f", talking_head, "--render-file", path, "-x", "60", "-y", "20")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    snapshot = run("mirror", "-f", talking_head, "-S", "-D", "0", "-x", "60", "-y", "20")
    assert path.read_text() == snapshot.stdout
    assert path.read_text() == render(picture_at(talking_head, 0), 60, 20, color="none") + "\n"


@pytest.mark.parametrize("color", ["16", "256", "truecolor"])
def test_text_has_colours_if_they_are_asked_for(inside, tmp_path, talking_head, color):
    path = tmp_path / "head.txt"
    inside("mirror", "-f", talking_head, "--render-file", path, "-x", "60", "-y", "20", "--color-mode", color)
    assert path.read_text() == render(picture_at(talking_head, 0), 60, 20, color=color) + "\n"


MODES = ["foreground", "background", "half-block", "quadrant", "sextant", "octant", "braille", "edge"]


@pytest.mark.parametrize("mode", MODES)
def test_a_png_shows_every_mode(inside, tmp_path, mode):
    path = tmp_path / "pattern.png"
    assert inside("mirror", "--test-pattern", "--render-file", path, "-x", "40", "-y", "12", "-M", mode) == 0
    [(_, frame)] = decode(path)
    assert (frame == drawn(TestPattern().draw(0), 32, 12, mode=mode)).all()


def test_the_looks_are_those_of_the_options(inside, tmp_path):
    path = tmp_path / "pattern.png"
    look = ("--color-mode", "16", "-C", " .:#", "--stretch", "--flip-x", "--render-font-size", "6")
    arguments = ("-x", "50", "-y", "10", *look, "--render-theme", "light", "--color-filter", "green")
    assert inside("mirror", "--test-pattern", "--render-file", path, *arguments) == 0
    mirrored = TestPattern().draw(0).copy()
    effect.apply(mirrored, filter="green", flip="x")
    expected = drawn(mirrored, 50, 10, theme="light", cell_height=8, color="16", palette_or_name=" .:#")
    [(_, frame)] = decode(path)
    assert (frame == expected).all()


@pytest.mark.parametrize(
    ("size", "cells"),
    [
        ((), (64, 24)),
        (("-x", "40"), (40, 15)),
        (("-y", "12"), (32, 12)),
        (("-x", "60", "-y", "12"), (32, 12)),
    ],
)
def test_a_side_that_is_not_given_follows_from_the_picture(inside, tmp_path, size, cells):
    path = tmp_path / "pattern.txt"
    assert inside("mirror", "--test-pattern", "--render-file", path, *size) == 0
    rows = path.read_text().splitlines()
    assert (len(rows[0]), len(rows)) == cells


def test_the_one_picture_can_be_a_later_one(inside, tmp_path, talking_head):
    for name, where, seconds in (
        ("a.txt", ("-D", "1.5"), 1.5),
        ("b.txt", ("--seek", "1.5"), 1.5),
        ("c.txt", ("-D", "99"), 99),  # of a film that is over, the last
    ):
        path = tmp_path / name
        assert inside("mirror", "-f", talking_head, "--render-file", path, "-x", "60", *where) == 0
        rows = path.read_text().count("\n")
        expected = Renderer(60, rows, Style.of("none"), stretch=True).render(
            picture_at(talking_head, seconds)
        )
        assert path.read_text() == expected + "\n"


def test_an_svg_shows_the_text(inside, tmp_path):
    path = tmp_path / "pattern.svg"
    assert inside("mirror", "--test-pattern", "--render-file", path, "-x", "40", "-y", "12") == 0
    root = ElementTree.fromstring(path.read_text())
    rows = ["".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")]
    plain = re.sub(r"\x1b\[[0-9;]*m", "", render(TestPattern().draw(0), 40, 12))
    assert rows == [row.strip() for row in plain.split("\n") if row.strip()]


@pytest.mark.parametrize("form", ["mp4", "webm"])
def test_a_film_holds_every_picture_at_its_time(run, tmp_path, talking_head, form):
    path = tmp_path / f"head.{form}"
    result = run("mirror", "-f", talking_head, "--render-file", path, "-x", "40", *HALVES)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    shown = decode(path)
    with av.open(str(talking_head)) as container:
        times = [frame.time for frame in container.decode(video=0)]
        duration = container.duration
    assert [seconds for seconds, _ in shown[: len(times)]] == pytest.approx(times, abs=2e-3)
    with av.open(str(path)) as container:
        assert container.duration == pytest.approx(duration, abs=50_000)
    rows = shown[0][1].shape[0] // 16
    for place in (0, 60, len(times) - 1):
        expected = drawn(picture_at(talking_head, times[place]), 40, rows, mode="half-block")
        assert np.abs(shown[place][1].astype(int) - expected).mean() < 8


def test_a_gif_can_be_short_and_slow(inside, tmp_path, talking_head):
    path = tmp_path / "head.gif"
    limits = ("--duration", "1", "--fps", "10", "--seek", "2")
    assert inside("mirror", "-f", talking_head, "--render-file", path, "-x", "40", *HALVES, *limits) == 0
    shown = decode(path)
    assert [seconds for seconds, _ in shown[:10]] == pytest.approx([n / 10 for n in range(10)], abs=0.04)
    assert 0.9 <= shown[-1][0] <= 1.0
    expected = drawn(picture_at(talking_head, 2.0), 40, shown[0][1].shape[0] // 16, mode="half-block")
    assert np.abs(shown[0][1].astype(int) - expected).mean() < 3


def test_an_asciicast_plays_what_was_drawn(inside, tmp_path, talking_head):
    path = tmp_path / "head.cast"
    arguments = ("-f", talking_head, "-x", "40", "-y", "12", "--color-mode", "256")
    assert inside("mirror", *arguments, "--render-file", path) == 0
    header, *events = [json.loads(line) for line in path.read_text().splitlines()]
    columns, rows = header["term"]["cols"], header["term"]["rows"]
    assert header["version"] == 3 and header["title"] == "carphone_pristine.mp4"
    assert columns <= 40 and rows == 12
    frames = [event for event in events if "38;5;" in event[2]]
    assert len(frames) == 120
    assert sum(event[0] for event in events) == pytest.approx(120 / 29.97, abs=0.05)
    screen = pyte.Screen(columns, rows)
    pyte.Stream(screen).feed("".join(event[2] for event in events[:2]))
    text = Renderer(columns, rows, Style.of("none"), stretch=True).render(picture_at(talking_head, 0))
    assert screen.display == text.split("\n")


def test_the_test_pattern_is_drawn_faster_than_it_runs(run, tmp_path):
    path = tmp_path / "pattern.cast"
    began = time.monotonic()
    result = run(
        "mirror", "--test-pattern", "--render-file", path, "-x", "20", "-y", "10", "--duration", "60"
    )
    assert result.returncode == 0
    assert time.monotonic() - began < 40
    events = [json.loads(line) for line in path.read_text().splitlines()[1:]]
    assert sum(event[0] for event in events) == pytest.approx(60, abs=0.01)
    assert sum("38;2;" in event[2] for event in events) == 1800


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (
            ["--render-file", "a.avi", "--test-pattern"],
            2,
            "one of .mp4, .webm, .gif, .cast, .png, .svg, .txt",
        ),
        (
            ["--render-file", "picture", "--test-pattern"],
            2,
            "one of .mp4, .webm, .gif, .cast, .png, .svg, .txt",
        ),
        (["--render-file", "absent/a.mp4", "--test-pattern", "--duration", "1"], 105, "cannot be written"),
        (["--render-file", "absent/a.cast", "--test-pattern", "--duration", "1"], 105, "cannot be written"),
        (["--render-file", "absent/a.png", "--test-pattern", *HALVES], 105, "cannot be written"),
        (["--render-file", "a.mp4", "-f", "absent.mp4"], 27, "There is no file absent.mp4"),
        (["--render-file", "a.mp4", "--webcam-index", "9"], 20, "no camera"),
        (["--render-file", "a.mp4", "--test-pattern"], 2, "say with --duration"),
        (["--render-file", "a.mp4", "--test-pattern", "-S"], 2, "--snapshot makes one picture"),
        (["--render-file", "a.gif", "--test-pattern", "-D", "1"], 2, "--snapshot-delay makes one picture"),
        (["--render-file", "a.png", "--test-pattern", "--duration", "1"], 2, "--snapshot-delay says which"),
        (
            ["--render-file", "a.png", "--test-pattern", "--render-font", "absent.ttf"],
            105,
            "absent.ttf cannot",
        ),
        (["--render-file", "a.png", "--test-pattern", "-C", "日本"], 2, "take exactly one cell each"),
        (["--duration", "1", "--test-pattern"], 2, "--duration needs --render-file"),
    ],
    ids=lambda value: "_".join(value) if isinstance(value, list) else None,
)
def test_what_cannot_be_rendered_is_told_in_a_sentence(
    inside, tmp_path, monkeypatch, capsys, arguments, code, sentence
):
    monkeypatch.chdir(tmp_path)
    assert inside("mirror", *arguments) == code
    out, err = capsys.readouterr()
    assert sentence in err
    assert err.startswith("asciichat: ") and err.count("\n") == 1
    assert out == ""


def test_a_film_is_not_written_over_itself(inside, tmp_path, monkeypatch, capsys, talking_head):
    film = tmp_path / "a.mp4"
    film.write_bytes(talking_head.read_bytes())
    (tmp_path / "b.mp4").symlink_to("a.mp4")
    monkeypatch.chdir(tmp_path)
    assert inside("mirror", "-f", film, "--render-file", "b.mp4") == 2
    assert "b.mp4 is what is to be played" in capsys.readouterr().err
    assert film.read_bytes() == talking_head.read_bytes()


def test_a_still_picture_is_rendered_like_a_film_of_the_given_length(inside, tmp_path, capsys):
    assert inside("mirror", "--test-pattern", "--render-file", tmp_path / "a.png", *HALVES) == 0
    arguments = ("-f", tmp_path / "a.png", "--render-file", tmp_path / "b.gif", *HALVES)
    assert inside("mirror", *arguments) == 2
    assert "say with --duration" in capsys.readouterr().err
    assert inside("mirror", *arguments, "--duration", "2") == 0
    shown = decode(tmp_path / "b.gif")
    assert shown[-1][0] == pytest.approx(2.0, abs=0.1)


def test_the_bar_is_on_standard_error_if_that_is_a_terminal(on_terminal, tmp_path, talking_head):
    path = tmp_path / "head.cast"
    terminal = on_terminal("mirror", "-f", talking_head, "--render-file", path, "-x", "40", columns=100)
    assert terminal.wait() == 0
    assert "head.cast" in "\n".join(terminal.screen())
    assert "120 pictures, 4.0 s" in "\n".join(terminal.screen())
    quiet = on_terminal("mirror", "-f", talking_head, "--render-file", path, "-x", "40", "-q")
    assert quiet.wait() == 0
    assert quiet.output == b""


def test_an_interrupted_film_keeps_what_was_drawn(start, tmp_path):
    path = tmp_path / "pattern.cast"
    process = start("mirror", "--test-pattern", "--render-file", path, "--duration", "3600")
    while not path.exists() or path.stat().st_size < 100_000:
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 100
    assert re.search(r"Interrupted: .*pattern\.cast holds the first [0-9.]+ s\.", process.stderr.read())
    events = [json.loads(line) for line in path.read_text().splitlines()[1:]]
    assert events[-1][2] == "\x1b[?25h"


@pytest.mark.parametrize("mode", MODES)
def test_the_mirror_itself_draws_every_mode(inside, capsys, mode):
    assert inside("mirror", "--test-pattern", "-SD0", "-x", "40", "-y", "12", "-M", mode) == 0
    expected = render(TestPattern().draw(0), 40, 12, color="none", mode=mode) + "\n"
    assert capsys.readouterr().out == expected


def test_it_rains_when_asked_for(inside, tmp_path):
    still = ("-x", "40", "-y", "12", "--color-mode", "truecolor")
    for name, more in (("dry", ()), ("wet", ("--matrix",))):
        assert (
            inside("mirror", "--test-pattern", "--render-file", tmp_path / f"{name}.txt", *still, *more) == 0
        )
    dry, wet = ((tmp_path / f"{name}.txt").read_text() for name in ("dry", "wet"))
    assert dry != wet
    assert len(dry.splitlines()) == len(wet.splitlines())
