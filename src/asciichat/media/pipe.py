"""Playing what comes through a pipe: it is read once, from the beginning to the end, and both tracks are taken from it."""

from __future__ import annotations

import os
import select
import threading
from collections import deque
from collections.abc import Iterator
from itertools import chain
from typing import Any, Final, TypeAlias

import av
import av.error
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from .container import open_input
from .errors import MediaOpenError, MediaSeekError
from .medium import reason
from .track import Kind, aspect_of, decoded

_WAITING: Final = 4096
"""Packets that wait for a track nobody reads; past that the oldest go."""

_Packet: TypeAlias = "Packet[Any]"


class Pipe:
    """A media stream that comes from a file descriptor.

    Parameters
    ----------
    descriptor
        To read from; stays open.
    name
        What to call it.

    Raises
    ------
    MediaOpenError
        It is a terminal, or no media stream comes.
    """

    def __init__(self, descriptor: int = 0, name: str = "standard input") -> None:
        self.name = name
        if os.isatty(descriptor):
            raise MediaOpenError(
                f"Nothing comes from {name}: it is the terminal. Write: some-program | asciichat … --file -"
            )
        self._reader = _Reader(descriptor)
        self._lock = threading.Lock()
        self._waiting: dict[int, deque[_Packet]] = {}
        try:
            self._container = open_input(self._reader)
        except (av.error.FFmpegError, OSError, ValueError) as error:
            self._reader.close()
            why = "it is empty" if self._reader.count == 0 else reason(error)
            raise MediaOpenError(
                f"What comes from {name} is no media stream that can be played: {why}."
            ) from None
        if self._container.format.name == "tty":
            self._reader.close()
            raise MediaOpenError(f"What comes from {name} is no media stream that can be played: it is text.")
        self._origin = (self._container.start_time or 0) / av.time_base
        self._streams: dict[Kind, VideoStream | AudioStream] = {}
        if self._container.streams.video:
            self._streams["video"] = self._container.streams.video[0]
        if self._container.streams.audio:
            self._streams["audio"] = self._container.streams.audio[0]
        self._packets = self._begin() if self._streams else iter(())

    def _begin(self) -> Iterator[_Packet]:
        packets = self._container.demux(*self._streams.values())
        try:
            first = next(packets, None)
        except av.error.InvalidDataError:
            # A film whose index is its end: FFmpeg has read past the pictures to find out where they are.
            self._reader.close()
            raise MediaOpenError(
                f"What comes from {self.name} can only be played by going back in it, which a pipe cannot: give the "
                "file itself with --file."
            ) from None
        return packets if first is None else chain((first,), packets)

    @property
    def format(self) -> str:
        """FFmpeg's name for what comes."""
        return self._container.format.name

    def has(self, kind: Kind) -> bool:
        """Is there such a track?"""
        return kind in self._streams

    def track(self, kind: Kind) -> PipedTrack:
        """The track; once for each kind."""
        stream = self._streams[kind]
        self._waiting[stream.index] = deque(maxlen=_WAITING)
        return PipedTrack(self, decoded(self._packets_of(stream.index), self._origin, self.name), stream)

    def close(self) -> None:
        """End every read. What FFmpeg holds goes with the last track."""
        self._reader.close()

    def _packets_of(self, index: int) -> Iterator[_Packet]:
        """A track's packets; those of the other are put aside for it."""
        own = self._waiting[index]
        while True:
            with self._lock:
                packet = own.popleft() if own else next(self._packets, None)
                if packet is None:
                    return
                if packet.stream.index != index:
                    if packet.stream.index in self._waiting:
                        self._waiting[packet.stream.index].append(packet)
                    continue
            yield packet


class PipedTrack:
    """One track of a pipe; see :class:`asciichat.media.track.PlayedTrack`."""

    def __init__(
        self,
        pipe: Pipe,
        frames: Iterator[tuple[float, VideoFrame | AudioFrame]],
        stream: VideoStream | AudioStream,
    ) -> None:
        self._pipe = pipe
        self._frames = frames
        self.pixel_aspect = aspect_of(stream)

    def next(self) -> tuple[float, VideoFrame | AudioFrame] | None:
        """The next frame; waits for it. One thread."""
        return next(self._frames, None)

    def seek(self, seconds: float) -> None:  # noqa: ARG002 - there is no other place
        """Refused: what was read is gone."""
        raise MediaSeekError(f"{self._pipe.name.capitalize()} is played from its beginning to its end.")

    def close(self) -> None:
        """Let go of the pipe: the other track ends too."""
        self._pipe.close()


class _Reader:
    """A file for FFmpeg whose reads end when it is closed, also while nothing comes."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._closed, self._close = os.pipe()
        self._lock = threading.Lock()
        self.count = 0  # bytes so far

    def read(self, size: int) -> bytes:
        """At most so many bytes, as soon as there are some; none at the end."""
        ready, _, _ = select.select([self._descriptor, self._closed], [], [])
        if self._closed in ready:
            return b""
        data = os.read(self._descriptor, size)
        self.count += len(data)
        return data

    def close(self) -> None:
        """End every read, now and later."""
        with self._lock:
            if self._close != -1:
                os.close(self._close)  # the other end is readable from now on
                self._close = -1

    def __del__(self) -> None:
        self.close()
        os.close(self._closed)
