"""HEVC, the coding in which native clients send their pictures."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

import av
import av.error
import numpy as np
from av.codec.context import Flags
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame
from av.video.reformatter import VideoReformatter

from .errors import MediaDecodeError, MediaError
from .hevc_header import sequences
from .source import Frame

MAX_WIDTH: Final = 3840
MAX_HEIGHT: Final = 2160

_QUALITY: Final = 18
"""x265's rate factor: what is then drawn, at half the size, is 40 dB from what would have been drawn without coding."""


class HevcDecoder:
    """Decodes one peer's stream of access units.

    One thread at a time. Sizes are looked at before FFmpeg sees a byte, so that a peer's header cannot make it
    allocate more than the pictures it keeps to decode others from: at most a few dozen, in eight bits and with colours at
    a quarter of the size, as every client sends them. Others are refused.

    Parameters
    ----------
    max_pixels
        Of the largest picture that is decoded; up to 3840 x 2160.
    """

    def __init__(self, *, max_pixels: int = MAX_WIDTH * MAX_HEIGHT) -> None:
        context = VideoCodecContext.create("hevc", "r")
        assert isinstance(context, VideoCodecContext)
        context.thread_count = 1  # frame threads would hold pictures back
        context.flags |= Flags.low_delay
        max_pixels = min(max_pixels, MAX_WIDTH * MAX_HEIGHT)
        context.options = {"max_pixels": str(max_pixels)}
        self._context = context
        self._max_pixels = max_pixels
        self._reformatter = VideoReformatter()

    def decode(self, access_unit: bytes) -> Frame | None:
        """Decode one picture.

        Parameters
        ----------
        access_unit
            One picture's NAL units in Annex-B form; a key frame brings its parameter sets along.

        Returns
        -------
        uint8[H, W, 3] or None
            The picture as RGB, C-contiguous, up to 3840 x 2160. None if none came out, as before the first key frame; the
            newest if several did.

        Raises
        ------
        MediaDecodeError
            The data is damaged or too large. The decoder can go on with the next key frame.
        """
        if not access_unit:
            return None
        self._look(access_unit)
        try:
            frames = self._context.decode(av.Packet(access_unit))
        except (av.error.FFmpegError, MemoryError) as error:
            raise MediaDecodeError(f"A picture could not be decoded: {error}.") from None
        if not frames:
            return None
        frame = frames[-1]
        assert isinstance(frame, VideoFrame)
        if frame.width > MAX_WIDTH or frame.height > MAX_HEIGHT:
            size = f"{frame.width}x{frame.height}"
            raise MediaDecodeError(f"A picture of {size} is larger than {MAX_WIDTH}x{MAX_HEIGHT}.")
        converted = self._reformatter.reformat(frame, format="rgb24", threads=1)
        # FFmpeg fills rows up to whole vectors: of some widths the array has gaps.
        return np.ascontiguousarray(converted.to_ndarray(), np.uint8)

    def _look(self, access_unit: bytes) -> None:
        try:
            found = sequences(access_unit)
        except ValueError as error:
            raise MediaDecodeError(f"A picture could not be decoded: {error}.") from None
        for each in found:
            if each.width * each.height > self._max_pixels:
                raise MediaDecodeError(
                    f"A picture of {each.width}x{each.height} is larger than {self._max_pixels} pixels."
                )
            if each.chroma > 1 or each.depth > 8:
                raise MediaDecodeError("A picture is not in eight bits with 4:2:0 colours.")


class HevcEncoder:
    """Encodes a stream of pictures at once, without B-frames, at an even quality.

    One thread at a time.

    Parameters
    ----------
    width, height
        Pixels, 16 to 3840 x 2160; odd sizes lose their last column or row.
    fps
        Pictures per second, 1 to 144.
    most_bits
        Bits a second that are not passed, whatever moves.

    Raises
    ------
    MediaError
        This FFmpeg has no HEVC encoder.
    ValueError
        A size or rate out of range.
    """

    def __init__(self, width: int, height: int, *, fps: float = 30.0, most_bits: int = 800_000) -> None:
        if not (16 <= width <= MAX_WIDTH and 16 <= height <= MAX_HEIGHT):
            raise ValueError(f"HEVC pictures are 16x16 to {MAX_WIDTH}x{MAX_HEIGHT}, not {width}x{height}")
        if not 1 <= fps <= 144:
            raise ValueError(f"1 to 144 pictures a second, not {fps}")
        try:
            context = VideoCodecContext.create("libx265", "w")
        except (av.error.FFmpegError, ValueError) as error:
            raise MediaError("This FFmpeg has no HEVC encoder (libx265).") from error
        assert isinstance(context, VideoCodecContext)
        context.width, context.height = width & ~1, height & ~1  # yuv420p halves both
        context.pix_fmt = "yuv420p"
        context.time_base = Fraction(1, 1000)
        context.framerate = Fraction(fps).limit_denominator(1001)
        context.options = {
            "preset": "ultrafast",
            "tune": "zerolatency",
            "forced-idr": "1",
            "x265-params": f"crf={_QUALITY}:vbv-maxrate={most_bits // 1000}:vbv-bufsize={most_bits // 1000}:"
            "keyint=-1:scenecut=0:bframes=0:repeat-headers=1:pools=none:frame-threads=1:log-level=none",
        }
        self._context = context
        self._fps = fps
        self._count = 0
        self._size = (width, height)
        self._reformatter = VideoReformatter()

    def encode(self, frame: Frame, *, key: bool = False) -> bytes:
        """One picture as an Annex-B access unit.

        Parameters
        ----------
        frame
            uint8[height, width, 3] of the size given at the start.
        key
            Make it a key frame, which brings its parameter sets along; the first always is one.

        Raises
        ------
        MediaError
            It could not be encoded.
        ValueError
            It has another size.
        """
        height, width = frame.shape[:2]
        if (width, height) != self._size:
            raise ValueError(f"this encoder takes {self._size[0]}x{self._size[1]}, not {width}x{height}")
        even = np.ascontiguousarray(frame[: height & ~1, : width & ~1])
        picture = self._reformatter.reformat(
            VideoFrame.from_ndarray(even, "rgb24"), format="yuv420p", threads=1
        )
        picture.pts = round(self._count * 1000 / self._fps)
        picture.time_base = Fraction(1, 1000)
        picture.pict_type = PictureType.I if key else PictureType.NONE
        self._count += 1
        try:
            return b"".join(bytes(packet) for packet in self._context.encode(picture))
        except av.error.FFmpegError as error:
            raise MediaError(f"A picture could not be encoded: {error}.") from None
