"""Recordings of what is shown and heard: whole, in step, and without holding anybody up."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from asciichat.cli.options.shared import FontOptions
from asciichat.cli.recording import call_recording
from asciichat.cli.recording.call_recording import Recording, Recordings
from asciichat.cli.recording.film_process import open_recording
from asciichat.cli.recording.picture_files import Paper, Seen
from asciichat.cli.recording.sound_track import SoundTrack
from asciichat.media.errors import MediaWriteError
from asciichat.media.tape import Tape
from lip_sync import RATE, clicks, flashes, sound

COLUMNS, ROWS = 40, 12
SCREEN = Seen(COLUMNS, ROWS)
BLACK, WHITE = ("\n".join([cell * COLUMNS] * ROWS) for cell in (" ", "█"))
FILMS = ["mp4", "webm"]


def paper() -> Paper:
    return Paper.of(COLUMNS, ROWS, FontOptions(render_font_size=6), "a test")


def click() -> np.ndarray:
    return (0.8 * np.sin(np.arange(480) * 2 * np.pi * 1000 / RATE)).astype(np.float32)


class Clock:
    """A clock that waits for a computer that is busy elsewhere."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def play(self, seconds: float, block: Callable[[int], None], *recordings: Recording) -> None:
        """Call `block` with the number of every 10 ms, not faster than in real time, nor than these are written."""
        begun = self.now
        for number in range(round(seconds * 100)):
            block(number)
            time.sleep(0.01)
            while any(len(recording._waiting) > 10 for recording in recordings):
                time.sleep(0.01)
            self.now = begun + (number + 1) / 100


@pytest.fixture
def clock() -> Clock:
    return Clock()


def decode(path: Path) -> list[tuple[float, np.ndarray]]:
    with av.open(str(path)) as container:
        return [(frame.time, frame.to_ndarray(format="gray")) for frame in container.decode(video=0)]


@pytest.mark.parametrize("form", FILMS)
def test_what_was_heard_while_it_was_seen_is_heard_while_it_is_seen(tmp_path, clock, form):
    path, tape = tmp_path / f"call.{form}", Tape()
    recording = Recording(path, paper(), heard=tape.reader(), clock=clock)
    silence = np.zeros(480, np.float32)
    at = (60, 133, 210)

    def block(number: int) -> None:
        if number % 3 == 0 or number in at:
            recording.show(WHITE if any(begin <= number < begin + 10 for begin in at) else BLACK, SCREEN)
        tape.hear(click() if number in at else silence)

    clock.play(3.0, block, recording)
    assert recording.close() == f"Recorded in {path}: 3.0 s."
    seen, heard = flashes(path), clicks(path)
    assert len(seen) == len(heard) == 3
    assert seen == pytest.approx(heard, abs=1 / 30)
    assert np.diff(heard) == pytest.approx([0.73, 0.77], abs=0.002)
    assert len(sound(path)) / RATE == pytest.approx(3.0, abs=0.1)
    with av.open(str(path)) as container:
        assert container.duration / 1e6 == pytest.approx(3.0, abs=0.1)


def test_a_gif_and_an_asciicast_show_pictures_at_their_times(tmp_path, clock):
    recordings = [Recording(tmp_path / f"call.{form}", paper(), clock=clock) for form in ("cast", "gif")]

    def block(number: int) -> None:
        if number in (0, 50, 100):
            for recording in recordings:
                recording.show(WHITE if number == 50 else BLACK, SCREEN)

    clock.play(1.5, block, *recordings)
    for recording in recordings:
        recording.close()
    shown = decode(tmp_path / "call.gif")
    bright = [seconds for seconds, picture in shown if picture.mean() > 128]
    assert bright[0] == pytest.approx(0.5, abs=0.06)
    assert shown[-1][0] == pytest.approx(1.5, abs=0.1)
    _, *events = [json.loads(line) for line in (tmp_path / "call.cast").read_text().splitlines()]
    times = np.cumsum([event[0] for event in events])
    (at,) = (at for at, event in zip(times, events, strict=True) if "█" in event[2])
    assert at == pytest.approx(0.5, abs=0.05)
    assert times[-1] == pytest.approx(1.5, abs=0.05)


