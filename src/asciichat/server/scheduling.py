"""How the system is asked to run clients' threads: under which names, on which processors, and before whom."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

log = logging.getLogger(__name__)

REALTIME_PRIORITY: Final = 10
"""Of 1 to 99: before everything ordinary, behind what a system gives its own work."""
_IN_TIME: Final = ("send", "video", "audio")
"""Threads that are late for somebody. A receive thread also runs handlers in Python, which must not go before the rest."""


@dataclass(frozen=True, slots=True)
class Scheduling:
    """Wishes for the threads of clients. Linux only; what the system refuses is logged once, and the call goes on.

    Attributes
    ----------
    processors
        Numbers of those the threads may run on; none: any.
    nice
        -20 (before others) to 19 (behind them); below 0 needs a privilege. None: as the process.
    realtime
        Run what must be in time by SCHED_FIFO, before everything that is not; needs a privilege. `nice` has no effect on
        these threads then.
    """

    processors: frozenset[int] = frozenset()
    nice: int | None = None
    realtime: bool = False

    def __post_init__(self) -> None:
        if any(number < 0 for number in self.processors):
            raise ValueError("processors are numbered from 0")
        if self.nice is not None and not -20 <= self.nice <= 19:
            raise ValueError(f"nice is -20 to 19, not {self.nice}")

    def apply(self, thread: str) -> None:
        """Have the calling thread, one of `client.THREADS`, run so."""
        if thread == "receive":
            _let_others_go_first()
        if self == Scheduling():
            return
        if sys.platform != "linux":
            _tell("threads cannot be put on processors, or before others, on this system")
            return
        if self.processors:
            _try("to put threads on the processors that were named", os.sched_setaffinity, 0, self.processors)
        if self.nice is not None:
            # On Linux a thread has a niceness of its own.
            own = threading.get_native_id()
            _try(f"to run threads at nice {self.nice}", os.setpriority, os.PRIO_PROCESS, own, self.nice)
        if self.realtime and thread in _IN_TIME:
            # What a client's thread starts does not inherit it.
            policy = os.SCHED_FIFO | os.SCHED_RESET_ON_FORK
            parameter = os.sched_param(REALTIME_PRIORITY)
            _try("to run threads in real time", os.sched_setscheduler, 0, policy, parameter)


def name_thread(name: str) -> None:
    """Show the calling thread under this name in `top -H`, `perf` and debuggers: at most 15 bytes, on Linux.

    Python does so by itself from 3.14 on, but with its own, longer names.
    """
    try:
        Path(f"/proc/self/task/{threading.get_native_id()}/comm").write_bytes(name.encode()[:15])
    except OSError:
        pass  # a name is a comfort: another system, no /proc, no descriptor left


def _let_others_go_first() -> None:
    """The calling thread works on whole pictures, a third of a millisecond each. When it wakes it is not to stop one that
    draws or mixes: it gets its share of the processor a little later. Needs no privilege."""
    if sys.platform == "linux" and os.sched_getscheduler(0) == os.SCHED_OTHER:
        _try("to let others go first", os.sched_setscheduler, 0, os.SCHED_BATCH, os.sched_param(0))


def _try(what: str, change: Callable[..., object], *arguments: object) -> None:
    try:
        change(*arguments)
    except OSError as error:
        _tell(f"the system refuses {what} ({error.strerror}); they run as others do")


@cache
def _tell(sentence: str) -> None:
    """Once is enough: every client's threads meet the same refusal."""
    log.warning("%s", sentence)
