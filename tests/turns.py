"""Whose turn it is: a test that judges what comes in real time has the machine to itself, as far as the other tests go.

Tests run on all processors at once (pytest-xdist). What is due 60 or 172 times a second comes late where another test draws,
encodes or starts programs meanwhile, and a test that judges it would judge the other test.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Any two files that all workers see do; locks of this kind go with the process that holds them.
FILES = Path(__file__).parent, Path(__file__)


@contextmanager
def turn(*, alone: bool, files: tuple[Path, Path] = FILES) -> Iterator[None]:
    """Wait until nobody is in who is to be alone; if we are, until nobody is in at all. We are in during the block.

    Who waits stands in the door, so that he does not wait while others come and go.
    """
    door, machine = (os.open(path, os.O_RDONLY | os.O_CLOEXEC) for path in files)
    try:
        fcntl.flock(door, fcntl.LOCK_EX)
        fcntl.flock(machine, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(door, fcntl.LOCK_UN)
        yield
        fcntl.flock(machine, fcntl.LOCK_UN)  # a process that was forked meanwhile holds it too
    finally:
        os.close(door)
        os.close(machine)
