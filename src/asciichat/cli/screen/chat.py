"""Text chat on the screen: what the others write lies over the picture, and a line to write in stands below it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Final, NamedTuple

from asciichat.media.source import Clock
from asciichat.terminal.keys import Pasted
from asciichat.terminal.text import harmless_line
from asciichat.terminal.width import cells, cut, fill, shorten, wrap

from .editor import LineEditor
from .overlay import box

SHOWN_FOR: Final = 12.0
"""Seconds a line lies over the picture after it came."""
_LINES_KEPT: Final = 500
_LONGEST_LINE: Final = 512
"""Bytes of UTF-8 that a server passes on."""
_ROWS_OVER_PICTURE: Final = 6
_ROWS_OF_ONE: Final = 2
"""Of a longer line the beginning lies over the picture: nobody can write the others away. `t` shows all of it."""
_WIDEST: Final = 78
_LEAST_HINT: Final = 12
"""Cells; where there is less room beside the line, nothing stands there."""


class _Line(NamedTuple):
    text: str
    came: float
    """By the clock of the chat."""
    time: str
    """By the clock on the wall."""


class Chat:
    """What was written in the call, and what is being written.

    Any thread may tell of a line that came; keys come from one.

    Parameters
    ----------
    send
        Sends a line; returns why it could not be, or None.
    clock
        By which lines go away.
    """

    def __init__(self, send: Callable[[str], str | None], clock: Clock = time.monotonic) -> None:
        self._send = send
        self._clock = clock
        self._lines: deque[_Line] = deque(maxlen=_LINES_KEPT)
        self._editor = LineEditor(_LONGEST_LINE)
        self._scrolled = 0  # rows up from the newest
        self._complaint: str | None = None
        self.typing = False
        """The keys are for the line."""

    def heard(self, sender: str, text: str) -> None:
        """Somebody wrote a line."""
        line = harmless_line(f"{sender}: {text}")
        self._lines.append(_Line(line, self._clock(), time.strftime("%H:%M")))
        if self._scrolled:
            self._scrolled += 1  # who reads what was written before goes on reading it

    def open(self) -> None:
        """Begin to type."""
        self.typing, self._scrolled, self._complaint = True, 0, None

    def press(self, key: str) -> None:
        """A key while somebody types."""
        self._complaint = None
        if isinstance(key, Pasted):
            self._editor.insert(key)
        elif key == "escape" or (key == "ctrl-d" and not self._editor.text):
            self.typing = False  # what was typed is there the next time
        elif key == "enter":
            self._enter()
        elif key in ("page-up", "page-down"):
            self._scrolled = max(0, self._scrolled + (5 if key == "page-up" else -5))
        else:
            self._editor.press(key)
        if self._editor.left_out:
            left_out = f": {self._editor.left_out} characters left out" if isinstance(key, Pasted) else ""
            self._complaint = f"The line is full{left_out}."
            self._editor.left_out = 0

    def _enter(self) -> None:
        line = self._editor.text
        if not line.strip():
            self.typing = False
            return
        self._complaint = self._send(line)
        if self._complaint is None:
            self._editor.take()
            self._scrolled = 0

    def footer(self, columns: int, news: str = "") -> tuple[str, int]:
        """The line that is typed, `columns` cells wide, and the cell of its cursor.

        Parameters
        ----------
        columns
            The room there is.
        news
            What has just happened, to be told beside the line where there is room.
        """
        prompt = "> "
        text, place = self._editor.view(columns - len(prompt))
        hint = self._complaint or news or ("" if self._editor.text else "Enter sends, Esc leaves")
        whole = cells(hint)
        hint = cut(hint, max(_LEAST_HINT, columns - len(prompt) - cells(text) - 3))
        gap = columns - len(prompt) - cells(text) - cells(hint) - 1
        line = f"{prompt}{text}{' ' * gap}{hint}" if gap > 1 else f"{prompt}{text}"
        if self._complaint and (gap <= 1 or cells(hint) < whole):
            line = self._complaint
        return fill(line, columns), min(columns - 1, len(prompt) + place)

    def rows(self, columns: int, rows: int, *, utf8: bool) -> list[str]:
        """What lies over the picture at the bottom: rows of equal widths, none while there is nothing to be read.

        Parameters
        ----------
        columns, rows
            The room there is.
        """
        return self._history(columns, rows, utf8=utf8) if self.typing else self._news(columns, rows, utf8)

    def _news(self, columns: int, rows: int, utf8: bool) -> list[str]:
        since = self._clock() - SHOWN_FOR
        if not self._lines or self._lines[-1].came < since:
            return []
        inside = min(columns, _WIDEST) - 2
        if inside < 8:
            return []
        news = [row for line in self._lines.copy() if line.came >= since for row in _short(line.text, inside)]
        news = [row if utf8 else cut(_ascii(row), inside) for row in news[-min(_ROWS_OVER_PICTURE, rows) :]]
        width = max(map(cells, news))
        return [f" {fill(row, width)} " for row in news]

    def _history(self, columns: int, rows: int, *, utf8: bool) -> list[str]:
        inside = min(columns, _WIDEST) - 4
        if inside < 10 or rows < 3:
            return []
        written = [row for line in self._lines.copy() for row in wrap(f"{line.time} {line.text}", inside)]
        if not written:
            written = ["Nobody has written anything yet."]
        height = min(len(written), max(1, min(rows - 2, 2 * rows // 3)))
        self._scrolled = min(self._scrolled, len(written) - height)
        end = len(written) - self._scrolled
        shown = [fill(row if utf8 else _ascii(row), inside) for row in written[end - height : end]]
        more = "" if len(written) == height else ", PgUp PgDn"
        return box(shown, title=f"Text chat{more}", columns=columns, rows=rows, utf8=utf8)


def _short(text: str, columns: int) -> list[str]:
    """The first rows of a line, with a mark where that is not all of it."""
    rows = wrap(text, columns)
    if len(rows) <= _ROWS_OF_ONE:
        return rows
    return [*rows[: _ROWS_OF_ONE - 1], shorten(" ".join(rows[_ROWS_OF_ONE - 1 :]), columns)]


def _ascii(text: str) -> str:
    return text.replace("…", "...").encode("ascii", "replace").decode()
