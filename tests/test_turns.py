"""Whose turn it is among tests."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from pathlib import Path

from turns import turn


def wait_until_taken(path: Path) -> None:
    file, until = os.open(path, os.O_RDONLY), time.monotonic() + 20
    try:
        while True:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.flock(file, fcntl.LOCK_UN)
            assert time.monotonic() < until
            time.sleep(0.001)
    except BlockingIOError:
        pass
    finally:
        os.close(file)


def test_who_is_to_be_alone_is_and_goes_before_those_who_come_later(tmp_path: Path) -> None:
    door, machine = tmp_path / "door", tmp_path / "machine"
    for path in (door, machine):
        path.touch()
    order: list[str] = []

    def come(name: str, alone: bool) -> threading.Thread:
        def run() -> None:
            with turn(alone=alone, files=(door, machine)):
                order.append(name)
                time.sleep(0.05)
                order.append(name)

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    with turn(alone=False, files=(door, machine)), turn(alone=False, files=(door, machine)):  # together
        comers = [come("alone", True)]
        wait_until_taken(door)
        comers += [come(name, False) for name in ("later", "later too")]
        assert order == []
    for comer in comers:
        comer.join(20)
    assert order[:2] == ["alone", "alone"]
    assert sorted(order[2:]) == 2 * ["later"] + 2 * ["later too"]
