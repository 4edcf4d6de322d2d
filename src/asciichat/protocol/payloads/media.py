"""Pictures: raw and HEVC towards the server, text towards the client."""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import Self

import zstandard

from asciichat._core.crc32c import crc32c
from asciichat.protocol.errors import ChecksumError
from asciichat.protocol.payloads.base import (
    Payload,
    invalid,
    require_length,
    require_range,
)
from asciichat.protocol.types import MAX_PAYLOAD, AsciiFlag, ErrorCode, PacketType

MAX_DIMENSION = 8192
"""Pixels a picture may be wide or high."""

MAX_PIXEL_BYTES = 2 * 1024 * 1024 - 9
"""Bytes of RGB a native server stores for one picture."""

MAX_TEXT = 8 * 1024 * 1024
"""Bytes of text a frame may hold, compressed or not."""

_IMAGE = Struct(">III12x")
_HEVC = Struct(">BHH")
_SIZE = Struct(">HH")
_ASCII = Struct(">IIIIII")

_START_CODE = b"\0\0\1"
_UNDERSTOOD = int(AsciiFlag.COLOR | AsciiFlag.ZSTD | AsciiFlag.STRETCHED | AsciiFlag.CHANGES)
_KEYFRAME = 1
_SIZE_CHANGED = 2


@dataclass(frozen=True, slots=True)
class ImageFrame(Payload):
    """One raw picture.

    Parameters
    ----------
    width, height : int
        Pixels, 1 to 8192.
    pixels : bytes
        RGB24, ``3 * width * height`` bytes, row 0 at the top, no padding; less than 2 MiB - 8.
    pixel_format : int
        1 to 4, all of which mean RGB24. Native clients send 1, browsers 3.
    """

    TYPE = PacketType.IMAGE_FRAME

    width: int
    height: int
    pixels: bytes
    pixel_format: int = 1

    def __post_init__(self) -> None:
        require_range(self.TYPE, "width", self.width, 1, MAX_DIMENSION)
        require_range(self.TYPE, "height", self.height, 1, MAX_DIMENSION)
        require_range(self.TYPE, "pixel format", self.pixel_format, 1, 4)
        size = 3 * self.width * self.height
        require_range(self.TYPE, "size in bytes", size, 1, MAX_PIXEL_BYTES)
        if len(self.pixels) != size:
            raise invalid(
                self.TYPE, f"{self.width}x{self.height} takes {size} bytes, {len(self.pixels)} are there"
            )

    def encode(self) -> bytes:
        return _IMAGE.pack(self.width, self.height, self.pixel_format) + self.pixels

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        require_length(cls.TYPE, payload, _IMAGE.size, MAX_PAYLOAD)
        width, height, pixel_format = _IMAGE.unpack_from(payload)
        return cls(width, height, payload[_IMAGE.size :], pixel_format)


def find_start_code(data: bytes, start: int = 0) -> int:
    """Return where the first Annex-B start code (3 or 4 bytes) at or after `start` begins, -1 if nowhere.

    See ITU-T H.265, annex B.
    """
    at = data.find(_START_CODE, start)
    if at > start and data[at - 1] == 0:
        at -= 1
    return at


@dataclass(frozen=True, slots=True)
class ImageFrameH265(Payload):
    """One HEVC access unit, or none while the sender's encoder fills.

    Native clients put a second header of the same form, with the flags, before the data. `decode` merges
    both; `encode` writes one.

    Parameters
    ----------
    width, height : int
        Pixels, 1 to 8192. The stream itself says what holds.
    access_unit : bytes
        Annex-B, from its first start code on; empty if there is no picture.
    """

    TYPE = PacketType.IMAGE_FRAME_H265

    width: int
    height: int
    access_unit: bytes = b""
    keyframe: bool = False
    size_changed: bool = False

    def __post_init__(self) -> None:
        require_range(self.TYPE, "width", self.width, 1, MAX_DIMENSION)
        require_range(self.TYPE, "height", self.height, 1, MAX_DIMENSION)
        if self.access_unit and find_start_code(self.access_unit) != 0:
            raise invalid(self.TYPE, "the access unit does not begin with a start code")
        if _HEVC.size + len(self.access_unit) > MAX_PAYLOAD:
            raise invalid(self.TYPE, "the access unit is too long for a packet")

    def encode(self) -> bytes:
        flags = _KEYFRAME * self.keyframe | _SIZE_CHANGED * self.size_changed
        return _HEVC.pack(flags, self.width, self.height) + self.access_unit

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        require_length(cls.TYPE, payload, _HEVC.size, MAX_PAYLOAD)
        flags, width, height = _HEVC.unpack_from(payload)
        start = find_start_code(payload, _HEVC.size)
        if start == 2 * _HEVC.size:
            flags |= payload[_HEVC.size]
        return cls(
            width,
            height,
            payload[start:] if start >= 0 else b"",
            bool(flags & _KEYFRAME),
            bool(flags & _SIZE_CHANGED),
        )


