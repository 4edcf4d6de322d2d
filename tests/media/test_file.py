"""Playing media files."""

from __future__ import annotations

import itertools
import struct
import threading
import time
from pathlib import Path

import av
import numpy as np
import pytest

from asciichat.media.errors import MediaDecodeError, MediaOpenError
from asciichat.media.file import MediaFile


def number_of(frame) -> int:
    """Which picture of the counting film this is."""
    assert frame is not None
    return round(float(frame.mean()) / 8)


def test_a_film_is_scaled_down_to_fit_and_keeps_its_shape(film):
    media = MediaFile(film)
    assert media.video.size == (480, 270)
    frame = media.video.read(0.0)
    assert frame.shape == (270, 480, 3)
    assert frame.dtype == np.uint8
    assert frame.flags.c_contiguous
    media.close()


def test_pixels_that_are_wider_than_high_are_made_square(talking_head):
    # 176 x 144 with pixels of 128:117 is shown at 192.5 x 144.
    media = MediaFile(talking_head)
    assert media.video.size == (193, 144)
    assert media.audio is None
    media.close()


def test_the_picture_is_the_one_ffmpeg_decodes(talking_head):
    media = MediaFile(talking_head)
    ours = media.video.read(0.0).astype(float)
    with av.open(str(talking_head)) as container:
        theirs = next(container.decode(video=0)).reformat(193, 144, "rgb24").to_ndarray().astype(float)
    assert np.corrcoef(ours.ravel(), theirs.ravel())[0, 1] > 0.99
    media.close()


def test_each_picture_comes_when_it_is_due_and_once(make_film, clock):
    media = MediaFile(make_film(frames=25, fps=25), clock=clock)
    assert number_of(media.video.read(clock())) == 0
    assert media.video.read(clock.advance(0.02)) is None
    assert number_of(media.video.read(clock.advance(0.02))) == 1
    assert number_of(media.video.read(clock.advance(0.40))) == 11
    assert media.video.due() == pytest.approx(clock() + 0.04, abs=0.002)
    media.close()


def test_a_film_ends_with_its_last_picture(make_film, clock):
    media = MediaFile(make_film(frames=25, fps=25), clock=clock)
    media.video.read(clock())
    assert number_of(media.video.read(clock.advance(0.97))) == 24
    assert not media.ended
    clock.advance(0.1)
    assert media.ended
    assert media.video.read(clock()) is None
    assert media.video.due() is None
    media.close()


def test_a_loop_begins_again_with_the_first_picture(make_film, clock):
    media = MediaFile(make_film(frames=25, fps=25), loop=True, clock=clock)
    media.video.read(clock())
    assert number_of(media.video.read(clock.advance(0.99))) == 24
    for _ in range(3):
        assert number_of(media.video.read(clock.advance(0.02))) == 0
        assert number_of(media.video.read(clock.advance(0.98))) == 24
    assert not media.ended
    media.close()


def test_sound_follows_the_same_clock_as_the_pictures(make_film, clock):
    """Sound of picture n has the level 1000 (n + 1): read block by block, both tell the same number."""
    media = MediaFile(make_film(frames=25, fps=25), clock=clock)
    shown = 0
    for block in range(48):  # 20 ms each
        frame = media.video.read(clock())
        shown = shown if frame is None else number_of(frame)
        heard = np.median(media.audio.read(960)) * 32768 / 1000 - 1
        assert abs(heard - shown) < 1.01, block
        clock.advance(0.02)
    media.close()


def test_sound_that_was_not_read_for_a_while_catches_up(make_film, clock):
    media = MediaFile(make_film(frames=25, fps=25), clock=clock)
    media.audio.read(960)
    clock.advance(0.6)
    heard = np.median(media.audio.read(960)) * 32768 / 1000 - 1
    assert heard == pytest.approx(15, abs=1.01)
    media.close()


def test_sound_read_too_fast_waits_for_the_clock(make_sound, clock):
    media = MediaFile(make_sound(), clock=clock)
    blocks = [media.audio.read(4800) for _ in range(10)]
    assert sum(bool(block.any()) for block in blocks) <= 4
    media.close()


def test_a_sound_file_plays_its_samples_in_order_without_a_gap(make_sound, clock):
    media = MediaFile(make_sound(seconds=2.0, hertz=440), clock=clock)
    assert media.video is None
    blocks = []
    for _ in range(100):
        blocks.append(media.audio.read(960))
        clock.advance(0.02)
    sound = np.concatenate(blocks)
    expected = 0.5 * np.sin(2 * np.pi * 440 * np.arange(len(sound)) / 48_000)
    assert np.abs(sound - expected).max() < 1e-3
    clock.advance(0.001)
    assert not media.audio.read(960).any()  # after the end: silence
    assert media.ended
    media.close()


