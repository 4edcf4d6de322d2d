"""Taking echo and noise out of what a microphone captures, with WebRTC's audio processing when it is installed."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from asciichat._core.sample_ring import SampleReader

from .errors import AudioDeviceError
from .source import SAMPLE_RATE, Samples

_AHEAD: Final = SAMPLE_RATE // 50
"""Samples (20 ms) what was played may run ahead of what was captured; more is a clock that runs faster, or a gap."""


class VoiceProcessor:
    """Echo cancelling, noise suppression, automatic gain and a high-pass filter.

    Parameters
    ----------
    played
        Reads what the loudspeaker plays; None when there is none, and so no echo.

    Raises
    ------
    AudioDeviceError
        pywebrtc-audio is not installed; the message says how to install it.

    Notes
    -----
    The canceller finds out by itself how late the echo comes (sound cards, room), up to some hundred milliseconds, if
    that time is steady: so as many samples are taken from `played` as were captured, each time.
    """

    def __init__(self, played: SampleReader | None = None) -> None:
        try:
            import pywebrtc_audio
        except ImportError:
            raise AudioDeviceError(
                "Echo and noise stay in your sound: `pip install asciichat[voice]` takes them out."
            ) from None
        self._played = played
        self._processor: Any = pywebrtc_audio.AudioProcessor(
            SAMPLE_RATE,
            1,
            echo_cancellation=played is not None,
            noise_suppression=True,
            high_pass_filter=True,
            auto_gain_control=True,
        )

    def process(self, captured: Samples) -> Samples:
        """A captured block without echo and noise; as long, and some 10 ms late at most. One thread."""
        far = None if self._played is None else self._take(self._played, len(captured))
        processed: Samples = self._processor.process(captured, far)
        return processed

    @staticmethod
    def _take(played: SampleReader, count: int) -> Samples:
        if played.available > count + _AHEAD:
            played.read(played.available - count)
        samples = played.read(count)
        if len(samples) == count:
            return samples
        whole = np.zeros(count, np.float32)
        whole[count - len(samples) :] = samples
        return whole
