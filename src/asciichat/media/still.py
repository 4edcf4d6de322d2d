"""Writing single pictures."""

from __future__ import annotations

from fractions import Fraction

from av.codec import CodecContext
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from .source import Frame


def encode_png(frame: Frame) -> bytes:
    """A picture, uint8[height, width, 3], as PNG."""
    encoder = CodecContext.create("png", "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height = frame.shape[1], frame.shape[0]
    encoder.pix_fmt = "rgb24"
    encoder.time_base = Fraction(1)
    encoder.options = {"pred": "mixed"}  # the best filter for each row: a tenth smaller
    packets = [*encoder.encode(VideoFrame.from_ndarray(frame, "rgb24")), *encoder.encode(None)]
    return b"".join(bytes(packet) for packet in packets)
