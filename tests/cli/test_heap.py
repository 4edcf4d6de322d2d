"""A server's heap goes back to what is in use."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="the C library is not glibc"
)

CROWD = """
import ctypes, sys, threading, time
from pathlib import Path
from asciichat.cli.serving import heap

libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
PIECE, PIECES = 64 << 10, 320

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

def crowd():
    '''Take 20 MiB, and free all but the last of it, which keeps what lies below in the heap.'''
    pieces = [libc.malloc(ctypes.c_size_t(PIECE)) for _ in range(PIECES)]
    for piece in pieces:
        ctypes.memset(piece, 1, PIECE)
    for piece in pieces[:-1]:
        libc.free(ctypes.c_void_p(piece))

heap._PACE = 0.02
with heap.small_heap():
    before = resident()
    other = threading.Thread(target=crowd)  # of another thread, as in a call
    other.start()
    other.join()
    until = time.monotonic() + 20
    while resident() - before > 2 << 20:
        if time.monotonic() > until:
            sys.exit(f"{resident() - before} bytes are still held")
        time.sleep(0.005)
assert "heap" not in [thread.name for thread in threading.enumerate()]
crowd()
left = resident() - before
sys.exit(0 if left > 16 << 20 else f"glibc gives it back by itself: {left} bytes are held")
"""


def test_what_a_crowd_took_goes_back_to_the_system() -> None:
    result = subprocess.run(
        [sys.executable, "-c", CROWD], capture_output=True, text=True, check=False, timeout=60
    )
    assert result.returncode == 0, result.stderr
