"""One stream of a media file, decoded in order: what the pictures and the sound of a file have in common."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, TypeAlias

import av
import av.error
from av.audio.frame import AudioFrame
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from .errors import MediaDecodeError, MediaOpenError, MediaSeekError

Kind: TypeAlias = Literal["video", "audio"]

_DAMAGED_PACKETS = 64
"""Consecutive undecodable packets after which a file is given up."""


def open_container(path: Path) -> InputContainer:
    """Open a media file, or raise MediaOpenError with a sentence that names it."""
    # An absolute path: FFmpeg would take the "name:" of a relative one for a protocol.
    target = str(path.expanduser().absolute())
    try:
        container = av.open(target, mode="r", metadata_errors="ignore")
    except FileNotFoundError:
        raise MediaOpenError(f"There is no file {path}.") from None
    except IsADirectoryError:
        raise MediaOpenError(f"{path} is a directory, not a media file.") from None
    except PermissionError:
        raise MediaOpenError(f"You may not read {path}.") from None
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise MediaOpenError(f"{path} is not a media file that can be played: {_reason(error)}.") from None
    if container.format.name == "tty":  # FFmpeg's view of every text file
        container.close()
        raise MediaOpenError(f"{path} is not a media file that can be played: it is text.")
    return container


class Track:
    """The first video or audio stream of a file.

    Safe from any thread: a close waits for a running decode.

    Parameters
    ----------
    path
        The file.
    kind
        Which stream.

    Raises
    ------
    MediaOpenError
        The file cannot be opened or has no such stream.
    """

    def __init__(self, path: Path, kind: Kind) -> None:
        self._path = path
        self._kind = kind
        self._lock = threading.Lock()
        self._container: InputContainer | None = None
        self._open()

    @property
    def pixel_aspect(self) -> float:
        """Width of a pixel divided by its height, of a video track."""
        ratio = self._stream.sample_aspect_ratio if isinstance(self._stream, VideoStream) else None
        return float(ratio or 1)

    def next(self) -> tuple[float, VideoFrame | AudioFrame] | None:
        """The next frame and its time in seconds from the start of the file; None at the end and when closed.

        Raises
        ------
        MediaDecodeError
            The file is damaged beyond going on.
        """
        with self._lock:
            if self._container is None:
                return None
            return next(self._frames, None)

    def seek(self, seconds: float) -> None:
        """Go on from the last point at or before `seconds` from which decoding is possible."""
        with self._lock:
            if self._container is None:
                return
            target = round((seconds + self._origin) * av.time_base)
            try:
                self._container.seek(target, backward=True)
            except (av.error.FFmpegError, OSError) as error:
                if seconds > 0:
                    message = f"{self._path} cannot be played from {seconds:.0f} s: {_reason(error)}."
                    raise MediaSeekError(message) from None
                self._container.close()  # a format that cannot seek can still be begun again
                self._open()
            else:
                self._frames = self._decode()

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._container is not None:
                self._container.close()
                self._container = None

    def _open(self) -> None:
        container = open_container(self._path)
        streams = container.streams.video if self._kind == "video" else container.streams.audio
        if not streams:
            container.close()
            what = "picture" if self._kind == "video" else "sound"
            raise MediaOpenError(f"{self._path} has no {what}.")
        self._container = container
        self._stream = streams[0]
        self._origin = (container.start_time or 0) / av.time_base
        self._frames = self._decode()

    def _decode(self) -> Iterator[tuple[float, VideoFrame | AudioFrame]]:
        """Frames in order. A damaged packet is skipped, as players do; a file of nothing else is given up."""
        container = self._container
        if container is None:
            return
        damaged = 0
        last = 0.0
        try:
            for packet in container.demux(self._stream):
                try:
                    frames = packet.decode()
                except av.error.FFmpegError as error:
                    damaged += 1
                    if damaged >= _DAMAGED_PACKETS:
                        raise MediaDecodeError(f"{self._path} is damaged: {_reason(error)}.") from None
                    continue
                for frame in frames:
                    if isinstance(frame, VideoFrame | AudioFrame):
                        damaged = 0
                        last = last if frame.time is None else frame.time - self._origin
                        yield last, frame
        except av.error.FFmpegError:
            return  # cut short: what could be read was played


def _reason(error: Exception) -> str:
    text = getattr(error, "strerror", None) or str(error)
    return text[:1].lower() + text[1:]
