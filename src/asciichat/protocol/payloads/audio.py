"""Sound: Opus batches, and the raw batches nobody sends any more."""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct, pack, unpack_from
from typing import Self

from asciichat.protocol.payloads.base import (
    Payload,
    invalid,
    require_length,
    require_range,
)
from asciichat.protocol.types import MAX_PAYLOAD, PacketType

OPUS_RATE = 48000
"""Samples per second of all sound on the wire."""

OPUS_MILLISECONDS = 20
"""Length of one Opus frame of a native peer."""

SHORT_OPUS_MILLISECONDS = 10
"""Length of one where SHORT_SOUND was agreed."""

MAX_OPUS_FRAME = 1276
"""Bytes in an Opus packet with one frame: 1275 (RFC 6716, section 3.2.1) and the byte before it."""

MAX_OPUS_FRAMES = 1000
"""Frames a batch may hold; a native client takes 256."""

MAX_RAW_SAMPLES = 16384

_HEAD = Struct(">IIII")
# How a whole batch of one frame begins: what a native server under load puts in the place of a frame.
_NESTED = _HEAD.pack(OPUS_RATE, OPUS_MILLISECONDS, 1, 0)[:12]


def _unwrap(frame: bytes) -> bytes:
    """Return the Opus frame inside a batch that stands where a frame should; anything else as it is."""
    if frame.startswith(_NESTED) and len(frame) > _HEAD.size + 2:
        (size,) = unpack_from(">H", frame, _HEAD.size)
        if size == len(frame) - _HEAD.size - 2:
            return frame[_HEAD.size + 2 :]
    return frame


@dataclass(frozen=True, slots=True)
class OpusBatch(Payload):
    """Consecutive Opus frames: mono, 48 kHz, of one length.

    Parameters
    ----------
    frames : tuple of bytes
        1 to 1000 frames of 1 to 1276 bytes. A native client takes 256 frames, and sends 8 of at most 500
        bytes; so should we.
    milliseconds : int
        Length of a frame: 20; 10 only where SHORT_SOUND was agreed.
    number : int
        Of the first frame, 1 to 2^32 - 1, rising by 1 with every frame of the connection; only where SHORT_SOUND was
        agreed. 0: not numbered.
    """

    TYPE = PacketType.AUDIO_OPUS_BATCH

    frames: tuple[bytes, ...]
    milliseconds: int = OPUS_MILLISECONDS
    number: int = 0

    def __post_init__(self) -> None:
        if self.milliseconds not in (OPUS_MILLISECONDS, SHORT_OPUS_MILLISECONDS):
            raise invalid(self.TYPE, f"frames of {self.milliseconds} ms, not 20 or 10")
        require_range(self.TYPE, "the number", self.number, 0, 0xFFFFFFFF)
        require_range(self.TYPE, "number of frames", len(self.frames), 1, MAX_OPUS_FRAMES)
        for frame in self.frames:
            require_range(self.TYPE, "length of a frame", len(frame), 1, MAX_OPUS_FRAME)
            if _unwrap(frame) is not frame:
                raise invalid(self.TYPE, "a frame is itself a batch")

    def encode(self) -> bytes:
        count = len(self.frames)
        head = _HEAD.pack(OPUS_RATE, self.milliseconds, count, self.number)
        return head + pack(f">{count}H", *map(len, self.frames)) + b"".join(self.frames)

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        """Read a batch; frames that are whole batches of one frame are unwrapped (one level)."""
        require_length(cls.TYPE, payload, _HEAD.size + 2, MAX_PAYLOAD)
        rate, milliseconds, count, number = _HEAD.unpack_from(payload)
        if rate != OPUS_RATE:
            raise invalid(cls.TYPE, f"{rate} Hz, not {OPUS_RATE}")
        require_range(cls.TYPE, "number of frames", count, 1, MAX_OPUS_FRAMES)
        at = _HEAD.size + 2 * count
        if len(payload) < at:
            raise invalid(cls.TYPE, f"{count} frames are promised, their lengths are not all there")
        sizes = unpack_from(f">{count}H", payload, _HEAD.size)
        if at + sum(sizes) != len(payload):
            raise invalid(
                cls.TYPE, f"{sum(sizes)} bytes of frames are promised, {len(payload) - at} are there"
            )
        frames = []
        for size in sizes:
            frames.append(_unwrap(payload[at : at + size]))
            at += size
        return cls(tuple(frames), milliseconds, number)


@dataclass(frozen=True, slots=True)
class AudioBatch(Payload):
    """Raw samples. Accepted, never sent.

    Parameters
    ----------
    sample_rate : int
        8000 to 192000 Hz.
    channels : int
        1 to 8.
    samples : tuple of int
        1 to 16384 signed 32-bit values; full scale is 2147483647.
    batches : int
        How many capture periods they came from.
    """

    TYPE = PacketType.AUDIO_BATCH

    sample_rate: int
    channels: int
    samples: tuple[int, ...]
    batches: int = 1

    def __post_init__(self) -> None:
        require_range(self.TYPE, "sample rate", self.sample_rate, 8000, 192000)
        require_range(self.TYPE, "number of channels", self.channels, 1, 8)
        require_range(self.TYPE, "number of batches", self.batches, 1, 0xFFFFFFFF)
        require_range(self.TYPE, "number of samples", len(self.samples), 1, MAX_RAW_SAMPLES)
        for sample in (min(self.samples), max(self.samples)):
            require_range(self.TYPE, "a sample", sample, -(1 << 31), (1 << 31) - 1)

    def encode(self) -> bytes:
        count = len(self.samples)
        head = _HEAD.pack(self.batches, count, self.sample_rate, self.channels)
        return head + pack(f">{count}i", *self.samples)

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        require_length(cls.TYPE, payload, _HEAD.size + 4, _HEAD.size + 4 * MAX_RAW_SAMPLES)
        batches, count, rate, channels = _HEAD.unpack_from(payload)
        if len(payload) - _HEAD.size != 4 * count:
            raise invalid(
                cls.TYPE, f"{count} samples are promised, {len(payload) - _HEAD.size} bytes are there"
            )
        return cls(rate, channels, unpack_from(f">{count}i", payload, _HEAD.size), batches)
