"""What a few bytes of HEVC may cost: the sizes in headers are looked at before anything is made for them."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asciichat.media.errors import MediaDecodeError
from asciichat.media.hevc import HevcDecoder, HevcEncoder
from asciichat.media.hevc_header import Sequence, sequences

SPS = 33


def units() -> list[bytes]:
    """The NAL units of a key frame, 320 x 240."""
    frame = np.zeros((240, 320, 3), np.uint8)
    return [
        unit.rstrip(b"\0")
        for unit in re.split(b"\0\0\1", HevcEncoder(320, 240).encode(frame))
        if unit.strip(b"\0")
    ]


def joined(nals: list[bytes]) -> bytes:
    return b"".join(b"\0\0\0\1" + nal for nal in nals)


def exp_golomb(value: int) -> str:
    digits = f"{value + 1:b}"
    return "0" * (len(digits) - 1) + digits


def resized(nal: bytes, width: int, height: int) -> bytes:
    """A sequence parameter set of 320 x 240 that claims another size, and is right otherwise."""
    bits = "".join(f"{byte:08b}" for byte in nal.replace(b"\0\0\3", b"\0\0")).rstrip("0")
    before, found, after = bits.partition(exp_golomb(320) + exp_golomb(240))
    assert found
    bits = before + exp_golomb(width) + exp_golomb(height) + after
    bits += "0" * (-len(bits) % 8)
    raw = bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))
    return re.sub(b"\0\0([\0-\3])", b"\0\0\3\\1", raw)


def claiming(width: int, height: int) -> bytes:
    """A key frame that claims this size."""
    return joined([resized(nal, width, height) if nal[0] >> 1 == SPS else nal for nal in units()])


def resident() -> int:
    """KiB of memory in use."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def test_the_size_is_read_as_it_stands_there():
    assert sequences(joined(units())) == [Sequence(320, 240, 1, 8)]
    for size in ((321, 7), (1920, 1088), (16000, 16000), (65535, 1)):
        assert sequences(claiming(*size)) == [Sequence(*size, 1, 8)]
    assert sequences(b"") == sequences(joined([b"\x26\x01no header"])) == []


@pytest.mark.parametrize(
    ("width", "height", "kind"), [(320, 240, "yuv444p"), (64, 48, "yuv420p10le"), (176, 144, "gray")]
)
def test_formats_are_read_as_an_encoder_wrote_them(width, height, kind):
    context = av.CodecContext.create("libx265", "w")
    context.width, context.height, context.pix_fmt, context.framerate = width, height, kind, 30
    context.options = {"preset": "ultrafast", "tune": "zerolatency", "x265-params": "log-level=none"}
    frame = av.VideoFrame(width, height, kind)
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    unit = b"".join(bytes(packet) for packet in [*context.encode(frame), *context.encode(None)])
    chroma, depth = {"yuv444p": (3, 8), "yuv420p10le": (1, 10), "gray": (0, 8)}[kind]
    assert [each[2:] for each in sequences(unit)] == [(chroma, depth)]
    if kind == "gray":
        assert HevcDecoder().decode(unit).shape == (height, width, 3)
    else:
        with pytest.raises(MediaDecodeError, match="not in eight bits"):
            HevcDecoder().decode(unit)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_a_header_that_claims_a_giant_picture_buys_no_memory():
    bomb = claiming(16000, 16000)
    assert len(bomb) < 4096
    HevcDecoder().decode(joined(units()))  # what FFmpeg needs once
    before, decoders = resident(), [HevcDecoder(max_pixels=1920 * 1088) for _ in range(8)]
    for decoder in decoders:
        with pytest.raises(MediaDecodeError, match="16000x16000"):
            decoder.decode(bomb)
    assert resident() - before < 16 * 1024  # FFmpeg alone takes 80 MiB for each
    assert decoders[0].decode(joined(units())).shape == (240, 320, 3)


def test_a_header_in_the_middle_and_many_of_them_are_found():
    good, bad = joined(units()), claiming(8192, 8192)
    with pytest.raises(MediaDecodeError, match="8192x8192"):
        HevcDecoder(max_pixels=1920 * 1088).decode(good + bad)
    with pytest.raises(MediaDecodeError, match="more than 16 headers"):
        HevcDecoder().decode(good * 17)


def test_a_stream_of_several_layers_is_refused():
    nal = next(nal for nal in units() if nal[0] >> 1 == SPS)
    with pytest.raises(MediaDecodeError, match="several layers"):
        HevcDecoder().decode(joined([bytes([nal[0], nal[1] | 8]) + nal[2:]]))


@given(st.binary(max_size=80))
def test_any_header_is_read_or_refused_in_words(data):
    try:
        (found,) = sequences(b"\0\0\1\x42\1" + data.replace(b"\0\0\1", b""))
    except ValueError as error:
        assert "header" in str(error) or "layers" in str(error)
    else:
        assert min(found) >= 0
