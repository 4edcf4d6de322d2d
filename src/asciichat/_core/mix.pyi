from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from asciichat._core.jitter import VoiceCounts

_Samples: TypeAlias = npt.NDArray[np.float32]  # contiguous, mono

RATE: Final[int]  # samples a second
TICKS: Final[int]  # blocks a second
BLOCKS_KEPT: Final[int]
SLOTS: Final[int]

def block_start(block: int) -> int: ...  # samples

class Mixer:
    def __init__(self, *, start_ns: int = 0) -> None: ...
    def add(self, *, automatic_level: bool = False, high_pass_hz: float = 0.0) -> int: ...
    def remove(self, slot: int) -> None: ...
    def write(self, slot: int, samples: _Samples, *, now_ns: int | None = None) -> None: ...
    def mute(self, slot: int, muted: bool = True) -> None: ...
    def mix(self, slot: int, block: int, *, timeout: float = 1.0) -> _Samples: ...  # [279 or 280]
    def block(self, now_ns: int) -> int: ...
    def deadline(self, block: int) -> int: ...  # ns
    def level(self, slot: int) -> float: ...  # dBFS
    def speaking(self, slot: int) -> bool: ...
    def counts(self, slot: int) -> VoiceCounts: ...
