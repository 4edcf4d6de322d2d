"""Films and pictures that are written can be read again, with the times and colours they were given."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import av
import numpy as np
import pytest

from asciichat.media.errors import MediaWriteError
from asciichat.media.film import FilmWriter
from asciichat.media.source import Frame
from asciichat.media.still import encode_png
from lip_sync import clicks, flashes

COLORS = [(200, 40, 30), (20, 180, 60), (30, 60, 220)]


def plain(number: int, width: int = 64, height: int = 48) -> Frame:
    return np.full((height, width, 3), COLORS[number % 3], np.uint8)


def read(path: Path) -> list[tuple[float, Frame]]:
    with av.open(str(path)) as container:
        return [(frame.time, frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]


@pytest.mark.parametrize(
    ("form", "tolerance", "tick"), [("mp4", 12, 1e-4), ("webm", 12, 6e-4), ("gif", 1, 0.0051)]
)
def test_pictures_come_back_at_their_times(tmp_path: Path, form: str, tolerance: int, tick: float) -> None:
    times = [0.0, 0.04, 0.1, 0.5, 0.52, 0.6, 1.0]
    with FilmWriter(tmp_path / f"a.{form}", 64, 48) as film:
        for number, seconds in enumerate(times):
            film.add(plain(number), seconds)
    shown = read(tmp_path / f"a.{form}")
    assert [seconds for seconds, _ in shown] == pytest.approx(times, abs=tick)
    for number, (_, frame) in enumerate(shown):
        assert np.abs(frame.astype(int) - plain(number)).max() <= tolerance


@pytest.mark.parametrize("form", ["mp4", "webm", "gif"])
def test_the_last_picture_is_shown_until_the_end(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"a.{form}"
    film = FilmWriter(path, 64, 48)
    film.add(plain(0), 0.0)
    film.add(plain(1), 0.2)
    film.close(2.0)
    film.close(5.0)
    with av.open(str(path)) as container:
        assert container.duration / 1e6 == pytest.approx(2.0, abs=0.1)
    assert (np.abs(read(path)[-1][1].astype(int) - plain(1)) <= 12).all()


def test_an_mp4_is_what_every_player_takes(tmp_path: Path) -> None:
    """And odd sides are filled up: its colours are stored for two pixels by two."""
    with FilmWriter(tmp_path / "a.mp4", 33, 21) as film:
        film.add(plain(0, 33, 21), 0.0)
        film.add(plain(1, 33, 21), 0.5)
    with av.open(str(tmp_path / "a.mp4")) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.pix_fmt == "yuv420p"
        assert (stream.width, stream.height) == (34, 22)
    frame = read(tmp_path / "a.mp4")[0][1]
    assert np.abs(frame[:18, :30].astype(int) - COLORS[0]).max() <= 14


@pytest.mark.parametrize("form", ["mp4", "webm"])
@pytest.mark.parametrize("piped", [False, True])
def test_sound_comes_back_at_its_time(tmp_path: Path, form: str, piped: bool) -> None:
    """However it was cut, and also where a film is written from front to back."""
    path = tmp_path / f"a.{form}"
    path.touch()
    sound = np.zeros(96_000, np.float32)
    sound[48_000:48_480] = 0.8 * np.sin(np.arange(480) * 2 * np.pi * 1000 / 48_000)
    with path.open("wb") as into:
        film = FilmWriter(path, 64, 48, sound=True, into=into if piped else None)
        for number in range(60):
            film.add(np.full((48, 64, 3), 255 if number == 30 else 0, np.uint8), number / 30)
            for block in np.split(sound[number * 1600 : (number + 1) * 1600], [7, 900, 900]):
                film.add_sound(block)
        film.close(2.0)
    (flash,), (click,) = flashes(path), clicks(path)
    assert click == pytest.approx(flash, abs=0.005)
    if not piped:  # where the sound's lead is not known beforehand, all of the film begins so much later
        assert flash == pytest.approx(1.0, abs=1e-3)


def test_a_gif_keeps_every_colour_of_a_picture_of_up_to_256(tmp_path: Path) -> None:
    frame = np.zeros((16, 16, 3), np.uint8)
    frame[..., 0], frame[..., 1] = np.mgrid[0:16, 0:16] * 16
    with FilmWriter(tmp_path / "a.gif", 16, 16) as film:
        film.add(frame, 0.0)
        film.add(frame[::-1].copy(), 0.1)
    shown = read(tmp_path / "a.gif")
    assert np.abs(shown[0][1].astype(int) - frame).max() <= 1
    assert np.abs(shown[1][1].astype(int) - frame[::-1]).max() <= 1


def test_pictures_faster_than_the_format_are_left_out(tmp_path: Path) -> None:
    with FilmWriter(tmp_path / "a.gif", 64, 48) as film:
        for number in range(30):
            film.add(plain(number), number / 1000)
    assert [seconds for seconds, _ in read(tmp_path / "a.gif")] == pytest.approx([0, 0.01, 0.02, 0.03])


def test_a_png_holds_exactly_the_picture() -> None:
    frame = np.random.default_rng(0).integers(0, 256, (21, 33, 3), np.uint8)
    data = encode_png(frame)
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", data[16:24]) == (33, 21)
    assert zlib.crc32(data[12:29]) == struct.unpack(">I", data[29:33])[0]
    decoder = av.CodecContext.create("png", "r")
    (picture,) = decoder.decode(av.Packet(data))
    assert (picture.to_ndarray(format="rgb24") == frame).all()


def test_a_place_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "absent" / "a.mp4"
    with pytest.raises(MediaWriteError, match=r"a\.mp4 cannot be written: No such file or directory\."):
        FilmWriter(path, 64, 48)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk here that is always full")
def test_a_full_disk_is_told_in_a_sentence(tmp_path: Path) -> None:
    """Wherever it is met: while pictures are added, or at the end."""
    path = tmp_path / "a.gif"
    path.symlink_to("/dev/full")

    def write() -> None:
        noise = np.random.default_rng(0)
        with FilmWriter(path, 64, 48) as film:
            for number in range(50):
                film.add(noise.integers(0, 256, (48, 64, 3), np.uint8), number / 10)

    with pytest.raises(MediaWriteError, match="No space left on device"):
        write()


def test_other_endings_and_sizes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\.mp4, \.webm or \.gif"):
        FilmWriter(tmp_path / "a.avi", 64, 48)
    with pytest.raises(ValueError, match="no sound"):
        FilmWriter(tmp_path / "a.gif", 64, 48, sound=True)
    with FilmWriter(tmp_path / "a.gif", 64, 48) as film:
        film.add(plain(0), 0.0)
        with pytest.raises(ValueError, match="without sound"):
            film.add_sound(np.zeros(480, np.float32))
        with pytest.raises(ValueError, match="64 x 48"):
            film.add(plain(0, 48, 64), 0.1)
