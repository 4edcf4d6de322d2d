"""Watches that the threads of every client go on. One that makes no step for too long is logged, with where it is, and its
client let go.

What a step is depends on the thread. `video` and `audio` tick, at least once a second, whatever their client does. `send`
and `receive` count what they write, read and handle; they may wait, as long as the limits of silence and of packets let
them, and say so. A receive thread that does not come back from a packet's handler in Python makes no step either.

Time in which the whole process stood still does not count: a look adds at most twice what lies between two looks.

What it cannot see: a thread that keeps the interpreter's lock keeps it from the watchdog too.
"""

from __future__ import annotations

import contextlib
import logging
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asciichat.server.client import Client
    from asciichat.server.limits import Limits

log = logging.getLogger(__name__)

_LOOKS = 4
"""Looks in the time after which a thread is stuck."""
_WAITS = 1
"""The bit of a beat that says its thread waits for the peer."""


def whereabouts(thread: threading.Thread) -> str:
    """Where a thread is: its Python stack, and what the system says of it (Linux). Lines for the log."""
    lines = []
    frame = sys._current_frames().get(thread.ident or 0)
    if frame is not None:
        lines += [line.rstrip() for line in traceback.format_stack(frame)]
    task = Path(f"/proc/self/task/{thread.native_id}")
    with contextlib.suppress(OSError, IndexError):  # it has ended, or this is not Linux
        state = (task / "stat").read_text().rpartition(")")[2].split()[0]
        lines.append(f"  in the core: state {state}, system call {_system_call(task)}")
    return "\n".join(lines)


def _system_call(task: Path) -> str:
    """The number of the system call a thread is in, and the instruction it came from as library+offset."""
    try:
        call = (task / "syscall").read_text().split()
    except OSError:
        return "unknown"  # the kernel does not tell us
    if len(call) < 2:
        return call[0]  # "running"
    pc = int(call[-1], 16)
    for line in Path("/proc/self/maps").read_text().splitlines():
        span, _, offset, _, _, *name = line.split()
        begin, end = (int(each, 16) for each in span.split("-"))
        if begin <= pc < end:
            return f"{call[0]} from {name[0] if name else '?'}+{pc - begin + int(offset, 16):#x}"
    return call[0]


class Watchdog:
    """A thread of its own, while it runs.

    Parameters
    ----------
    limits
        The server's.
    clients
        Those to watch.
    looked
        Called after every look.
    """

    def __init__(
        self, limits: Limits, clients: Callable[[], Iterable[Client]], looked: Callable[[], None]
    ) -> None:
        self.limit(limits)
        self._clients = clients
        self._looked = looked
        self._seen: dict[
            tuple[int, str], tuple[int, float]
        ] = {}  # a thread's beat, and for how long it was so
        self._last = time.monotonic()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)

    def limit(self, limits: Limits) -> None:
        """Go by these from now on. Any thread."""
        self._stuck = limits.stuck
        # The longest that a peer's silence, or its slowness, is borne; no thread waits longer.
        self._patience = max(limits.idle, limits.stall, limits.whole) + limits.stuck

    def start(self) -> None:
        """Start looking."""
        self._last = time.monotonic()
        self._thread.start()

    def stop(self) -> None:
        """Look no more. Any number of times, also when it was never started."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(self._stuck / _LOOKS):
            try:
                self._look()
                self._looked()
            except Exception:
                log.exception("the watchdog stumbled")

    def _look(self) -> None:
        now = time.monotonic()
        passed, self._last = min(now - self._last, 2 * self._stuck / _LOOKS), now
        before, self._seen = self._seen, {}
        for client in self._clients():
            beats = client.peer.beats()
            for name, thread in client.threads().items():
                if name == "audio" and not client.room.mixes:
                    continue  # it has nothing to do, and does not tick
                beat, stood = beats[name], 0.0
                known = before.get((client.id, name))
                if known is not None and known[0] == beat:
                    stood = known[1] + passed
                self._seen[client.id, name] = (beat, stood)
                limit = self._patience if beat & _WAITS else self._stuck
                if stood >= limit > stood - passed:  # once
                    self._let_go(client, name, thread, stood)

    def _let_go(self, client: Client, name: str, thread: threading.Thread, stood: float) -> None:
        log.error(
            "client %d (%s): its %s thread has made no step for %.1f s\n%s",
            client.id, client.address, name, stood, whereabouts(thread),
        )  # fmt: skip
        client.leave(f"its {name} thread is stuck", "stuck")
