"""Pictures from something that runs by itself: a camera, a screen.

A thread takes them as they come; the newest wins.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import av.error
from av.container import InputContainer
from av.video.frame import VideoFrame

from .errors import MediaError, WebcamError
from .scaling import Converter
from .source import Frame

_REOPEN_EVERY = 1.0
"""Seconds between attempts to find a device that went away."""


class LiveVideo:
    """A running device as a video source.

    A device that goes away is looked for until it comes back; :attr:`lost` says so meanwhile.

    Parameters
    ----------
    name
        What to call it in messages.
    open_device
        Opens it, or raises :class:`~asciichat.media.errors.MediaError` with a sentence. Called once here, so
        that what is absent is known at once, and again on the device's own thread after a loss.
    error
        What is raised when the device opens and gives no picture.
    """

    def __init__(
        self,
        name: str,
        open_device: Callable[[], InputContainer],
        *,
        error: type[MediaError] = WebcamError,
    ) -> None:
        self.name = name
        self._open_device = open_device
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._newest: Frame | None = None
        self._taken: Frame | None = None
        self._lost: str | None = None
        self._watchers: list[Callable[[], None]] = []
        container = open_device()
        self._thread = threading.Thread(target=self._run, args=(container,), name=name, daemon=True)
        self._thread.start()
        with self._changed:
            self._changed.wait_for(lambda: self._newest is not None or self._lost is not None, timeout=5.0)
            newest, lost = self._newest, self._lost
        if newest is None:
            self.close()
            raise error(f"{name[:1].upper()}{name[1:]} gives no picture{f': {lost}' if lost else ''}.")
        self._size: tuple[int, int] = (newest.shape[1], newest.shape[0])

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the scaled pictures, in pixels."""
        return self._size

    @property
    def lost(self) -> str | None:
        """Why there is no picture at the moment, or None."""
        return self._lost

    def watch(self, changed: Callable[[], None]) -> None:
        """Have this called when the device went away, and when it gives pictures again, on the device's thread."""
        self._watchers.append(changed)

    def read(self, now: float) -> Frame | None:  # noqa: ARG002 - a live source has no other time than its own
        """The newest picture, or None if it was already read."""
        with self._changed:
            return self._take()

    def __iter__(self) -> Iterator[Frame]:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closing.is_set() or self._newest is not self._taken)
                frame = self._take()
            if self._closing.is_set():
                return
            if frame is not None:
                yield frame

    def close(self) -> None:
        """Let go of the device and end every iteration."""
        self._closing.set()
        with self._changed:
            self._changed.notify_all()
        # A device that hangs in the kernel may never come back; its thread must not keep the program.
        self._thread.join(timeout=1.0)

    def _take(self) -> Frame | None:
        if self._newest is self._taken:
            return None
        self._taken = self._newest
        return self._taken

    def _run(self, container: InputContainer | None) -> None:
        while not self._closing.is_set():
            if container is not None:
                self._lose(self._grab(container))
                container.close()
            if self._closing.wait(_REOPEN_EVERY):
                return
            try:
                container = self._open_device()
            except MediaError:
                container = None

    def _grab(self, container: InputContainer) -> str:
        """Take pictures until the device fails or is closed. Why it ended."""
        converter = Converter()
        try:
            for frame in container.decode(video=0):
                if self._closing.is_set():
                    return "it was closed"
                assert isinstance(frame, VideoFrame)
                picture = converter.convert(frame)
                with self._changed:
                    back = self._lost is not None
                    self._newest, self._lost = picture, None
                    self._changed.notify_all()
                if back:
                    self._tell()
        except (av.error.FFmpegError, OSError) as error:
            return getattr(error, "strerror", None) or str(error)
        return "it ended"

    def _lose(self, reason: str) -> None:
        with self._changed:
            self._lost = reason
            self._changed.notify_all()
        if not self._closing.is_set():
            self._tell()

    def _tell(self) -> None:
        for changed in self._watchers:
            changed()
