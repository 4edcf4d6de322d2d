"""How a server's process keeps its memory small over days."""

from __future__ import annotations

import ctypes
from typing import Final

_M_ARENA_MAX: Final = -8  # malloc.h of glibc


def share_one_heap() -> None:
    """Have all threads of this process take their memory from one heap. Before there are threads; where the C library is
    not glibc it does nothing.

    glibc gives threads heaps of their own, up to eight for each processor, so that they do not wait for one another. Those
    of a call allocate nothing while it goes on; but who comes and goes leaves holes in another heap every time, and all
    of these grow to what the busiest moment needed.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)
