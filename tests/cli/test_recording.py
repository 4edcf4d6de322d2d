"""Recordings: asciicasts, version 3."""

from __future__ import annotations

import json

import pyte
import pytest

from asciichat.cli.recording.asciicast import Recorder
from asciichat.media.pattern import TestPattern
from asciichat.video import render


class Clock:
    now = 10.0

    def __call__(self) -> float:
        return self.now


def cast(folder):
    return (folder / "a.cast").open("w", encoding="utf-8")


def read(path):
    header, *events = [json.loads(line) for line in path.read_text().splitlines()]
    return header, events


def test_the_header_says_what_the_format_wants(tmp_path):
    with Recorder(cast(tmp_path), 80, 24, title="a call"):
        pass
    header, events = read(tmp_path / "a.cast")
    assert header["version"] == 3
    assert header["term"]["cols"] == 80
    assert header["term"]["rows"] == 24
    assert header["title"] == "a call"
    assert header["timestamp"] > 1_700_000_000
    assert all(len(event) == 3 and event[0] >= 0 and event[1] == "o" for event in events)


def test_events_carry_the_time_since_the_one_before(tmp_path):
    clock = Clock()
    with Recorder(cast(tmp_path), 20, 5, clock=clock) as recorder:
        for step in (0.5, 0.25, 1 / 3):
            clock.now += step
            recorder.frame("x")
    _, events = read(tmp_path / "a.cast")
    assert [event[0] for event in events] == [0, 0.5, 0.25, 0.333333, 0]


def test_rounding_does_not_add_up(tmp_path):
    clock = Clock()
    with Recorder(cast(tmp_path), 20, 5, clock=clock) as recorder:
        for number in range(1, 30_001):
            clock.now = 10.0 + number / 30
            recorder.frame("x")
    _, events = read(tmp_path / "a.cast")
    assert sum(event[0] for event in events) == pytest.approx(1000.0, abs=1e-5)


def test_what_is_played_back_is_what_was_shown(tmp_path):
    pattern = TestPattern()
    frames = [render(pattern.draw(n / 3), 40, 12, color="256") for n in range(4)]
    with Recorder(cast(tmp_path), 40, 12) as recorder:
        for frame in frames:
            recorder.frame(frame)
    _, events = read(tmp_path / "a.cast")
    screen, expected = pyte.Screen(40, 12), pyte.Screen(40, 12)
    pyte.Stream(screen).feed("".join(event[2] for event in events))
    pyte.Stream(expected).feed(frames[-1].replace("\n", "\r\n"))
    assert screen.display == expected.display


def test_a_change_of_size_is_recorded_once(tmp_path):
    with Recorder(cast(tmp_path), 80, 24) as recorder:
        recorder.resize(80, 24)
        recorder.resize(100, 30)
        recorder.resize(100, 30)
    _, events = read(tmp_path / "a.cast")
    assert [event[1:] for event in events if event[1] == "r"] == [["r", "100x30"]]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--render-file", "a.avi"], "is said by its ending, one of .mp4, .webm, .gif, .cast"),
        (["--render-file=-"], "standard output shows the call"),
        (["--render-file=-.mp4"], "standard output shows the call"),
        (["--render-file", "a.cast", "-S"], "contradict each other"),
    ],
)
def test_what_cannot_be_recorded_is_refused(run, arguments, sentence):
    result = run("client", "--test-pattern", *arguments)
    assert sentence in result.stderr
    assert result.returncode == 2


def test_a_recording_with_no_place_to_go_is_told_in_a_sentence(run, server):
    address = f"127.0.0.1:{server.port}"
    result = run("client", address, "--test-pattern", "--no-audio", "--render-file", "/absent/a.cast")
    assert "/absent/a.cast cannot be written" in result.stderr
    assert "Traceback" not in result.stderr
    assert result.returncode == 105
