"""``asciichat client --render-file``: a call on a terminal, recorded, and read back."""

from __future__ import annotations

import contextlib
import json
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from asciichat import CallError, Server, connect
from asciichat.cli.uplink import SOUND_AHEAD
from lip_sync import RATE, clicks, flashes, sound
from pseudo_terminal import Terminal

FORMS = {"mp4": ["h264", "aac"], "webm": ["vp9", "opus"], "gif": ["gif"]}


class Partner:
    """Somebody in the call who is dark and silent but for a flash and a click every second."""

    def __init__(self, server: Server) -> None:
        self._ended = threading.Event()
        self._call = connect("127.0.0.1", server.port, name="Ann", columns=20, rows=10, fps=1)
        self._thread = threading.Thread(target=self._run)
        self.flashed = 0
        self._thread.start()

    def _run(self) -> None:
        with contextlib.suppress(CallError):  # the server is gone
            self._flash()

    def _flash(self) -> None:
        shades = {bright: np.full((120, 160, 3), 255 if bright else 0, np.uint8) for bright in (False, True)}
        click = (0.8 * np.sin(np.arange(480) * 2 * np.pi * 1000 / RATE)).astype(np.float32)
        ahead = round(SOUND_AHEAD * 100)
        start, number = time.monotonic(), 0
        while not self._ended.wait(max(0.0, start + number / 100 - time.monotonic())):
            if number % 4 == 0:
                self._call.send_video(shades[number % 100 < 40])
                self.flashed += number % 100 == 0
            clicking = (number + ahead) % 100 in (0, 1, 2)
            self._call.send_audio(click if clicking else np.zeros(480, np.float32))
            number += 1

    def close(self) -> None:
        self._ended.set()
        self._thread.join()
        self._call.close()


@pytest.fixture
def partner(server: Server) -> Iterator[Partner]:
    partner = Partner(server)
    yield partner
    partner.close()


