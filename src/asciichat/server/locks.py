"""Locks that know their place.

The order is: manager, then client, then leaf. A thread that holds a lock may only ask for one of a later rank. With
``ASCIICHAT_CHECK_LOCKS=1`` in the environment every acquisition is checked and a wrong one raises; the tests run so.
"""

from __future__ import annotations

import os
import threading
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


class _Ranked:
    """A lock that is taken in its order, or not at all."""

    def __init__(self, rank: Rank, lock: AbstractContextManager[object]) -> None:
        self._rank = rank
        self._lock = lock

    def __enter__(self) -> None:
        ranks: list[Rank] = _held.__dict__.setdefault("ranks", [])
        if ranks and ranks[-1] >= self._rank:
            raise LockOrderError(f"asked for a {self._rank.name} lock while holding a {ranks[-1].name} lock")
        self._lock.__enter__()
        ranks.append(self._rank)

    def __exit__(self, *_: object) -> None:
        _held.ranks.pop()
        self._lock.__exit__(None, None, None)


def _ranked(rank: Rank, lock: AbstractContextManager[object]) -> AbstractContextManager[object]:
    """The lock itself, unless the order is checked: to give back what is written in Python memory is needed, and without
    any a lock would stay taken for ever."""
    return _Ranked(rank, lock) if CHECKING else lock


class ManagerLock:
    """The manager's readers-writer lock: the first of all. Not recursive."""

    def __init__(self) -> None:
        lock = RWLock()
        self._reading = _ranked(Rank.MANAGER, lock.reading())
        self._writing = _ranked(Rank.MANAGER, lock.writing())

    def reading(self) -> AbstractContextManager[object]:
        """Hold it together with other readers."""
        return self._reading

    def writing(self) -> AbstractContextManager[object]:
        """Hold it alone."""
        return self._writing


class Mutex:
    """A mutex with a rank. Not recursive."""

    def __init__(self, rank: Rank) -> None:
        self._held = _ranked(rank, threading.Lock())

    def held(self) -> AbstractContextManager[object]:
        """Hold it."""
        return self._held
