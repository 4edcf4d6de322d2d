"""Sends the pictures of one call: no larger than they are shown, none twice, encoded where that pays."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from asciichat._core.peer import Peer
from asciichat._core.scale import scale
from asciichat.client.codec_choice import CodecChoice
from asciichat.client.sending_size import sending_size
from asciichat.protocol.payloads import ImageFrame, ImageFrameH265, StreamStart
from asciichat.protocol.types import Stream

if TYPE_CHECKING:
    from asciichat.media.hevc import HevcEncoder

log = logging.getLogger(__name__)

Frame = NDArray[np.uint8]

SIGN_EVERY: Final = 1.0
"""Seconds after which a server of ours is told that the picture stands; it says "stalled" after 3."""
AGAIN_EVERY: Final = 2.0
"""Seconds after which another server gets an unchanged picture again."""
KEY_EVERY: Final = 4.0
"""Seconds after which a picture is encoded that needs none before it."""
_SMALLEST: Final = 16
"""Pixels an encoded picture has both ways at least."""


class PictureSender:
    """A thread that sends the newest picture as soon as the line takes one. It starts with the first.

    Parameters
    ----------
    peer
        The connection.
    choice
        How to code pictures.
    signs
        The server takes signs of life in place of pictures that did not change.
    """

    def __init__(self, peer: Peer, choice: CodecChoice, *, signs: bool) -> None:
        self._peer = peer
        self._choice = choice
        self._signs = signs
        self._changed = threading.Condition()
        self._newest: Frame | None = None
        self._given = 0.0  # when
        self._fresh = False  # nobody looked at it yet
        self._closed = False
        self._paused = False  # nobody is to see us
        self._shown: tuple[int, int] | None = None
        self._thread: threading.Thread | None = None
        # The thread's own:
        self._last: Frame | None = None  # what the server has
        self._sent = 0.0  # when it was sent, or the last sign of life
        self._encoder: HevcEncoder | None = None
        self._encoded: tuple[int, int] = (0, 0)
        self._key = 0.0  # when the last key frame was made
        self.unchanged = 0

    # --- from any thread -------------------------------------------------------------------------------------------

    @property
    def codec(self) -> str:
        """What pictures are sent in: "raw" or "hevc"."""
        return "hevc" if self._choice.hevc else "raw"

    @property
    def shown(self) -> tuple[int, int] | None:
        """The largest size at which the picture is shown, as far as the server has told; 0, 0: nobody sees it."""
        return self._shown

    def give(self, frame: Frame) -> None:
        """Send this picture, uint8[height, width, 3], unless a newer one comes before the line is ready.

        It is not looked at again: it may be changed.
        """
        height, width = frame.shape[:2]
        size = sending_size(width, height)
        whole = size == (width, height)
        copy = np.array(frame, order="C") if whole else scale(np.ascontiguousarray(frame), *size)
        with self._changed:
            if self._closed or self._paused:
                return
            self._newest, self._fresh, self._given = copy, True, time.monotonic()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="call-pictures", daemon=True)
                self._thread.start()
            self._changed.notify()

    def show(self, width: int, height: int) -> None:
        """The server has told how large the picture is shown."""
        with self._changed:
            self._shown = (width, height)
            # Somebody may be looking at it for the first time: not with the next picture, but with this one.
            self._fresh |= self._newest is not None and time.monotonic() - self._given < AGAIN_EVERY
            self._changed.notify()

    def pause(self) -> None:
        """Send nothing that is given from now on, nor a sign of life."""
        with self._changed:
            self._newest, self._fresh, self._paused = None, False, True

    def resume(self) -> None:
        """Send again what is given."""
        with self._changed:
            self._paused = False

    def close(self) -> None:
        """End the thread and wait for it. The connection was stopped before."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    # --- the thread ------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            while (found := self._next()) is not None:
                self._send(*found)
        except Exception:
            log.exception("pictures cannot be sent any more")

    def _next(self) -> tuple[Frame, float] | None:
        """The newest picture, once the line takes one, and the seconds that took; None at the end."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._fresh or self._closed)
                if self._closed:
                    return None
            begun = time.monotonic()
            self._peer.wait_for_picture()
            with self._changed:
                if self._newest is None or not self._fresh:
                    continue
                self._fresh = False
                return self._newest, time.monotonic() - begun

    def _send(self, frame: Frame, waited: float) -> None:
        now = time.monotonic()
        shown = self._shown
        if shown == (0, 0):
            self._last = None
            self._sign(now)
            return
        height, width = frame.shape[:2]
        size = sending_size(width, height, shown)
        picture = frame if size == (width, height) else scale(frame, *size)
        if self._last is not None and np.array_equal(picture, self._last):
            self.unchanged += 1
            if self._signs:
                self._sign(now)
                return
            if now - self._sent < AGAIN_EVERY:
                return
        self._put(picture, waited, now)
        self._last, self._sent = picture, now

    def _sign(self, now: float) -> None:
        """Say that the picture stands, if that is due."""
        if now - self._sent < SIGN_EVERY:
            return
        with (
            self._changed,
            contextlib.suppress(BufferError),
        ):  # it takes nothing any more: the call is about to end
            if not self._paused:  # else it would undo the end of the stream
                self._peer.control(StreamStart.TYPE, StreamStart(Stream.VIDEO).encode())
        self._sent = now

    def _put(self, picture: Frame, waited: float, now: float) -> None:
        height, width = picture.shape[:2]
        if self._choice.hevc and min(width, height) >= _SMALLEST and self._put_encoded(picture, now):
            return
        payload = ImageFrame(width, height, picture.tobytes()).encode()
        self._peer.picture(ImageFrame.TYPE, payload)
        self._choice.sent(len(payload), waited, now)

    def _put_encoded(self, picture: Frame, now: float) -> bool:
        from asciichat.media.errors import MediaError
        from asciichat.media.hevc import HevcEncoder

        height, width = picture.shape[:2]
        resized = self._encoded != (width, height)
        # Where the stream stood still, who decodes may have lost it.
        key = resized or self._last is None or now - self._key >= KEY_EVERY
        try:
            if self._encoder is None or resized:
                self._encoder, self._encoded = HevcEncoder(width, height), (width, height)
            unit = self._encoder.encode(picture, key=key)
        except MediaError as error:
            log.warning("%s Pictures are sent as they are.", error)
            self._choice.give_up()
            self._encoder = None
            return False
        if unit:
            frame = ImageFrameH265(width & ~1, height & ~1, unit, keyframe=key, size_changed=resized)
            self._peer.picture(frame.TYPE, frame.encode())
        if key:
            self._key = now
        return True
