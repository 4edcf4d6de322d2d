"""Listening to a call where there is no loudspeaker."""

from __future__ import annotations

import threading

from asciichat.audio import JitterBuffer
from asciichat.media.source import Samples
from asciichat.media.tape import Tape

from .uplink import pump


class Listener:
    """Takes what comes out of a call as fast as a loudspeaker would, for a recording.

    Parameters
    ----------
    tape
        Gets it.

    Attributes
    ----------
    buffer
        For :meth:`asciichat.Call.hear_into`.
    """

    def __init__(self, tape: Tape) -> None:
        self.buffer = JitterBuffer()
        self._closed = threading.Event()
        self._thread = threading.Thread(
            target=pump, args=(self, tape.hear, self._closed), name="listener", daemon=True
        )
        self._thread.start()

    def read(self, count: int) -> Samples:
        """The next samples of the call."""
        return self.buffer.read(count)

    def close(self) -> None:
        """Listen no more."""
        self._closed.set()
        self._thread.join()
