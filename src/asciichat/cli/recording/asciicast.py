"""Recording what is shown, as an asciicast: a file that asciinema plays, and shows on a web page.

The format is version 3 of https://docs.asciinema.org/manual/asciicast/v3/: a header and one event a line, as JSON.
"""

from __future__ import annotations

import json
import time
from types import TracebackType
from typing import Final, Self, TextIO

from asciichat.media.source import Clock

_CLEAR: Final = "\x1b[0m\x1b[2J\x1b[H"
_HOME: Final = "\x1b[H"


class Recorder:
    """Writes frames to a file, with the time between them.

    One thread at a time.

    Parameters
    ----------
    into
        The file, which is closed with the recording.
    columns, rows
        The size of the terminal that is recorded.
    title
        What it is.
    clock
        Drives the times between frames.

    Raises
    ------
    OSError
        The file cannot be written; every other method may raise it too.
    """

    def __init__(
        self,
        into: TextIO,
        columns: int,
        rows: int,
        *,
        title: str = "asciichat",
        clock: Clock = time.monotonic,
    ) -> None:
        self._size = (columns, rows)
        self._clock = clock
        self._last: float | None = None
        self._file = into
        header = {
            "version": 3,
            "term": {"cols": columns, "rows": rows, "type": "xterm-256color"},
            "timestamp": int(time.time()),
            "title": title,
        }
        self._file.write(json.dumps(header) + "\n")
        self._event("o", "\x1b[?25l" + _CLEAR)

    def frame(self, text: str, *, clear: bool = False) -> None:
        """Add a frame: rows joined by newlines."""
        rows = text.split("\n")
        self._event("o", (_CLEAR if clear else _HOME) + "\r\n".join(rows) + "\x1b[0m")

    def changes(self, changes: str) -> None:
        """Add what makes a frame of the one before it: cursor moves and cells."""
        self._event("o", changes)

    def resize(self, columns: int, rows: int) -> None:
        """The terminal has another size from now on."""
        if (columns, rows) != self._size:
            self._size = (columns, rows)
            self._event("r", f"{columns}x{rows}")

    def close(self) -> None:
        """End the recording. May be called twice; the file is closed even if its end cannot be written."""
        if not self._file.closed:
            try:
                self._event("o", "\x1b[?25h")
            finally:
                self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _event(self, code: str, data: str) -> None:
        now = self._clock()
        interval = 0.0 if self._last is None else max(0.0, now - self._last)
        # Rounding must not add up: what was cut off goes into the next interval.
        rounded = round(interval, 6)
        self._last = now if self._last is None else self._last + rounded
        self._file.write(json.dumps([rounded, code, data], ensure_ascii=False) + "\n")
