"""Where pictures come from, as options say it."""

from __future__ import annotations

import itertools
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import av
import pytest

from asciichat import Server, connect
from asciichat.cli.exits import CommandError
from asciichat.cli.options.shared import SourceOptions
from asciichat.cli.origin import check_source
from asciichat.cli.screen.playing import file_controls
from asciichat.cli.uplink import Uplink
from asciichat.media.effects import Adjusted
from asciichat.media.errors import MediaDecodeError, WebcamError
from asciichat.media.file import MediaFile
from asciichat.media.live import LiveVideo
from asciichat.media.source import DrawnVideo
from asciichat.media.webcam import list_webcams

PICTURE = ("-S", "-D", "0", "-x", "40", "-y", "12", "--color", "false")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"file": Path("a"), "url": "http://b"}, "--file and --url contradict each other"),
        ({"file": Path("a"), "screen": True}, "--file and --screen"),
        ({"url": "http://b", "test_pattern": True}, "--url and --test-pattern"),
        ({"screen": True, "webcam_index": 0}, "--screen and --webcam-index"),
        ({"url": "http://b", "loop": True}, "--loop needs a --file"),
        ({"loop": True}, "--loop needs a --file"),
        ({"seek": "1"}, "--seek needs a --file or a --url"),
        ({"pause": True}, "--pause needs a --file or a --url"),
        ({"yt_dlp_options": "-4"}, "--yt-dlp-options needs a --url"),
        ({"file": Path("-"), "seek": "1"}, "--seek needs a file: standard input is read once"),
        ({"file": Path("-"), "loop": True}, "--loop needs a file: standard input is read once"),
    ],
)
def test_options_that_contradict_each_other_are_refused(options, message):
    with pytest.raises(CommandError, match=message) as caught:
        check_source(SourceOptions(**options))
    assert caught.value.code == 2


@pytest.mark.parametrize(
    "options",
    [
        {"url": "http://b", "seek": "1", "pause": True, "yt_dlp_options": "-4"},
        {"file": Path("-"), "pause": True},
        {"file": Path("a"), "loop": True, "seek": "1", "pause": True},
    ],
)
def test_options_that_go_together_are_taken(options):
    check_source(SourceOptions(**options))


def test_cameras_are_listed_or_there_is_none(run):
    for command in ("mirror", "client"):
        done = run(command, "--list-webcams")
        assert done.returncode == 0
        if not list_webcams():
            assert (done.stdout, done.stderr) == ("", "There is no camera.\n")


