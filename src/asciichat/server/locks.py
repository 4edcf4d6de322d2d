"""Locks that know their place.

The order is: manager, then client, then leaf. A thread that holds a lock may only ask for one of a later rank. With
``ASCIICHAT_CHECK_LOCKS=1`` in the environment every acquisition is checked and a wrong one raises; the tests run so.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from enum import IntEnum

from asciichat._core.rwlock import RWLock

CHECKING = os.environ.get("ASCIICHAT_CHECK_LOCKS") == "1"
_held = threading.local()


class Rank(IntEnum):
    """The place of a lock in the order."""

    MANAGER = 1
    CLIENT = 2
    LEAF = 3


class LockOrderError(AssertionError):
    """A thread asked for a lock that must be taken before one it already holds."""


class _Holding:
    """Holds a lock for the length of a block.

    Without memory the lock is not taken, or it is given back: what may need memory comes before, and nothing after.
    """

    __slots__ = ("_acquire", "_before", "_rank", "_release")

    def __init__(self, rank: Rank, acquire: Callable[[], object], release: Callable[[], object]) -> None:
        self._rank = rank
        self._acquire = acquire
        self._release = release

    def __enter__(self) -> None:
        self._before: int = getattr(_held, "rank", 0)
        if CHECKING and self._before >= self._rank:
            raise LockOrderError(
                f"asked for a {self._rank.name} lock while holding a {Rank(self._before).name} lock"
            )
        _held.rank = self._rank
        try:
            self._acquire()
        except BaseException:
            _held.rank = self._before
            raise

    def __exit__(self, *_: object) -> None:
        self._release()
        _held.rank = self._before


class ManagerLock:
    """The manager's readers-writer lock: the first of all. Not recursive."""

    def __init__(self) -> None:
        self._lock = RWLock()

    def reading(self) -> AbstractContextManager[None]:
        """Hold it together with other readers."""
        return _Holding(Rank.MANAGER, self._lock.acquire_read, self._lock.release)

    def writing(self) -> AbstractContextManager[None]:
        """Hold it alone."""
        return _Holding(Rank.MANAGER, self._lock.acquire_write, self._lock.release)


class Mutex:
    """A mutex with a rank. Not recursive."""

    def __init__(self, rank: Rank) -> None:
        self._rank = rank
        self._lock = threading.Lock()

    def held(self) -> AbstractContextManager[None]:
        """Hold it."""
        return _Holding(self._rank, self._lock.acquire, self._lock.release)
