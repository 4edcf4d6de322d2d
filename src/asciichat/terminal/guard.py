"""Puts the terminal back as it was, whatever ends or stops the program."""

from __future__ import annotations

import atexit
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, Final, Self

_ENDING: Final = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


class Terminated(SystemExit):
    """The program was told to end by a signal; the exit code is the shell's for it (128 + signal)."""

    def __init__(self, signum: int) -> None:
        super().__init__(128 + signum)
        self.signum = signum


class Guard:
    """A context in which changes to the terminal are undone by whatever ends it.

    The end of the block, an exception, the end of the interpreter, a signal that ends: each undoes them in the
    reverse order of their making. A signal undoes them at once and raises :class:`Terminated` in the main
    thread, so that everything else is cleaned up too; a second one ends the process on the spot. Ctrl-Z
    undoes them, stops, and makes them again when the program goes on.

    Signals are handled only when the block is entered on the main thread.

    Parameters
    ----------
    ending
        The signals that end the program; who has other uses for some of them gives the others.
    """

    def __init__(self, ending: Sequence[signal.Signals] = _ENDING) -> None:
        self._ending_signals = ending
        self._changes: list[tuple[Callable[[], None], Callable[[], None]]] = []
        self._previous: dict[signal.Signals, Any] = {}
        self._ending = False

    def make(self, change: Callable[[], None], undo: Callable[[], None]) -> None:
        """Call `change` now and `undo` at the end, both again after a stop. Undoing twice must do no harm."""
        # Noted first: a signal may come in the middle of the change, and undoing must do no harm.
        self._changes.append((change, undo))
        change()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Everything is undone while the block runs, and made again after it: to ask a person something."""
        self._undo()
        try:
            yield
        finally:
            self._make_again()

    def __enter__(self) -> Self:
        atexit.register(self._undo)
        if threading.current_thread() is threading.main_thread():
            for ending in self._ending_signals:
                # Whoever started us with a signal ignored (nohup) wants it so.
                if signal.getsignal(ending) != signal.SIG_IGN:
                    self._previous[ending] = signal.signal(ending, self._end)
            self._previous[signal.SIGTSTP] = signal.signal(signal.SIGTSTP, self._stop)
        return self

    def __exit__(self, *_: object) -> None:
        self._undo()
        self._changes.clear()
        atexit.unregister(self._undo)
        for number, handler in self._previous.items():
            signal.signal(number, handler)
        self._previous.clear()

    def _undo(self) -> None:
        for _, undo in reversed(self._changes):
            with suppress(OSError):
                undo()

    def _make_again(self) -> None:
        for change, _ in self._changes:
            with suppress(OSError):
                change()

    def _end(self, signum: int, _frame: FrameType | None) -> None:
        self._undo()
        if self._ending:
            os._exit(128 + signum)
        self._ending = True
        raise Terminated(signum)

    def _stop(self, signum: int, _frame: FrameType | None) -> None:
        self._undo()
        signal.signal(signum, signal.SIG_DFL)
        signal.raise_signal(signum)  # to this thread: here the process stands until SIGCONT
        signal.signal(signum, self._stop)
        self._make_again()
