from typing import NamedTuple

import numpy as np
import numpy.typing as npt

class VoiceCounts(NamedTuple):
    written: int  # samples
    underruns: int
    dropped: int  # samples
    target: int  # samples
    concealed: int  # samples
    lateness: int  # samples

class JitterBuffer:
    def __init__(self, target: float = 0.06) -> None: ...  # s
    def write(self, samples: npt.NDArray[np.float32], *, now_ns: int | None = None) -> None: ...  # [n]
    def read_into(self, samples: npt.NDArray[np.float32], *, now_ns: int | None = None) -> bool: ...  # [n]
    def read(self, count: int, *, now_ns: int | None = None) -> npt.NDArray[np.float32]: ...  # [count]
    @property
    def counts(self) -> VoiceCounts: ...
