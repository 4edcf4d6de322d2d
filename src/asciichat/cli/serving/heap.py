"""How a server's process keeps its memory small over days."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_M_ARENA_MAX: Final = -8  # malloc.h of glibc
_PACE: Final = 5.0
"""Seconds between two times that what is free goes back. It takes half a millisecond when a crowd has left, else a tenth
of that; those of a call do not wait for it, since they allocate nothing while it goes on."""


@contextmanager
def small_heap() -> Iterator[None]:
    """In the block all threads of this process take their memory from one heap, and what nobody uses of it goes back to the
    system, wherever it lies. To be entered before there are threads; where the C library is not glibc it does nothing.

    glibc gives threads heaps of their own, up to eight for each processor, so that they do not wait for one another. Those
    of a call allocate nothing while it goes on; but who comes and goes leaves holes in another heap every time, and all
    of these grow to what the busiest moment needed. By itself it gives back only what lies at a heap's end.
    """
    library = ctypes.CDLL(None)
    set_option, trim = (getattr(library, name, None) for name in ("mallopt", "malloc_trim"))
    if set_option is None or trim is None:
        yield
        return
    trim.argtypes = [ctypes.c_size_t]
    set_option(_M_ARENA_MAX, 1)
    ended = threading.Event()

    def give_back() -> None:
        while not ended.wait(_PACE):
            trim(0)

    thread = threading.Thread(target=give_back, name="heap", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
