"""Writing films (MP4) and moving pictures (GIF)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import av
import av.error
from av.codec import Codec
from av.container import OutputContainer
from av.filter import Graph
from av.video.format import VideoFormat
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from .errors import MediaWriteError
from .source import Frame

_TICKS: Final = {"mp4": Fraction(1, 12_800), "gif": Fraction(1, 100)}
"""Seconds of a time step: a GIF has hundredths."""
_MP4_ENCODERS: Final = {
    "libx264": {"crf": "18", "preset": "veryfast", "bf": "0"},
    "h264_videotoolbox": {"q": "65"},
    "mpeg4": {"q": "3"},
}
"""What an MP4 is made with, best first: what there is depends on how FFmpeg was built. Without B-frames: pictures come
at uneven times, and players take the time of the last one decoded for the end."""
_GIF: Final = {"gifflags": "0"}
"""Whole pictures: FFmpeg takes those for equal whose palettes differ and whose numbers do not."""
_LAST_SHOWN: Final = 1 / 30
"""Seconds the last picture is shown at least."""


class FilmWriter:
    """Writes pictures of one size with the times at which they are shown.

    One thread at a time.

    Parameters
    ----------
    path
        A name that ends in .mp4 (H.264, or MPEG-4 where FFmpeg has no encoder for it) or .gif; an older file
        is replaced.
    width, height
        Pixels of the pictures. An MP4's sides are even: an odd one is filled up with a line of black.

    Raises
    ------
    MediaWriteError
        The file cannot be written.
    ValueError
        The name ends otherwise.
    """

    def __init__(self, path: Path, width: int, height: int) -> None:
        form = path.suffix.lower().removeprefix(".")
        if form not in _TICKS:
            raise ValueError(f"a film's name ends in .mp4 or .gif, not {path.suffix!r}")
        self.path = path
        self._size = (width, height)
        self._tick = _TICKS[form]
        self._shown = -1
        self._last: Frame | None = None
        try:
            path.open("wb").close()  # FFmpeg will only try with the first picture
        except OSError as error:
            raise unwritable(path, error) from None
        # The absolute name: FFmpeg takes the "name:" of a relative one for a protocol.
        name = str(path.expanduser().absolute())
        self._container: OutputContainer | None = av.open(name, "w", format=form)
        if form == "gif":
            encoder, options, pixels = "gif", _GIF, "pal8"
            self._painter: Graph | None = _palette_of_each(width, height, self._tick)
        else:
            encoder = next(name for name in _MP4_ENCODERS if _exists(name))
            options, pixels = _MP4_ENCODERS[encoder], "yuv420p"
            self._painter = None
            width, height = width + width % 2, height + height % 2
        stream = self._container.add_stream(encoder, rate=60, options=options)
        assert isinstance(stream, VideoStream)
        self._stream = stream
        self._stream.width, self._stream.height, self._stream.pix_fmt = width, height, pixels
        self._stream.codec_context.time_base = self._tick

    def add(self, frame: Frame, seconds: float) -> None:
        """Show a picture, uint8[height, width, 3], from a time on, in seconds from the beginning.

        It is left out if the one before it was begun in the same tick of the format.

        Raises
        ------
        MediaWriteError
            The disk is full, or gone.
        """
        if frame.shape != (self._size[1], self._size[0], 3):
            raise ValueError(f"the film's pictures are {self._size[0]} x {self._size[1]}, not {frame.shape}")
        place = round(Fraction(seconds) / self._tick)
        if place > self._shown:
            self._shown, self._last = place, frame
            self._write(self._fit(frame), place)

    def close(self, seconds: float = 0.0) -> None:
        """End the film; its last picture is shown until then. May be called twice."""
        if self._container is None:
            return
        try:
            if self._last is not None:
                # Its end is known to the format only as the length of the last picture.
                self.add(self._last, seconds - _LAST_SHOWN)
                self._write(None, 0)
        finally:
            container, self._container = self._container, None
            try:
                container.close()
            except OSError as error:
                raise unwritable(self.path, error) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _fit(self, frame: Frame) -> VideoFrame:
        whole = VideoFrame.from_ndarray(frame, "rgb24")
        if self._painter is not None or self._size == (self._stream.width, self._stream.height):
            return whole
        import numpy as np

        padded = np.zeros((self._stream.height, self._stream.width, 3), np.uint8)
        padded[: frame.shape[0], : frame.shape[1]] = frame
        return VideoFrame.from_ndarray(padded, "rgb24")

    def _write(self, picture: VideoFrame | None, place: int) -> None:
        """Encode one more picture, or all that are still on their way."""
        assert self._container is not None
        if picture is not None:
            picture.pts, picture.time_base = place, self._tick
        try:
            for painted in self._painted(picture):
                self._container.mux(self._stream.encode(painted))
        except OSError as error:
            raise unwritable(self.path, error) from None

    def _painted(self, picture: VideoFrame | None) -> Iterator[VideoFrame | None]:
        """What the encoder takes: None at the end."""
        if self._painter is None:
            yield picture
            return
        self._painter.push(picture)
        while True:
            try:
                painted = self._painter.pull()
            except (BlockingIOError, av.error.EOFError):
                break
            assert isinstance(painted, VideoFrame)
            yield painted
        if picture is None:
            yield None


def unwritable(path: Path, error: OSError) -> MediaWriteError:
    """The sentence for a file that cannot be written."""
    return MediaWriteError(f"{path} cannot be written: {error.strerror or error}.")


def _exists(encoder: str) -> bool:
    try:
        Codec(encoder, "w")
    except ValueError:  # av.codec.codec.UnknownCodecError
        return False
    return True


def _palette_of_each(width: int, height: int, tick: Fraction) -> Graph:
    """Reduces every picture to 256 colours of its own."""
    graph = Graph()
    source = graph.add_buffer(width=width, height=height, format=VideoFormat("rgb24"), time_base=tick)
    split = graph.add("split")
    palette = graph.add("palettegen", "stats_mode=single:reserve_transparent=0")
    # Not dithered: text has few colours, and noise would be most of the file.
    use = graph.add("paletteuse", "new=1:dither=none")
    sink = graph.add("buffersink")
    source.link_to(split)
    split.link_to(palette, 0, 0)
    split.link_to(use, 1, 0)
    palette.link_to(use, 0, 1)
    use.link_to(sink)
    graph.configure()
    return graph
