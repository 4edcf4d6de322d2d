"""Locks are taken in their order, or the checker says so."""

from __future__ import annotations

import threading
import time

import pytest

from asciichat._core.rwlock import RWLock
from asciichat.server.locks import LockOrderError, ManagerLock, Mutex, Rank


def test_manager_then_client_then_leaf_is_right() -> None:
    with ManagerLock().reading(), Mutex(Rank.CLIENT).held(), Mutex(Rank.LEAF).held():
        pass


def test_the_manager_lock_after_a_client_lock_is_caught() -> None:
    with (
        Mutex(Rank.CLIENT).held(),
        pytest.raises(LockOrderError, match=r"MANAGER.*CLIENT"),
        ManagerLock().reading(),
    ):
        pass


def test_two_locks_of_one_rank_are_caught() -> None:
    with Mutex(Rank.CLIENT).held(), pytest.raises(LockOrderError), Mutex(Rank.CLIENT).held():
        pass


def test_an_exception_gives_the_lock_back() -> None:
    lock = ManagerLock()
    with pytest.raises(KeyError), lock.writing():
        raise KeyError
    with lock.writing():
        pass


def test_readers_share_and_a_writer_is_alone() -> None:
    lock = RWLock()
    inside: list[str] = []
    lock.acquire_read()
    lock.acquire_read()

    def write() -> None:
        lock.acquire_write()
        inside.append("writer")
        lock.release()

    writer = threading.Thread(target=write)
    writer.start()
    time.sleep(0.05)
    assert inside == []
    lock.release()
    lock.release()
    writer.join(5)
    assert inside == ["writer"]


def test_a_writer_does_not_starve_behind_readers() -> None:
    lock, took = RWLock(), []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            lock.acquire_read()
            time.sleep(0.001)
            lock.release()

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for _ in range(3):  # one of them may be held up by what else the machine does
        begun = time.monotonic()
        lock.acquire_write()
        took.append(time.monotonic() - begun)
        lock.release()
    done.set()
    for reader in readers:
        reader.join()
    assert min(took) < 1.0
