"""HEVC pictures: those of native clients, our own, and bad ones."""

from __future__ import annotations

import struct
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asciichat.media.errors import MediaDecodeError
from asciichat.media.hevc import HevcDecoder, HevcEncoder
from asciichat.media.pattern import TestPattern

NATIVE = Path(__file__).parent / "data" / "native_hevc.bin"


def native_units() -> list[bytes]:
    data, units = NATIVE.read_bytes(), []
    while data:
        (length,) = struct.unpack_from(">I", data)
        units.append(data[4 : 4 + length])
        data = data[4 + length :]
    return units


def test_what_a_native_client_sends_becomes_its_red_green_and_blue_stripes():
    decoder = HevcDecoder()
    pictures = [decoder.decode(unit) for unit in native_units()]
    assert all(picture is not None for picture in pictures)  # each unit gives its picture at once
    last = pictures[-1]
    assert last.shape == (240, 320, 3)
    assert last.dtype == np.uint8
    stripes = last[5, 20::40].argmax(-1)
    assert list(stripes) == [0, 1, 2, 0, 1, 2, 0, 1]
    assert (last[5, 20::40].max(-1) > 200).all()


def test_our_own_pictures_come_back_alike_and_at_once():
    pattern, encoder, decoder = TestPattern(320, 240), HevcEncoder(320, 240), HevcDecoder()
    for number in range(35):
        sent = pattern.draw(number / 30)
        received = decoder.decode(encoder.encode(sent))
        assert received.shape == sent.shape
        assert np.corrcoef(received.ravel(), sent.ravel())[0, 1] > 0.99


def test_our_stream_can_be_entered_at_its_key_frames():
    pattern, encoder = TestPattern(320, 240), HevcEncoder(320, 240)
    units = [encoder.encode(pattern.draw(number / 30), key=number in (30, 45)) for number in range(61)]
    for start in (30, 45):
        assert HevcDecoder().decode(units[start]) is not None
    late = HevcDecoder()
    assert [late.decode(unit) is not None for unit in units[25:31]] == [False] * 5 + [True]


@pytest.mark.parametrize("width", range(352, 384, 2))
def test_pictures_of_every_width_are_without_gaps(width):
    encoder, decoder = HevcEncoder(width, 64), HevcDecoder()
    received = decoder.decode(encoder.encode(np.full((64, width, 3), 128, np.uint8)))
    assert received.flags.c_contiguous
    assert received.shape == (64, width, 3)


def test_odd_sizes_lose_a_row_and_a_column():
    encoder, decoder = HevcEncoder(33, 27), HevcDecoder()
    received = decoder.decode(encoder.encode(np.full((27, 33, 3), 128, np.uint8)))
    assert received.shape == (26, 32, 3)
    assert np.abs(received.astype(int) - 128).max() < 6


def test_an_encoder_refuses_pictures_of_another_size():
    with pytest.raises(ValueError, match="this encoder takes 64x48, not 48x64"):
        HevcEncoder(64, 48).encode(np.zeros((64, 48, 3), np.uint8))


@pytest.mark.parametrize(("width", "height"), [(8, 240), (320, 8), (3842, 240), (320, 2162)])
def test_an_encoder_refuses_impossible_sizes(width, height):
    with pytest.raises(ValueError, match=f"not {width}x{height}"):
        HevcEncoder(width, height)


@pytest.mark.parametrize(("width", "height"), [(4096, 2304), (3856, 256), (256, 2176)])
def test_pictures_over_the_limit_are_refused(width, height):
    context = av.CodecContext.create("libx265", "w")
    context.width, context.height, context.pix_fmt, context.framerate = width, height, "yuv420p", 30
    context.options = {"preset": "ultrafast", "tune": "zerolatency", "x265-params": "log-level=none"}
    frame = av.VideoFrame(width, height, "yuv420p")
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    unit = b"".join(bytes(packet) for packet in [*context.encode(frame), *context.encode(None)])
    with pytest.raises(MediaDecodeError):
        HevcDecoder().decode(unit)


def test_after_damage_the_next_key_frame_is_shown():
    decoder = HevcDecoder()
    units = native_units()
    with pytest.raises(MediaDecodeError, match="could not be decoded"):
        decoder.decode(b"garbage that has no start code")
    assert decoder.decode(units[0]) is not None


def test_nothing_gives_no_picture():
    assert HevcDecoder().decode(b"") is None


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_damage_does_worse_than_an_error_or_a_wrong_picture(data):
    unit = bytearray(native_units()[0])
    for _ in range(data.draw(st.integers(1, 12))):
        unit[data.draw(st.integers(0, len(unit) - 1))] ^= data.draw(st.integers(1, 255))
    decoder = HevcDecoder()
    for piece in (bytes(unit), native_units()[1]):
        try:
            picture = decoder.decode(piece)
        except MediaDecodeError:
            continue
        assert picture is None or (
            picture.ndim == 3 and picture.shape[0] <= 2160 and picture.shape[1] <= 3840
        )
