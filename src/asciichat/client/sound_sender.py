"""Sends the sound of one call: any number of samples in, Opus packets of one length out."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from asciichat._core.codec import OpusEncoder
from asciichat._core.peer import Peer

_BITRATE = 64000


class SoundSender:
    """Encodes sound and queues it. Any thread.

    Parameters
    ----------
    peer
        The connection; it says how many samples a packet has.
    short
        Packets have 10 ms instead of 20.
    """

    def __init__(self, peer: Peer, *, short: bool) -> None:
        self._peer = peer
        self._short = short
        self._making = threading.Lock()  # sound is made by one thread at a time
        self._opus: OpusEncoder | None = None
        self._unsent = np.empty(0, np.float32)

    def give(self, samples: NDArray[np.float32]) -> None:
        """Send these samples, float32, mono, 48 kHz; what does not fill a packet is kept for the next call."""
        with self._making:
            if self._opus is None:
                # The mode without speech prediction has 4 ms less delay; at this rate it sounds as good.
                self._opus = OpusEncoder(application="low-delay" if self._short else "voip", bitrate=_BITRATE)
            waiting = np.concatenate((self._unsent, samples))
            frame = self._peer.opus_samples
            whole = len(waiting) // frame * frame
            for start in range(0, whole, frame):
                self._peer.opus(self._opus.encode(waiting[start : start + frame]))
            self._unsent = waiting[whole:]
