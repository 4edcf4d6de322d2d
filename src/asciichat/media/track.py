"""One stream of a media file, decoded in order: what the pictures and the sound of a file have in common."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from typing import Any, Literal, Protocol, TypeAlias

import av
import av.error
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from .errors import MediaDecodeError, MediaOpenError, MediaSeekError
from .medium import Medium, reason

Kind: TypeAlias = Literal["video", "audio"]

_PATIENCE = 1.0
"""Seconds a close waits for a running decode."""
_DAMAGED_PACKETS = 64
"""Consecutive undecodable packets after which a file is given up."""


class PlayedTrack(Protocol):
    """What a track gives, wherever it comes from. Safe from any thread."""

    @property
    def pixel_aspect(self) -> float:
        """Width of a pixel divided by its height, of a video track."""

    def next(self) -> tuple[float, VideoFrame | AudioFrame] | None:
        """The next frame and its time in seconds from the beginning; None at the end and when closed.

        Raises
        ------
        MediaDecodeError
            It is damaged beyond going on.
        """

    def seek(self, seconds: float) -> None:
        """Go on from the last point at or before `seconds` from which decoding is possible.

        Raises
        ------
        MediaSeekError
            That cannot be reached.
        """

    def close(self) -> None:
        """Let go of it."""


class Track:
    """The first video or audio stream of a medium, which is opened for it alone.

    Safe from any thread: a close waits for a running decode, but not for a network that does not answer.

    Parameters
    ----------
    medium
        What to open.
    kind
        Which stream.

    Raises
    ------
    MediaOpenError
        The file cannot be opened or has no such stream.
    """

    def __init__(self, medium: Medium, kind: Kind) -> None:
        self._medium = medium
        self._kind = kind
        self._lock = threading.Lock()
        self._container: InputContainer | None = None
        self._open()

    @property
    def pixel_aspect(self) -> float:
        """See :class:`PlayedTrack`; so are the others."""
        return aspect_of(self._stream)

    def next(self) -> tuple[float, VideoFrame | AudioFrame] | None:
        with self._lock:
            if self._container is None:
                return None
            return next(self._frames, None)

    def seek(self, seconds: float) -> None:
        with self._lock:
            if self._container is None:
                return
            target = round((seconds + self._origin) * av.time_base)
            try:
                self._container.seek(target, backward=True)
            except (av.error.FFmpegError, OSError) as error:
                if seconds > 0:
                    message = f"{self._medium.name} cannot be played from {seconds:.0f} s: {reason(error)}."
                    raise MediaSeekError(message) from None
                self._container.close()  # a format that cannot seek can still be begun again
                self._open()
            else:
                self._frames = self._decode()

    def close(self) -> None:
        # A read from the network ends by itself, but late: its thread must not keep the program.
        if not self._lock.acquire(timeout=_PATIENCE):
            return
        try:
            if self._container is not None:
                self._container.close()
                self._container = None
        finally:
            self._lock.release()

    def _open(self) -> None:
        container = self._medium.open()
        streams = container.streams.video if self._kind == "video" else container.streams.audio
        if not streams:
            container.close()
            what = "picture" if self._kind == "video" else "sound"
            raise MediaOpenError(f"{self._medium.name} has no {what}.")
        self._container = container
        self._stream = streams[0]
        self._origin = (container.start_time or 0) / av.time_base
        self._frames = self._decode()

    def _decode(self) -> Iterator[tuple[float, VideoFrame | AudioFrame]]:
        if self._container is None:
            return iter(())
        return decoded(self._container.demux(self._stream), self._origin, self._medium.name)


def decoded(
    packets: Iterable[Packet[Any]], origin: float, name: str
) -> Iterator[tuple[float, VideoFrame | AudioFrame]]:
    """Frames in order, with their times after `origin`, in seconds. A damaged packet is skipped, as players do.

    Raises
    ------
    MediaDecodeError
        There is nothing else: `name` is given up.
    """
    damaged = 0
    last = 0.0
    try:
        for packet in packets:
            try:
                frames = packet.decode()
            except av.error.FFmpegError as error:
                damaged += 1
                if damaged >= _DAMAGED_PACKETS:
                    raise MediaDecodeError(f"{name} is damaged: {reason(error)}.") from None
                continue
            for frame in frames:
                if isinstance(frame, VideoFrame | AudioFrame):
                    damaged = 0
                    last = last if frame.time is None else frame.time - origin
                    yield last, frame
    except av.error.FFmpegError:
        return  # cut short: what could be read was played


def aspect_of(stream: VideoStream | AudioStream) -> float:
    """Width of a pixel divided by its height; 1 if nobody says."""
    ratio = stream.sample_aspect_ratio if isinstance(stream, VideoStream) else None
    return float(ratio or 1)