def test_sound_at_another_rate_is_resampled(film, clock):
    media = MediaFile(film, clock=clock)
    blocks = []
    for _ in range(100):
        blocks.append(media.audio.read(960))
        clock.advance(0.02)
    sound = np.concatenate(blocks)
    with av.open(str(film)) as container:
        resampler = av.AudioResampler("flt", "mono", 48_000)
        whole = [f.to_ndarray()[0] for frame in container.decode(audio=0) for f in resampler.resample(frame)]
    reference = np.concatenate(whole)[: len(sound)]
    assert sound.dtype == np.float32
    assert sound.std() > 0.001
    assert np.corrcoef(sound, reference)[0, 1] > 0.99
    media.close()


def test_pausing_holds_picture_and_sound_and_going_on_continues_both(make_film, clock):
    media = MediaFile(make_film(frames=25, fps=25), clock=clock)
    media.video.read(clock())
    media.audio.read(960)
    clock.advance(0.2)
    assert media.toggle_pause() is True
    assert number_of(media.video.read(clock())) == 5
    assert not media.audio.read(960).any()
    assert media.video.read(clock.advance(0.9)) is None
    assert number_of(media.video.read(clock.advance(0.1))) == 5  # again every second, as a sign of life
    assert media.video.read(clock.advance(0.5)) is None
    clock.advance(3.5)
    assert number_of(media.video.read(clock())) == 5
    assert media.toggle_pause() is False
    assert number_of(media.video.read(clock.advance(0.08))) == 7
    assert np.median(media.audio.read(960)) * 32768 / 1000 - 1 == pytest.approx(7, abs=1.01)
    media.close()


@pytest.mark.parametrize("by", [+0.4, -0.4])
def test_seeking_moves_pictures_and_sound_together(make_film, clock, by):
    media = MediaFile(make_film(frames=25, fps=25), clock=clock)
    media.video.read(clock())
    media.audio.read(960)
    media.video.read(clock.advance(0.5))
    media.seek_by(by)
    shown = number_of(media.video.read(clock()))
    assert shown == pytest.approx(12.5 + 25 * by, abs=0.6)
    heard = np.median(media.audio.read(960)) * 32768 / 1000 - 1
    assert heard == pytest.approx(shown, abs=1.01)
    media.close()


def test_a_seek_in_a_compressed_film_lands_on_the_asked_picture(film, clock):
    """Between two key frames, everything since the first of them must be decoded."""
    straight = MediaFile(film, clock=clock)
    straight.video.read(clock())
    expected = straight.video.read(clock.advance(3.3))
    straight.close()
    jumped = MediaFile(film, start=3.3, clock=clock)
    assert (jumped.video.read(clock()) == expected).all()
    jumped.close()


def test_playing_in_real_time_keeps_the_rate_of_the_file(make_film):
    path = make_film(frames=25, fps=50, name="half.mkv")
    kept = []
    while not any(kept) and len(kept) < 5:  # a busy computer may be late once
        media = MediaFile(path)
        started = time.monotonic()
        numbers = [number_of(frame) for frame in media.video]
        elapsed = time.monotonic() - started
        media.close()
        assert numbers == sorted(set(numbers))
        assert elapsed >= 0.48
        kept.append(numbers[-1] == 24 and elapsed < 2.0)
    assert any(kept)


def test_a_paused_iteration_wakes_when_playing_goes_on(make_film):
    media = MediaFile(make_film(frames=25, fps=5))
    frames = iter(media.video)
    shown = number_of(next(frames))
    media.toggle_pause()
    timer = threading.Timer(0.1, media.toggle_pause)
    timer.start()
    while number_of(next(frames)) == shown:  # it is given again once a second
        pass
    timer.join()
    media.close()


def test_closing_ends_an_iteration_that_is_paused(make_film):
    media = MediaFile(make_film(frames=25, fps=5))
    frames = iter(media.video)
    next(frames)
    media.toggle_pause()
    timer = threading.Timer(0.1, media.close)
    timer.start()
    for _ in frames:  # the same, once a second
        pass
    timer.join()
    media.close()  # twice does no harm


def test_a_still_picture_is_shown_for_as_long_as_it_is_wanted(tmp_path, clock):
    path = tmp_path / "still.png"
    with av.open(str(path), "w", format="image2") as container:
        stream = container.add_stream("png")
        stream.width, stream.height, stream.pix_fmt = 300, 600, "rgb24"
        picture = av.VideoFrame.from_ndarray(np.full((600, 300, 3), (200, 40, 10), np.uint8), "rgb24")
        container.mux(stream.encode(picture))
    media = MediaFile(path, clock=clock)
    assert media.video.size == (135, 270)
    frame = media.video.read(clock())
    assert tuple(frame[100, 60]) == (200, 40, 10)
    assert media.video.read(clock()) is None
    assert (media.video.read(clock.advance(1.0)) == frame).all()
    assert media.video.due() <= clock() + 1
    assert not media.ended
    media.close()


