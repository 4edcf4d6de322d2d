"""Locks that know their place.

The order is: manager, then client, then leaf. A thread that holds a lock may only ask for one of a later rank. With
``ASCIICHAT_CHECK_LOCKS=1`` in the environment every acquisition is checked and a wrong one raises; the tests run so.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
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


@contextmanager
def _holding(rank: Rank, acquire: Callable[[], object], release: Callable[[], object]) -> Iterator[None]:
    ranks: list[Rank] = _held.__dict__.setdefault("ranks", [])
    if CHECKING and ranks and ranks[-1] >= rank:
        raise LockOrderError(f"asked for a {rank.name} lock while holding a {ranks[-1].name} lock")
    acquire()
    ranks.append(rank)
    try:
        yield
    finally:
        ranks.pop()
        release()


class ManagerLock:
    """The manager's readers-writer lock: the first of all. Not recursive."""

    def __init__(self) -> None:
        self._lock = RWLock()

    def reading(self) -> AbstractContextManager[None]:
        """Hold it together with other readers."""
        return _holding(Rank.MANAGER, self._lock.acquire_read, self._lock.release)

    def writing(self) -> AbstractContextManager[None]:
        """Hold it alone."""
        return _holding(Rank.MANAGER, self._lock.acquire_write, self._lock.release)


class Mutex:
    """A mutex with a rank. Not recursive."""

    def __init__(self, rank: Rank) -> None:
        self._rank = rank
        self._lock = threading.Lock()

    def held(self) -> AbstractContextManager[None]:
        """Hold it."""
        return _holding(self._rank, self._lock.acquire, self._lock.release)
