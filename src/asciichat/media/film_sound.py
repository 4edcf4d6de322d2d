"""The sound of a film that is written."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet

from .film_forms import Encoder
from .source import SAMPLE_RATE, Samples

_TICK: Final = Fraction(1, SAMPLE_RATE)


class SoundStream:
    """One stream of sound in a container, from its beginning without a gap. One thread at a time.

    Parameters
    ----------
    container
        Is open and has no packets yet.
    encoder
        What the sound is made with.
    """

    def __init__(self, container: OutputContainer, encoder: Encoder) -> None:
        stream = container.add_stream(encoder.name, rate=SAMPLE_RATE, layout="mono", options=encoder.options)
        assert isinstance(stream, AudioStream)
        self._stream = stream
        self._stream.codec_context.bit_rate = encoder.bit_rate
        self._stream.codec_context.time_base = _TICK
        self._written = 0

    def encode(self, samples: Samples) -> list[Packet[AudioStream]]:
        """Packets of the samples so far, float32[n], as many as are whole."""
        if not len(samples):
            return []
        frame = AudioFrame.from_ndarray(samples[None, :].clip(-1.0, 1.0), "flt", "mono")
        frame.sample_rate, frame.time_base, frame.pts = SAMPLE_RATE, _TICK, self._written
        self._written += len(samples)
        return self._stream.encode(frame)

    def flush(self) -> list[Packet[AudioStream]]:
        """The packets that are left. Once."""
        return self._stream.encode(None)
