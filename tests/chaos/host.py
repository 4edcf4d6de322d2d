"""A server in a process of its own, which does what it is told: a line of JSON in, a line of JSON out.

    python -m tests.chaos.host [JSON of settings]

Its first line tells its port. What it is told are the methods of `Host`.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import logging
import os
import resource
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from invariants import broken

from asciichat.cli.serving.heap import small_heap
from asciichat.protocol.types import PacketType
from asciichat.server import Limits, Server, handlers
from asciichat.server import client as client_module
from asciichat.server.client import Client

LIMITS = Limits(exempt=("127.0.0.0/8",))  # faults come one after another, all from here


class _Mallinfo(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in (
        "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost",
    )]  # fmt: skip


def allocated() -> int:
    """Bytes this process has allocated with malloc, or 0 where that cannot be told."""
    function = getattr(ctypes.CDLL(None), "mallinfo2", None)
    if function is None:
        return 0
    function.restype = _Mallinfo
    info = function()
    return int(info.uordblks + info.hblkhd)


class Host:
    """A server, and what can be done to it."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.server = Server(("0.0.0.0",), 0, **{"max_clients": 32, "limits": LIMITS, **settings})
        self._faults = ctypes.CDLL(os.environ["LD_PRELOAD"]) if "LD_PRELOAD" in os.environ else None
        self._pythons: set[int | None] = set()  # threads that Python started, until the system has ended them
        start = threading.Thread.start

        def start_and_note(thread: threading.Thread) -> None:
            start(thread)
            self._pythons.add(thread.native_id)

        self._start = threading.Thread.start = start_and_note  # type: ignore[method-assign]
        self._handle = dict(handlers._HANDLERS)

    def state(self, guests: int | None = None, patience: float = 10.0) -> dict[str, Any]:
        """The figures of the process, once its invariants hold and so many are in the call; `wrong` says what does not
        come true."""
        until = time.monotonic() + patience
        while True:
            wrong = self._wrong(guests)
            if not wrong and guests is not None:
                self._hear_all()
                wrong = self._wrong(guests)
            if not (wrong or self._ending()) or time.monotonic() > until:
                break
            time.sleep(0.005)
        gc.collect()
        return {
            "wrong": wrong,
            "threads": len(os.listdir("/proc/self/task")),
            "descriptors": len(os.listdir("/proc/self/fd")),
            "allocated": allocated(),
            "blocks": sys.getallocatedblocks(),
            "resident": int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE"),
            "half_open": self.server.half_open,
            "counters": self.server.counters(),
            "clients": [
                {"id": c.id, "counts": c.counts, "video": c.video_lateness, "audio": c.audio_lateness}
                for c in self.server.clients()
            ],
        }

    def _wrong(self, guests: int | None) -> list[str]:
        wrong = broken(self.server._manager)
        present = len(self.server.clients())
        if guests is not None and present != guests:
            wrong.append(f"{present} are in the call, not {guests}")
        if guests is not None and self.server.half_open:
            wrong.append(f"{self.server.half_open} are half-open")
        return wrong

    def _hear_all(self) -> None:
        """Until the listener has turned to everybody who has called before now: it is one thread, and takes them in turn.
        Somebody who has gone again may still stand before the door."""
        with socket.create_connection(("127.0.0.1", self.server.port), 10) as caller:
            caller.shutdown(socket.SHUT_WR)
            with contextlib.suppress(ConnectionResetError):
                while caller.recv(100):
                    pass

    def _ending(self) -> bool:
        """Are there threads that have ended for Python, and not yet for the system?"""
        self._pythons &= {int(task) for task in os.listdir("/proc/self/task")}
        return bool(self._pythons - {thread.native_id for thread in threading.enumerate()})

    def cpu(self) -> float:
        """Seconds of processor time that the listener has taken so far."""
        return time.clock_gettime(time.pthread_getcpuclockid(self.server._listener._thread.ident))

    def limit(self, descriptors: int) -> None:
        """So many descriptors more, from now on; below 0: as many as there may be."""
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        highest = max(int(name) for name in os.listdir("/proc/self/fd"))
        soft = most if descriptors < 0 else min(most, highest + 1 + descriptors)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, most))

    def fail_thread(self, number: int) -> None:
        """A newcomer's thread of this number (0: send, 1: receive, 2: video, 3: audio) cannot start; -1: it can."""
        start = self._start
        started = 0

        def start_or_fail(thread: threading.Thread) -> None:
            nonlocal started
            if thread.name.startswith("client-"):
                if started == number:
                    raise RuntimeError("can't start new thread")
                started += 1
            start(thread)

        client_module.threading.Thread.start = start if number < 0 else start_or_fail  # type: ignore[method-assign]

    def fail_allocation(self, number: int) -> None:
        """Of the next to be let in, this allocation fails on the thread that lets it in; -1: none does, they are counted."""
        manager, faults = self.server._manager, self._faults
        assert faults is not None
        add = type(manager).add

        def add_or_fail(*args: Any) -> Client:
            faults.faulty_fail_allocation(ctypes.c_long(number))
            try:
                return add(manager, *args)
            finally:
                self._allocations = faults.faulty_allocations()
                faults.faulty_fail_allocation(ctypes.c_long(-1))

        manager.add = add_or_fail  # type: ignore[method-assign]

    def allocations(self) -> int:
        """How many the last one took."""
        return self._allocations

    def break_handlers(self) -> None:
        """What clients write to the log raises from now on."""

        def fail(client: Client, payload: bytes) -> None:
            raise ZeroDivisionError("a fault of ours, made on purpose")

        handlers._HANDLERS[PacketType.REMOTE_LOG] = fail

    def mend_handlers(self) -> None:
        """No more."""
        handlers._HANDLERS.update(self._handle)

    def step_clock(self, seconds: int) -> float:
        """Set the wall clock by so much; returns what it shows."""
        assert self._faults is not None
        self._faults.faulty_step_clock(ctypes.c_long(seconds))
        return time.time()


def main() -> None:
    """Serve until standard input closes."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    settings = json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}
    if "limits" in settings:
        settings["limits"] = Limits(**settings["limits"])
    host = Host(settings)
    with small_heap(), host.server:
        print(json.dumps(host.server.port), flush=True)
        for line in sys.stdin:
            name, arguments = json.loads(line)
            print(json.dumps(getattr(host, name)(**arguments)), flush=True)


if __name__ == "__main__":
    main()
