from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

_Samples: TypeAlias = npt.NDArray[np.float32]  # contiguous, mono

LIMITER_DELAY: Final[int]  # samples

class Compressor:
    def __init__(
        self,
        *,
        threshold_db: float = -10.0,
        ratio: float = 4.0,
        knee_db: float = 2.0,
        attack: float = 0.01,  # s
        release: float = 0.1,  # s
        makeup_db: float = 0.0,
        rate: float = 48000.0,
    ) -> None: ...
    @property
    def reduction_db(self) -> float: ...
    def curve(self, level_db: float) -> float: ...  # dB
    def reset(self) -> None: ...
    def process(self, samples: _Samples) -> _Samples: ...

class Gate:
    def __init__(
        self,
        *,
        open_db: float = -52.0,
        close_db: float = -58.0,
        attack: float = 0.005,  # s
        hold: float = 0.2,  # s
        release: float = 0.1,  # s
        rate: float = 48000.0,
    ) -> None: ...
    @property
    def is_open(self) -> bool: ...
    @property
    def gain(self) -> float: ...
    def reset(self) -> None: ...
    def process(self, samples: _Samples) -> _Samples: ...

class Limiter:
    def __init__(self, *, ceiling_db: float = -0.1, release: float = 0.05, rate: float = 48000.0) -> None: ...
    @property
    def gain(self) -> float: ...
    def reset(self) -> None: ...
    def process(self, samples: _Samples) -> _Samples: ...  # LIMITER_DELAY samples late

class HighPass:
    def __init__(self, hertz: float = 80.0, *, rate: float = 48000.0) -> None: ...
    def reset(self) -> None: ...
    def process(self, samples: _Samples) -> _Samples: ...
