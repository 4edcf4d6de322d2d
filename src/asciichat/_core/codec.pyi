"""libsodium, libzstd and libopus for the core.

Importing this module finds the three libraries (in the wheels of PyNaCl, zstandard and PyAV, else in the system) and hands
their functions to the core; it raises ImportError with the cure when one is missing.
"""

from array import array
from typing import Literal

from typing_extensions import Buffer

class OpusEncoder:
    """A mono 48 kHz Opus encoder. One thread at a time.

    Parameters
    ----------
    application
        What libopus tunes for.
    bitrate
        Bits a second, 6000 to 510000.
    complexity
        0 (fast) to 10 (good).
    dtx
        Send next to nothing in silence.
    loss_percent
        Of packets, 0 to 100, to be prepared for: above 0 each frame also carries a coarse copy of the one before
        (in-band FEC; at speech bitrates only).
    """

    def __init__(
        self,
        *,
        application: Literal["voip", "audio", "low-delay"] = "audio",
        bitrate: int = 96000,
        complexity: int = 5,
        dtx: bool = False,
        loss_percent: int = 0,
    ) -> None: ...
    def encode(self, samples: Buffer) -> bytes:
        """Encode one frame: float32, C-contiguous, 120, 240, 480, 960, 1920 or 2880 samples.

        Raises ValueError for another length.
        """

class OpusDecoder:
    """A mono 48 kHz Opus decoder. One thread at a time."""

    def __init__(self) -> None: ...
    def decode(self, data: Buffer) -> array[float]:
        """Decode one frame to float32 samples. Raises ValueError when it is none."""

    def conceal(self, samples: int, following: Buffer | None = None) -> array[float]:
        """What a lost frame of so many samples may have held: float32.

        From the copy in the frame `following` it, if there is one, else from what came before.
        """
