"""A thread that listens to the keyboard."""

from __future__ import annotations

import os
import select
import termios
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, Self

from .guard import Guard
from .keys import KeyDecoder

_ESCAPE_WAIT: Final = 0.05
"""Seconds within which the rest of a sequence follows its Escape, even over a slow line."""
_PASTE_WAIT: Final = 2.0
"""Seconds of silence after which a paste whose end is missing has ended: what comes later is keys."""
_LOOK: Final = b"l"
_END: Final = b"e"


class Input:
    """Keys, reported from a thread of their own.

    Inside the block the terminal gives every key at once and shows none. Ctrl-C stays a signal. Without a
    terminal there are no keys.

    Parameters
    ----------
    guard
        Undoes the changes when a signal comes.
    on_key
        Called with the name of each key (see :class:`~asciichat.terminal.keys.KeyDecoder`).
    """

    def __init__(self, guard: Guard, on_key: Callable[[str], object]) -> None:
        self._guard = guard
        self._on_key = on_key
        self._terminal: int | None = None
        self._opened = False
        self._cooked: list[Any] | None = None
        self._listening = False
        self._wake_reader: int | None = None
        self._wake_writer: int | None = None
        # Whoever holds it knows that nobody is reading. A signal's handler may interrupt its own thread.
        self._reading = threading.RLock()

    def __enter__(self) -> Self:
        self._find_terminal()
        self._wake_reader, self._wake_writer = os.pipe()
        if self._terminal is not None:
            self._guard.make(self._give_keys_at_once, self._give_lines)
        self._thread = threading.Thread(target=self._run, name="input", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._wake_reader is not None
        assert self._wake_writer is not None
        os.write(self._wake_writer, _END)
        if threading.current_thread() is not self._thread:
            self._thread.join()
        reader, writer = self._wake_reader, self._wake_writer
        self._wake_reader = self._wake_writer = None
        os.close(reader)
        os.close(writer)
        with suppress(OSError, termios.error):
            self._give_lines()
        if self._opened and self._terminal is not None:
            os.close(self._terminal)
        self._terminal = None

    def _find_terminal(self) -> None:
        if os.isatty(0):
            self._terminal = 0
            return
        try:
            self._terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
        except OSError:
            return
        self._opened = True

    def _give_keys_at_once(self) -> None:
        assert self._terminal is not None
        self._listen(True)
        try:
            modes = termios.tcgetattr(self._terminal)
        except termios.error:
            return
        if self._cooked is None:
            self._cooked = [*modes[:6], list(modes[6])]
        modes[3] &= ~(termios.ICANON | termios.ECHO)
        modes[6][termios.VMIN], modes[6][termios.VTIME] = 1, 0
        termios.tcsetattr(self._terminal, termios.TCSADRAIN, modes)

    def _give_lines(self) -> None:
        self._listen(False)
        if self._terminal is not None and self._cooked is not None:
            with suppress(termios.error):
                termios.tcsetattr(self._terminal, termios.TCSANOW, self._cooked)

    def _listen(self, listening: bool) -> None:
        """While the terminal gives lines, they are somebody else's."""
        with self._reading:
            self._listening = listening
        if self._wake_writer is not None:
            os.write(self._wake_writer, _LOOK)

    def _run(self) -> None:
        decoder = KeyDecoder()
        assert self._wake_reader is not None
        gone = self._terminal is None
        while True:
            sources = [self._wake_reader]
            if self._terminal is not None and self._listening and not gone:
                sources.append(self._terminal)
            wait = _PASTE_WAIT if decoder.pasting else _ESCAPE_WAIT if decoder.unfinished else None
            ready, _, _ = select.select(sources, [], [], wait)
            if not ready:
                self._report(decoder.timeout())
            if self._wake_reader in ready and _END in os.read(self._wake_reader, 64):
                return
            if self._terminal in ready:
                data = self._read()
                gone = data == b""
                self._report(decoder.feed(data or b""))

    def _read(self) -> bytes | None:
        """What was typed; nothing when the terminal is gone, None when it is for somebody else."""
        assert self._terminal is not None
        with self._reading:
            if not self._listening:
                return None
            try:
                return os.read(self._terminal, 4096)
            except OSError:
                return b""

    def _report(self, keys: list[str]) -> None:
        for key in keys:
            with suppress(
                OSError
            ):  # nothing can be drawn on a terminal that is gone: the main thread sees to that
                self._on_key(key)
