"""Signals, reported on a thread of their own and noticed by the main thread."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final, Self

_NUDGE: Final = signal.SIGURG
"""Ignored by default, and nobody sends it for anything else."""
_NUDGE_EVERY: Final = 0.01


class SignalWatch:
    """Calls listeners for signals, and wakes the main thread for those with a handler.

    The kernel may give a signal to any thread. Python's handlers run on the main thread alone, and one that waits
    for a lock is not woken by a signal another thread got: Ctrl-C would be without effect until something else
    happens. Here the handler in C, whichever thread it runs on, writes to a pipe; a thread reads it, calls the
    listener if there is one, and interrupts the main thread.

    Does nothing unless entered on the main thread.

    Parameters
    ----------
    listeners
        What to call for a signal, on the watching thread. Signals without a handler get one that does nothing.
    """

    def __init__(self, listeners: Mapping[int, Callable[[], None]] | None = None) -> None:
        self._listeners = dict(listeners or {})
        self._thread: threading.Thread | None = None
        self._handlers: dict[int, Any] = {}
        # Its `put` may be interrupted by a handler that puts, too. Python's other means would wait for themselves.
        self._noticed: queue.SimpleQueue[None] = queue.SimpleQueue()

    def __enter__(self) -> Self:
        main = threading.main_thread()
        if threading.current_thread() is not main:
            return self
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._writer, False)
        self._old_descriptor = signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        self._handlers[_NUDGE] = signal.signal(_NUDGE, self._notice)
        for number in self._listeners:
            if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
                self._handlers[number] = signal.signal(number, _do_nothing)
        self._thread = threading.Thread(target=self._run, args=(main.ident,), name="signals", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._thread is None:
            return
        signal.set_wakeup_fd(self._old_descriptor)
        os.write(self._writer, b"\0")  # no signal has the number 0
        self._thread.join()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self._handlers.clear()
        self._thread = None
        os.close(self._reader)
        os.close(self._writer)

    def _run(self, main: int) -> None:
        while True:
            for number in os.read(self._reader, 4096):
                if number == 0:
                    return
                if number == _NUDGE:
                    continue
                listener = self._listeners.get(number)
                if listener is not None:
                    listener()
                else:
                    self._nudge(main)

    def _nudge(self, main: int) -> None:
        """Interrupt the main thread until it has run its handlers: one that is only about to wait would miss it."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._noticed.get_nowait()  # of an earlier signal
        while True:
            signal.pthread_kill(main, _NUDGE)
            with contextlib.suppress(queue.Empty):
                return self._noticed.get(timeout=_NUDGE_EVERY)

    def _notice(self, *_: object) -> None:
        # On the main thread. Python runs handlers in the order of their numbers, and this one comes after those
        # that end a program.
        self._noticed.put(None)


def _do_nothing(*_: object) -> None:
    """A signal without a handler would end the program."""