@dataclass(frozen=True, slots=True)
class PictureSize(Payload):
    """How large a client's picture is shown at most. Between asciichat peers only.

    Parameters
    ----------
    width, height : int
        Pixels, 1 to 65535; or both 0: nobody is shown it.
    """

    TYPE = PacketType.PICTURE_SIZE

    width: int
    height: int

    def __post_init__(self) -> None:
        require_range(self.TYPE, "width", self.width, 0, 0xFFFF)
        require_range(self.TYPE, "height", self.height, 0, 0xFFFF)
        if (self.width == 0) != (self.height == 0):
            raise invalid(self.TYPE, f"{self.width}x{self.height} is no size")

    def encode(self) -> bytes:
        return _SIZE.pack(self.width, self.height)

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        require_length(cls.TYPE, payload, _SIZE.size)
        return cls(*_SIZE.unpack(payload))


def _decompress(data: bytes, size: int) -> bytes:
    """Return the text of one zstd frame that must be `size` bytes; never makes room for more."""
    try:
        claimed = zstandard.frame_content_size(data)
        # -1: the frame does not say; then the decompressor stops at the limit we give.
        if claimed not in (-1, size):
            raise invalid(PacketType.ASCII_FRAME, f"the compressed text is {claimed} bytes long, not {size}")
        text = zstandard.ZstdDecompressor(max_window_size=MAX_TEXT).decompress(
            data, max_output_size=max(size, 1), allow_extra_data=False
        )
    except zstandard.ZstdError as error:
        raise invalid(PacketType.ASCII_FRAME, f"broken compression ({error})") from None
    if len(text) != size:
        raise invalid(PacketType.ASCII_FRAME, f"the compressed text is {len(text)} bytes long, not {size}")
    return text


@dataclass(frozen=True, slots=True)
class AsciiFrame(Payload):
    """One picture as terminal text.

    Parameters
    ----------
    width, height : int
        Columns and rows of the client, 1 to 16384.
    text : bytes
        UTF-8 with SGR sequences, rows joined with a newline; at most 8 MiB.
    flags : AsciiFlag
        With `AsciiFlag.ZSTD`, `encode` compresses the text.
    """

    TYPE = PacketType.ASCII_FRAME

    width: int
    height: int
    text: bytes
    flags: AsciiFlag = AsciiFlag.NONE

    def __post_init__(self) -> None:
        require_range(self.TYPE, "width", self.width, 1, 16384)
        require_range(self.TYPE, "height", self.height, 1, 16384)
        require_range(self.TYPE, "length of the text", len(self.text), 0, MAX_TEXT)
        if int(self.flags) & ~_UNDERSTOOD:
            raise invalid(self.TYPE, f"flags {int(self.flags):#x} are not understood")

    def encode(self) -> bytes:
        data, compressed = self.text, 0
        if self.flags & AsciiFlag.ZSTD:
            data = zstandard.ZstdCompressor(level=3).compress(self.text)
            compressed = len(data)
        head = _ASCII.pack(self.width, self.height, len(self.text), compressed, crc32c(self.text), self.flags)
        return head + data

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        """Read a frame; raise ChecksumError if all is well but the text's CRC."""
        require_length(cls.TYPE, payload, _ASCII.size, MAX_PAYLOAD)
        width, height, size, compressed, checksum, flags = _ASCII.unpack_from(payload)
        require_range(cls.TYPE, "length of the text", size, 0, MAX_TEXT)
        data = payload[_ASCII.size :]
        if flags & AsciiFlag.ZSTD:
            if compressed != len(data):
                raise invalid(cls.TYPE, f"promises {compressed} compressed bytes, holds {len(data)}")
            data = _decompress(data, size)
        elif compressed or size != len(data):
            raise invalid(cls.TYPE, f"promises {size} bytes of text, holds {len(data)}")
        frame = cls(width, height, data, AsciiFlag(flags))
        if crc32c(data) != checksum:
            raise ChecksumError(ErrorCode.PROTOCOL, "ASCII_FRAME: the text does not match its CRC")
        return frame
