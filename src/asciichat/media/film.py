"""Writing films (MP4, WebM) and moving pictures (GIF)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

import av
import av.error
from av.container import OutputContainer
from av.filter import Graph
from av.packet import Packet
from av.video.format import VideoFormat
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from .errors import MediaWriteError
from .film_forms import FORMS
from .film_sound import SoundStream
from .source import Frame, Samples

_LAST_SHOWN: Final = 1 / 30
"""Seconds the last picture is shown at least."""


class FilmWriter:
    """Writes pictures of one size with the times at which they are shown, and the sound that goes with them.

    One thread at a time.

    Parameters
    ----------
    path
        A name that ends in .mp4 (H.264, or MPEG-4 where FFmpeg has no encoder for it; AAC), .webm (VP9 or VP8; Opus) or
        .gif; an older file is replaced.
    width, height
        Pixels of the pictures. The sides of an MP4 and a WebM are even: an odd one is filled up with a line of black.
    sound
        There will be sound, which a GIF does not have.
    into
        Write here instead of into a file of that name: something that need not seek, such as a pipe.

    Raises
    ------
    MediaWriteError
        The file cannot be written.
    ValueError
        The name ends otherwise, or sound was asked for where there is none.
    """

    def __init__(
        self, path: Path, width: int, height: int, *, sound: bool = False, into: BinaryIO | None = None
    ) -> None:
        name = path.suffix.lower().removeprefix(".")
        form = FORMS.get(name)
        if form is None:
            raise ValueError(f"a film's name ends in .mp4, .webm or .gif, not {path.suffix!r}")
        if sound and form.sound is None:
            raise ValueError(f"a .{name} has no sound")
        self.path = path
        self._size = (width, height)
        self._tick = form.tick
        self._shown = -1
        self._last: Frame | None = None
        self._failure: MediaWriteError | None = None
        if into is None:
            try:
                path.open("wb").close()  # FFmpeg will only try with the first picture
            except OSError as error:
                raise unwritable(path, error) from None
        # The absolute name: FFmpeg takes the "name:" of a relative one for a protocol.
        target = into or str(path.expanduser().absolute())
        options = form.streamed if into is not None else {}
        self._container: OutputContainer | None = av.open(target, "w", format=name, options=options)
        self._painter = _palette_of_each(width, height, self._tick) if form.pixels == "pal8" else None
        if form.even:
            width, height = width + width % 2, height + height % 2
        encoder = form.encoder()
        stream = self._container.add_stream(encoder.name, rate=60, options=encoder.options)
        assert isinstance(stream, VideoStream)
        self._stream = stream
        self._stream.width, self._stream.height, self._stream.pix_fmt = width, height, form.pixels
        self._stream.codec_context.bit_rate = encoder.bit_rate
        self._stream.codec_context.time_base = self._tick
        self._sound = None
        if sound and form.sound is not None:
            self._sound = SoundStream(self._container, form.sound)

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

    def add_sound(self, samples: Samples) -> None:
        """Go on with the sound: float32[n], mono, 48 kHz; the first sample belongs to the beginning.

        Sound and pictures may come one after the other, but not by more than some seconds: what goes together lies
        together in a film.

        Raises
        ------
        MediaWriteError
            The disk is full, or gone.
        """
        if self._sound is None:
            raise ValueError("the film was begun without sound")
        assert self._container is not None
        self._mux(self._sound.encode(samples))

    def close(self, seconds: float = 0.0) -> None:
        """End the film; its last picture is shown until then. May be called twice."""
        if self._container is None:
            return
        try:
            if self._failure is not None:
                return
            if self._sound is not None:
                self._mux(self._sound.flush())
            if self._last is not None:
                # Its end is known to the format only as the length of the last picture.
                self.add(self._last, seconds - _LAST_SHOWN)
                self._write(None, 0)
        finally:
            container, self._container = self._container, None
            try:
                container.close()
            except (OSError, av.error.FFmpegError) as error:
                if self._failure is None:  # else it was told
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
        for painted in self._painted(picture):
            self._mux(self._stream.encode(painted))

    def _mux(self, packets: Sequence[Packet[Any]]) -> None:
        assert self._container is not None
        if self._failure is not None:
            raise self._failure
        try:
            self._container.mux(packets)
        except OSError as error:
            # FFmpeg must not be given more: where the header could not be written it would fall over.
            self._failure = unwritable(self.path, error)
            raise self._failure from None

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


def unwritable(path: Path, error: OSError | av.error.FFmpegError) -> MediaWriteError:
    """The sentence for a file that cannot be written."""
    return MediaWriteError(f"{path} cannot be written: {error.strerror or error}.")


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
