import numpy as np
import numpy.typing as npt

from asciichat._core.mix import VoiceCounts

class JitterBuffer:
    def __init__(self, target: float = 0.06) -> None: ...  # s
    def write(self, samples: npt.NDArray[np.float32], *, now_ns: int | None = None) -> None: ...  # [n]
    def read_into(self, samples: npt.NDArray[np.float32], *, now_ns: int | None = None) -> bool: ...  # [n]
    def read(self, count: int, *, now_ns: int | None = None) -> npt.NDArray[np.float32]: ...  # [count]
    @property
    def counts(self) -> VoiceCounts: ...