def test_we_are_heard_too(tmp_path, clock):
    path, tape = tmp_path / "call.mp4", Tape()
    recording = Recording(path, paper(), heard=tape.reader(), clock=clock)
    recording.show(BLACK, SCREEN)
    tone = (0.3 * np.sin(np.arange(480) * 2 * np.pi * 1000 / RATE)).astype(np.float32)

    def block(number: int) -> None:
        tape.hear(np.zeros(480, np.float32))
        if number >= 100:
            tape.say(tone)

    clock.play(2.0, block, recording)
    recording.close()
    heard = np.abs(sound(path))
    assert heard[: RATE * 9 // 10].max() < 0.02
    assert heard[RATE * 3 // 2 : RATE * 19 // 10].max() == pytest.approx(0.3, abs=0.05)


@pytest.mark.parametrize("card", [1.001, 0.999])
def test_a_sound_card_of_another_pace_costs_no_sample_and_moves_the_pictures(card):
    """A thousandth off, which is more than cards are, for ten minutes: 0.6 s."""
    tape = Tape()
    track = SoundTrack(tape.reader())
    given = [track.begin(100.0, 100.0)]
    heard = 0
    for number in range(1, 600 * 20):
        now = 100.0 + number / 20
        due = round(number / 20 * card * RATE)
        tape.hear(np.full(due - heard, 0.5, np.float32))
        heard = due
        given.append(track.take(now))
    samples = np.concatenate(given)
    assert len(samples) == heard
    assert (samples == 0.5).all()
    assert track.place(now) == pytest.approx(heard / RATE, abs=0.004)


def test_a_sound_card_that_goes_away_leaves_silence_of_its_length():
    tape = Tape()
    track = SoundTrack(tape.reader())
    given = [track.begin(10.0, 10.0)]
    for number in range(1, 100):
        now = 10.0 + number / 10
        if not 30 <= number < 60:
            tape.hear(np.full(RATE // 10, 0.5, np.float32))
        given.append(track.take(now))
    samples = np.concatenate(given)
    assert len(samples) / RATE == pytest.approx(9.9, abs=0.35)
    assert track.place(now) == pytest.approx(len(samples) / RATE, abs=0.35)
    quiet = np.nonzero(samples == 0)[0]
    assert len(quiet) / RATE == pytest.approx(3.0, abs=0.35)
    assert quiet[-1] - quiet[0] == len(quiet) - 1


def test_sound_that_nobody_took_is_silence_and_counted():
    tape = Tape()
    reader = tape.reader()
    track = SoundTrack(reader)
    track.begin(0.0, 0.0)
    for number in range(60):
        tape.hear(np.full(RATE, 0.1 + number / 100, np.float32))
    samples = track.take(60.0)
    assert len(samples) == 60 * RATE
    kept = reader.ring.capacity / RATE
    assert kept >= 30  # what a disk may stand still
    assert track.lost == pytest.approx(60 - kept, abs=0.1)
    assert samples[-1] == np.float32(0.69) and samples[0] == 0


class Slow:
    """A file that takes its time until it is let go."""

    def __init__(self, file) -> None:
        self.file, self.go, self.reached = file, threading.Event(), threading.Event()

    def add(self, *arguments) -> None:
        self.reached.set()
        assert self.go.wait(20)
        self.file.add(*arguments)

    def __getattr__(self, name):
        return getattr(self.file, name)


@pytest.fixture
def opened(monkeypatch) -> list[Slow]:
    """The files of recordings; they are slow."""
    files: list[Slow] = []

    def slow(*arguments, **options):
        files.append(Slow(open_recording(*arguments, **options)))
        return files[-1]

    monkeypatch.setattr(call_recording, "open_recording", slow)
    return files


def test_pictures_are_left_out_for_a_slow_disk_and_sound_is_not(tmp_path, opened, clock):
    path, tape = tmp_path / "call.mp4", Tape()
    recording = Recording(path, paper(), heard=tape.reader(), clock=clock)
    recording.show(BLACK, SCREEN)
    assert opened[0].reached.wait(20)
    took = []

    def block(number: int) -> None:
        began = time.monotonic()
        recording.show(BLACK if number % 2 else WHITE, SCREEN)
        took.append(time.monotonic() - began)
        tape.hear(click())

    clock.play(2.0, block)
    opened[0].go.set()
    sentence = recording.close()
    assert f"Recorded in {path}: 2.0 s. 152 pictures were left out" in sentence
    # Whoever shows does not wait for who writes, but now and then for a computer that is busy elsewhere.
    assert np.quantile(took, 0.9) < 0.1
    heard = np.abs(sound(path))
    quiet = np.convolve(heard > 0.2, np.ones(480), "same") == 0
    assert quiet[RATE // 20 : RATE * 19 // 10].sum() == 0


def test_pictures_that_waited_for_a_slow_disk_are_shown_at_their_times(tmp_path, opened, clock):
    """For longer than a picture may stand before it is written again."""
    path = tmp_path / "call.mp4"
    recording = Recording(path, paper(), clock=clock)
    recording.show(BLACK, SCREEN)
    assert opened[0].reached.wait(20)
    for text in (WHITE, BLACK, WHITE):
        clock.now += 0.5
        recording.show(text, SCREEN)
    clock.now += 0.5
    opened[0].go.set()
    assert recording.close() == f"Recorded in {path}: 2.0 s."
    assert flashes(path) == pytest.approx([0.5, 1.5], abs=0.01)


def test_an_asciicast_that_left_pictures_out_shows_what_was_seen_last(tmp_path, opened):
    import pyte

    path = tmp_path / "call.cast"
    recording = Recording(path, paper())
    recording.show(BLACK, SCREEN)
    assert opened[0].reached.wait(20)
    for number in range(100):
        text = "\n".join([str(number % 10) * COLUMNS] * ROWS)
        change = f"\x1b[{number % ROWS + 1};1H" + str(number % 10) * COLUMNS
        recording.show(text, SCREEN._replace(changes=change))
    opened[0].go.set()
    while recording._waiting:
        time.sleep(0.01)
    recording.show(WHITE, SCREEN._replace(changes="\x1b[1;1H█"))
    recording.close()
    _, *events = [json.loads(line) for line in path.read_text().splitlines()]
    screen = pyte.Screen(COLUMNS, ROWS)
    pyte.Stream(screen).feed("".join(event[2] for event in events))
    assert screen.display == WHITE.split("\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk here that is always full")
@pytest.mark.parametrize("form", ["mp4", "webm", "gif", "cast"])
def test_a_full_disk_is_told_once_and_holds_nobody_up(tmp_path, form):
    path, tape = tmp_path / f"call.{form}", Tape()
    path.symlink_to("/dev/full")
    said: list[str] = []
    told = threading.Event()

    def failed(sentence: str) -> None:
        said.append(sentence)
        told.set()

    recording = Recording(path, paper(), heard=tape.reader() if form in FILMS else None, failed=failed)
    noise = np.random.default_rng(0)
    end = time.monotonic() + 20
    while not told.is_set() and time.monotonic() < end:
        recording.show(
            "\n".join("".join(map(chr, row)) for row in noise.integers(33, 127, (ROWS, COLUMNS))), SCREEN
        )
        tape.hear(noise.normal(0, 0.2, 480).astype(np.float32))
        time.sleep(0.01)
        if form not in ("gif", "cast") and time.monotonic() > end - 17:
            break  # what is little waits for the end
    sentence = recording.close()
    assert sentence == f"The recording is not whole: {path} cannot be written: No space left on device."
    assert said == [sentence]
    recording.show(BLACK, SCREEN)
    assert recording.close() == sentence


def test_a_screen_that_changes_its_size_stays_in_the_picture(tmp_path, clock):
    path = tmp_path / "call.mp4"
    recording = Recording(path, paper(), clock=clock)
    for columns, rows in ((COLUMNS, ROWS), (2 * COLUMNS, 2 * ROWS), (20, 6)):
        recording.show("\n".join(["█" * columns] * rows), Seen(columns, rows))
        clock.now += 0.1
    recording.close()
    first, larger, smaller, *_ = [picture for _, picture in decode(path)]
    assert first.shape == larger.shape == smaller.shape == (ROWS * 8, COLUMNS * 4)
    assert first.min() > 200
    assert larger.min() > 200  # scaled down
    bright = smaller > 128  # in the middle, as it is
    assert bright.mean() == pytest.approx(0.25, abs=0.03)
    assert bright[ROWS * 4, COLUMNS * 2] and not bright[2, 2]


def test_what_a_stranger_draws_does_no_harm(tmp_path):
    path = tmp_path / "call.mp4"
    recording = Recording(path, paper())
    recording.show("\x1b[1;4mA\x1b[38:2:1:2:3mB\x1b[48;9mC" + "x\x1b[9999b" * 2000 + "\n" * 5000, SCREEN)
    assert recording.close().startswith(f"Recorded in {path}")
    assert decode(path)[0][1].shape == (ROWS * 8, COLUMNS * 4)


def test_without_a_picture_there_is_no_film(tmp_path):
    path = tmp_path / "call.mp4"
    recording = Recording(path, paper(), heard=Tape().reader())
    assert recording.close() == f"Nothing was shown: {path} was not recorded."
    assert not path.exists()


def test_a_place_that_cannot_be_written_is_told_at_once(tmp_path):
    with pytest.raises(MediaWriteError, match="No such file"):
        Recordings().begin(tmp_path / "absent" / "call.mp4", COLUMNS, ROWS, print)