def until(terminal: Terminal, true: Callable[[], bool], seconds: float = 30.0) -> None:
    """Look at what the program shows until something has come about."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come about"
        terminal._read(0.01)


def streams(path: Path) -> list[str]:
    with av.open(str(path)) as container:
        return [stream.codec_context.name.removeprefix("lib") for stream in container.streams]


def length(path: Path, kind: str) -> float:
    """Seconds from the beginning to the last picture or sample."""
    with av.open(str(path)) as container:
        *_, last = container.decode(**{kind: 0})
        return float(last.time) + (last.samples / last.sample_rate if kind == "audio" else 0.0)


def is_whole(path: Path) -> bool:
    """Whether it is a film whose end was written."""
    try:
        with av.open(str(path)) as container:
            return bool(container.duration) and container.duration > 1_000_000
    except av.error.FFmpegError:
        return False


def record(on_terminal, server, path, *options, shown=b"Ann", **environ):
    """A client that looks on, and records."""
    looks = ("-M", "half-block", "--color-mode", "truecolor", "--render-font-size", "6")
    terminal = on_terminal(
        "client", f"127.0.0.1:{server.port}", *looks, *options, "--render-file", path, **environ
    )
    terminal.wait_for(shown)  # a name in the picture, unless it is said otherwise
    return terminal


def seen_before_heard(on_terminal, server, partner, path: Path) -> float:
    """Record a call, look at the film, and say how much later than the click the flash is there; in the middle."""
    form = path.suffix[1:]
    called = time.monotonic()
    terminal = record(on_terminal, server, path)
    began, flashed = time.monotonic(), partner.flashed
    until(terminal, lambda: partner.flashed > flashed + 7)
    took = time.monotonic() - began
    terminal.type(b"q")
    assert terminal.wait() == 0
    ended = time.monotonic()
    terminal.wait_for(f"Recorded in {path}: ".encode())
    assert streams(path) == FORMS[form]
    assert took - 0.7 < length(path, "video") < ended - called
    seen = flashes(path)
    assert len(seen) >= 4
    # Now and then a computer that is busy shows one late, or misses it.
    assert np.median(np.diff(seen[1:])) == pytest.approx(1.0, abs=0.1)
    if form == "gif":
        return 0.0
    # Up to 0.3 s may be missing before silence is put in their place.
    assert length(path, "audio") == pytest.approx(length(path, "video"), abs=0.35)
    heard = np.array(clicks(path, 0.1))
    assert len(heard) >= 4
    return float(np.median([at - heard[np.abs(heard - at).argmin()] for at in seen[1:]]))


@pytest.mark.realtime
@pytest.mark.parametrize("form", FORMS)
def test_a_call_is_seen_and_heard_again(on_terminal, server, partner, tmp_path, form):
    apart = []
    # Sound that came late once, because a computer was busy, is held back longer for a while: that is the call's doing.
    while not apart or (abs(apart[-1]) > 0.08 and len(apart) < 4):
        path = tmp_path / f"call{len(apart)}.{form}"
        apart.append(seen_before_heard(on_terminal, server, partner, path))
    assert min(map(abs, apart)) <= 0.08


@pytest.mark.parametrize("form", ["mp4", "webm", "gif", "cast"])
@pytest.mark.parametrize("how", ["ctrl-c", "sigterm", "server"])
def test_however_a_call_ends_its_recording_is_whole(on_terminal, server, partner, tmp_path, form, how):
    path = tmp_path / f"call.{form}"
    terminal = record(on_terminal, server, path, "--reconnect-attempts", "0")
    flashed = partner.flashed
    until(terminal, lambda: partner.flashed > flashed + 2)
    if how == "ctrl-c":
        terminal.type(b"\x03")
    elif how == "sigterm":
        terminal.process.send_signal(signal.SIGTERM)
    else:
        server.stop()
    terminal.wait_for(f"Recorded in {path}: ".encode())
    code = terminal.wait()
    assert code == {"ctrl-c": 0, "sigterm": 143}.get(how, code)
    assert terminal.is_as_before()
    if form == "cast":
        events = [json.loads(line) for line in path.read_text().splitlines()[1:]]
        assert events[-1][2] == "\x1b[?25h"
        assert sum(event[0] for event in events) > 1.0
    else:
        assert length(path, "video") > 1.0
        assert len(streams(path)) == len(FORMS[form])


def test_what_the_loudspeaker_plays_is_recorded_as_loud_as_it_came(
    on_terminal,
    server,
    partner,
    tmp_path,
    sound_card,
):
    path = tmp_path / "call.mp4"
    terminal = record(on_terminal, server, path, "--volume", "0", "--audio-source", "media", **sound_card)
    flashed = partner.flashed
    until(terminal, lambda: partner.flashed > flashed + 6)
    terminal.type(b"q")
    assert terminal.wait() == 0
    played = np.frombuffer(Path(sound_card["TAPE"]).read_bytes(), np.float32)
    assert len(played) > RATE and not played.any()
    assert len(clicks(path, 0.1)) >= 2


def test_what_we_say_is_recorded_until_we_are_muted(on_terminal, server, tmp_path, sound_card):
    path = tmp_path / "call.mp4"
    terminal = record(
        on_terminal,
        server,
        path,
        "--test-pattern",
        "--no-voice-processing",
        shown=b"in the call",
        **sound_card,
    )
    until(terminal, lambda: [client for client in server.clients() if client.counts["sounds_in"] > 150])
    terminal.type(b"m")
    terminal.wait_for(b"muted")
    muted, drawn = time.monotonic(), terminal.output.count(b"\x1b[?2026l")
    until(terminal, lambda: time.monotonic() > muted + 1.0)  # of silence in the recording
    until(
        terminal, lambda: terminal.output.count(b"\x1b[?2026l") > drawn + 20
    )  # and it was not at rest meanwhile
    terminal.type(b"q")
    assert terminal.wait() == 0
    loud = np.abs(sound(path))
    assert np.count_nonzero(loud > 0.05) > RATE // 2  # the stand-in hums
    assert loud[-RATE // 2 :].max() < 0.02


def test_without_sound_the_film_is_silent(on_terminal, server, partner, tmp_path):
    path = tmp_path / "call.mp4"
    terminal = record(on_terminal, server, path, "--no-audio")
    flashed = partner.flashed
    until(terminal, lambda: partner.flashed > flashed)
    terminal.type(b"q")
    assert terminal.wait() == 0
    assert streams(path) == ["h264"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk here that is always full")
@pytest.mark.parametrize("form", ["mp4", "webm", "gif", "cast"])
def test_a_full_disk_ends_the_recording_and_not_the_call(on_terminal, server, partner, tmp_path, form):
    path = tmp_path / f"a.{form}"
    path.symlink_to("/dev/full")
    terminal = record(on_terminal, server, path, "--test-pattern", columns=200)
    terminal.wait_for(b"No space left on device", 60)
    before = len(terminal.output)
    flashed = partner.flashed
    until(terminal, lambda: partner.flashed > flashed + 1)
    assert len(terminal.output) > before  # pictures go on coming
    terminal.type(b"q")
    assert terminal.wait() == 105
    terminal.wait_for(
        f"asciichat: The recording is not whole: {path} cannot be written: No space left on device.".encode()
    )


def test_r_ends_the_film_before_the_call(on_terminal, server, partner, tmp_path):
    path = tmp_path / "call.webm"
    terminal = record(on_terminal, server, path, columns=200)
    flashed = partner.flashed
    until(terminal, lambda: partner.flashed > flashed + 2)
    terminal.type(b"R")
    terminal.wait_for(f"Recorded in {path}".encode())
    assert length(path, "video") > 0.5
    written = path.read_bytes()
    until(terminal, lambda: partner.flashed > flashed + 3)
    terminal.type(b"q")
    assert terminal.wait() == 0
    assert path.read_bytes() == written


@pytest.mark.parametrize("form", ["mp4", "webm", "gif"])
def test_a_film_is_whole_even_if_the_client_is_killed(on_terminal, server, partner, tmp_path, form):
    path = tmp_path / f"call.{form}"
    terminal = record(on_terminal, server, path)
    flashed = partner.flashed
    until(terminal, lambda: partner.flashed > flashed + 2)
    terminal.process.kill()
    terminal.process.wait()
    until(terminal, lambda: is_whole(path))
    assert length(path, "video") > 1.0


def test_where_nothing_is_drawn_nothing_can_be_recorded(on_terminal, server, tmp_path):
    path = tmp_path / "a.mp4"
    terminal = on_terminal("client", f"127.0.0.1:{server.port}", "--render-file", path, TERM="dumb")
    assert terminal.wait() == 2
    assert b"there are no pictures to record" in terminal.output
    assert not path.exists()