def test_a_film_taken_sideways_is_shown_upright(tmp_path, talking_head):
    """Phones write pictures as the sensor gives them, and a matrix that says how to turn them."""
    data = bytearray(talking_head.read_bytes())
    matrix = data.index(b"tkhd") + 4 + 40  # ISO 14496-12: the version 0 box has its matrix after 40 bytes
    one = (0x10000).to_bytes(4, "big")
    assert data[matrix : matrix + 4] == one
    minus = (-0x10000 & 0xFFFFFFFF).to_bytes(4, "big")
    quarter_clockwise = [0, one, 0, minus, 0]
    for place, value in enumerate(quarter_clockwise):
        data[matrix + 4 * place : matrix + 4 * place + 4] = value or bytes(4)
    path = tmp_path / "sideways.mp4"
    path.write_bytes(data)
    turned, straight = MediaFile(path), MediaFile(talking_head)
    assert turned.video.size == (144, 193)
    expected = np.rot90(straight.video.read(0.0), -1)
    assert np.abs(turned.video.read(0.0).astype(int) - expected).mean() < 2
    turned.close()
    straight.close()


def test_a_file_that_is_cut_off_plays_as_far_as_it_goes(make_film, tmp_path, clock):
    data = make_film(frames=25, fps=25).read_bytes()
    path = tmp_path / "cut.mkv"
    path.write_bytes(data[: len(data) * 3 // 4])
    media = MediaFile(path, clock=clock)
    seen = []
    for _ in range(40):
        frame = media.video.read(clock())
        if frame is not None:
            seen.append(number_of(frame))
        clock.advance(0.04)
    assert seen[:10] == list(range(10))
    assert seen == sorted(seen)
    media.close()


def test_what_is_not_a_media_file_is_refused_with_a_sentence(tmp_path):
    text = tmp_path / "notes.txt"
    text.write_text("nothing to see " * 100)
    empty = tmp_path / "empty.mp4"
    empty.write_bytes(b"")
    for path, sentence in [
        (tmp_path / "absent.mp4", "There is no file"),
        (tmp_path, "is a directory"),
        (text, "not a media file that can be played: it is text"),
        (empty, "not a media file"),
    ]:
        with pytest.raises(MediaOpenError, match=sentence) as caught:
            MediaFile(path)
        assert str(path) in str(caught.value)
        assert str(caught.value).endswith(".")


def test_a_film_without_one_decodable_picture_is_refused(talking_head, tmp_path):
    data = bytearray(talking_head.read_bytes())
    start = data.index(b"mdat") + 4
    end = data.index(b"moov")
    if end < start:
        end = len(data)
    data[start:end] = bytes(end - start)
    path = tmp_path / "wiped.mp4"
    path.write_bytes(data)
    with pytest.raises((MediaDecodeError, MediaOpenError), match=r"wiped\.mp4 is"):
        MediaFile(path)


def test_a_name_with_a_colon_is_a_file_and_not_a_protocol(make_sound, monkeypatch):
    path = make_sound(name="data:tone.wav")
    monkeypatch.chdir(path.parent)
    media = MediaFile(Path("data:tone.wav"))
    assert media.audio is not None
    media.close()


def test_a_title_in_another_encoding_keeps_no_sound_from_being_played(make_sound):
    path = make_sound()
    title = "Für Elise\0".encode("latin-1")
    chunk = b"LIST" + struct.pack("<I", 12 + len(title)) + b"INFOINAM" + struct.pack("<I", len(title)) + title
    data = path.read_bytes()
    path.write_bytes(
        data[:4] + struct.pack("<I", len(data) + len(chunk) - 8) + data[8:12] + chunk + data[12:]
    )
    media = MediaFile(path)
    assert media.audio is not None
    media.close()


def test_no_picture_of_a_loop_is_given_twice_in_a_row(make_film, clock):
    media = MediaFile(make_film(frames=10, fps=25), loop=True, clock=clock)
    numbers = []
    for _ in range(100):
        frame = media.video.read(clock())
        if frame is not None:
            numbers.append(number_of(frame))
        clock.advance(0.013)
    assert all(a != b for a, b in itertools.pairwise(numbers))
    assert len(numbers) == pytest.approx(100 * 0.013 * 25, abs=2)
    media.close()
