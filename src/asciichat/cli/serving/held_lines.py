"""Standard error while the terminal is drawn upon: lines are kept to be shown there, and written when it is free again."""

from __future__ import annotations

import io
import threading
from collections import deque
from contextlib import suppress
from typing import Final, TextIO

from asciichat.terminal.text import harmless_line

_KEPT: Final = 500
_LONGEST: Final = 4096
"""Characters of a line that are kept to be shown."""


class HeldLines(io.TextIOBase):
    """A stream that keeps its last lines and passes everything on, but only while it is not held back.

    Any thread may write.

    Parameters
    ----------
    stream
        Where everything goes.
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        # Whoever holds it may be interrupted by a signal whose handler gives the terminal back.
        self._lock = threading.RLock()
        self._lines: deque[str] = deque(maxlen=_KEPT)
        self._unfinished = ""
        self._held = False
        self._unwritten: deque[str] = deque(maxlen=_KEPT)
        self._left_out = 0

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """That of the stream."""
        return self.stream.encoding

    def writable(self) -> bool:
        """It is there to be written to."""
        return True

    def isatty(self) -> bool:
        """Is the stream a terminal?"""
        return self.stream.isatty()

    def fileno(self) -> int:
        """The descriptor of the stream."""
        return self.stream.fileno()

    def write(self, text: str) -> int:
        """Keep a text, and write it unless it is held back."""
        with self._lock:
            *whole, rest = (self._unfinished + text).split("\n")
            self._unfinished = rest[:_LONGEST]
            self._lines.extend(line[:_LONGEST] for line in whole)
            if not self._held:
                self.stream.write(text)
            else:
                self._left_out += max(0, len(self._unwritten) + len(whole) - _KEPT)
                self._unwritten.extend(whole)
        return len(text)

    def flush(self) -> None:
        """Flush the stream."""
        if not self._held:
            self.stream.flush()

    def last(self, count: int) -> list[str]:
        """The last lines, at most `count`, the newest at the end, with nothing in them that steers a terminal."""
        with self._lock:
            lines = list(self._lines)[-count:] if count > 0 else []
        return [harmless_line(line.expandtabs()) for line in lines]

    def hold(self) -> None:
        """Write nothing from now on."""
        with self._lock, suppress(OSError):
            self._held = True
            self.stream.flush()

    def release(self) -> None:
        """Write what was held back, at most the last 500 lines, and from now on everything."""
        with self._lock:
            if not self._held:
                return
            self._held = False
            lines, self._unwritten = list(self._unwritten), deque(maxlen=_KEPT)
            if self._left_out:
                lines.insert(0, f"({self._left_out} lines before these are left out; --log-file keeps all.)")
                self._left_out = 0
            with suppress(OSError):  # the terminal is gone
                self.stream.writelines(f"{line}\n" for line in lines)
                self.stream.flush()
