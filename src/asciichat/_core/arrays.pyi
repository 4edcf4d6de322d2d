"""Checking the pictures and sound that Python gives. Safe from any thread."""

import numpy as np
import numpy.typing as npt

def check_frame(frame: object) -> None:
    """Raise ValueError, which says what is wrong, unless this is uint8[height, width, 3] with sides of 1 to 8192."""

def check_samples(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return `samples`; raise ValueError, which says what is wrong, unless they are float32[n]."""