@pytest.fixture
def streamable(talking_head, tmp_path) -> Path:
    """The talking head in a form that can be played from a pipe."""
    path = tmp_path / "head.mkv"
    with av.open(str(talking_head)) as film, av.open(str(path), "w") as copy:
        stream = copy.add_stream_from_template(film.streams.video[0])
        for packet in film.demux(film.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                copy.mux(packet)
    return path


@pytest.mark.parametrize("option", [("--file", "-"), ("-f", "-")])
def test_a_film_comes_through_standard_input(run, home, streamable, option):
    expected = run("mirror", "--file", streamable, *PICTURE).stdout
    with subprocess.Popen(["cat", str(streamable)], stdout=subprocess.PIPE) as film:
        done = subprocess.run(
            [sys.executable, "-m", "asciichat.cli", "mirror", *option, *PICTURE],
            env=home, stdin=film.stdout, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
    assert (done.stdout, done.returncode) == (expected, 0)


def test_a_file_behind_standard_input_is_as_good_as_the_file(run, home, talking_head):
    with talking_head.open("rb") as film:  # its index is at the end: through a pipe it could not be played
        done = subprocess.run(
            [sys.executable, "-m", "asciichat.cli", "mirror", "--file", "-", *PICTURE],
            env=home, stdin=film, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
    assert done.stdout == run("mirror", "--file", talking_head, *PICTURE).stdout


def test_who_leaves_while_nothing_comes_through_the_pipe_is_gone_at_once(home, streamable, server):
    client = subprocess.Popen(
        [sys.executable, "-m", "asciichat.cli", "client", f"127.0.0.1:{server.port}", "--file", "-"],
        env=home, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert client.stdin is not None
    data = streamable.read_bytes()
    client.stdin.write(data[: len(data) // 3])
    client.stdin.flush()
    until(server, lambda s: s.clients() and s.clients()[0].counts["pictures_in"] > 0)
    client.terminate()
    client.wait(20)  # for a pipe that stays open it would wait for ever
    client.stdin.close()


def test_an_absent_film_of_the_network_ends_with_the_native_program_s_code(run):
    done = run("mirror", "--url", "http://127.0.0.1:1/film.mp4", "-S")
    assert done.returncode == 27
    assert done.stderr == "asciichat: http://127.0.0.1:1/film.mp4 cannot be played: connection refused.\n"


class Plug:
    """A camera on a cable: FFmpeg's test picture, until it is pulled out."""

    def __init__(self) -> None:
        self.plugged = threading.Event()
        self.plugged.set()

    def open(self) -> Plug:
        if not self.plugged.is_set():
            raise WebcamError("There is no camera on this computer.")
        self._container = av.open("testsrc2=size=320x240:rate=30,realtime", format="lavfi")
        return self

    def decode(self, video: int):
        for frame in self._container.decode(video=video):
            if not self.plugged.is_set():
                raise OSError(19, "No such device")
            yield frame

    def close(self) -> None:
        self._container.close()


def until(server: Server, holds: Callable[[Server], object]) -> None:
    for _ in range(2000):
        if holds(server):
            return
        threading.Event().wait(0.01)
    raise AssertionError("not within 20 s")


def test_a_camera_that_is_unplugged_shows_nobody_and_is_seen_again_when_it_is_back(server):
    plug = Plug()
    camera = Adjusted(LiveVideo("camera 0", plug.open))  # type: ignore[arg-type]
    with connect("127.0.0.1", server.port, audio=False) as call, Uplink(camera, None) as uplink:
        uplink.attach(call)
        until(server, lambda s: s.clients() and s.clients()[0].counts["pictures_in"] > 5)
        plug.plugged.clear()
        until(server, lambda s: not s.clients()[0].state.sends_video)
        assert uplink.lost
        assert camera.lost == "No such device"
        seen = server.clients()[0].counts["pictures_in"]
        plug.plugged.set()
        until(server, lambda s: s.clients()[0].state.sends_video)
        until(server, lambda s: s.clients()[0].counts["pictures_in"] > seen + 5)
        assert not uplink.lost


class Damaged(DrawnVideo):
    """A film of three pictures and then damage."""

    size = (16, 16)

    def draw(self, seconds: float):
        import numpy as np

        if seconds > 0.15:
            raise MediaDecodeError("The film is damaged: half of it is missing.")
        return np.full((16, 16, 3), round(seconds * 1000) % 256, np.uint8)


def test_a_film_that_is_damaged_is_told_of_and_shows_nobody(server):
    told: list[str] = []
    with connect("127.0.0.1", server.port, audio=False) as call, Uplink(Damaged(20), None) as uplink:
        uplink.report = told.append
        uplink.attach(call)
        until(server, lambda s: s.clients() and s.clients()[0].counts["pictures_in"] > 0)
        until(server, lambda s: not s.clients()[0].state.sends_video)
    assert told == ["The film is damaged: half of it is missing."]


def test_a_film_that_has_ended_shows_nobody(server, talking_head):
    film = MediaFile(talking_head, start=3.5)
    told: list[str] = []
    with connect("127.0.0.1", server.port, audio=False) as call, Uplink(film.video, None) as uplink:
        uplink.report = told.append
        uplink.attach(call)
        until(server, lambda s: s.clients() and s.clients()[0].counts["pictures_in"] > 0)
        until(server, lambda s: not s.clients()[0].state.sends_video)
        until(server, lambda _: told)
        assert told == ["What you showed is over: nobody sees you now."]


def test_a_film_that_has_ended_goes_on_where_somebody_goes_back_to(server, talking_head):
    film = MediaFile(talking_head, start=3.5)
    said: list[str] = []
    told: list[str] = []
    with connect("127.0.0.1", server.port, audio=False) as call, Uplink(film.video, None) as uplink:
        uplink.report = told.append
        pause, back, _ = file_controls(film, said.append, moved=uplink.look_again)
        uplink.attach(call)
        until(server, lambda _: told)
        pause.action()
        assert said == ["It is over; the left arrow goes back."]
        before = server.clients()[0].counts["pictures_in"]
        back.action()
        until(server, lambda s: s.clients()[0].state.sends_video)
        until(server, lambda s: s.clients()[0].counts["pictures_in"] > before + 5)
        assert said[1] == "At 0:00."
        until(server, lambda _: len(told) == 2)


def test_a_paused_film_does_not_stall(server, talking_head):
    film = MediaFile(talking_head)
    film.toggle_pause()
    assert film.video is not None
    frames = iter(film.video)
    first = next(frames)
    assert all((frame == first).all() for frame in itertools.islice(frames, 2))  # one a second
    film.close()
