"""Drawing frames on a terminal without flicker, or printing them when there is none."""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Final, Literal, NamedTuple, Self, TypeAlias

from .guard import Guard
from .width import cells

_ENTER: Final = (
    b"\x1b[?1049h"  # the alternate screen: what was there before comes back
    b"\x1b[?25l"  # no cursor
    b"\x1b[?7l"  # no wrapping: a row that is too long is cut, and the last cell does not scroll
    b"\x1b[?2004h"  # what is pasted is marked: it is no keys
    b"\x1b[0m\x1b[2J\x1b[H"
)
_LEAVE: Final = b"\x1b[?2026l\x1b[0m\x1b[?2004l\x1b[?7h\x1b[?25h\x1b[?1049l"
_BEGIN_UPDATE: Final = b"\x1b[?2026h"  # synchronised output: nothing is shown until the end
_END_UPDATE: Final = b"\x1b[?2026l"
_CLEAR: Final = b"\x1b[0m\x1b[2J"
_HOME: Final = b"\x1b[H"
_RESET: Final = b"\x1b[0m"
_REVERSE: Final = b"\x1b[7m"
_HIDE_CURSOR: Final = b"\x1b[?25l"
_SHOW_CURSOR: Final = b"\x1b[?25h"
_UNKNOWN_SIZE: Final = (80, 24)
_LEAVE_WAIT: Final = 0.5

Place: TypeAlias = Literal["bottom", "middle"]


class _Overlay(NamedTuple):
    """Rows of text that lie over every frame."""

    rows: list[bytes]
    columns: int

    def covers(self, other: _Overlay) -> bool:
        return len(self.rows) >= len(other.rows) and self.columns >= other.columns


_NOTHING: Final = _Overlay([], 0)


class Screen:
    """Where frames go.

    A context manager. On a terminal, frames are drawn over each other on the alternate screen, and after the
    block everything is as it was. Otherwise frames are printed one after the other, as plain rows.

    Any thread may draw.

    Parameters
    ----------
    guard
        Undoes the changes when a signal comes.
    descriptor
        The file descriptor to write to.
    interactive
        Draw over the previous frame; otherwise print.
    synchronized
        The terminal holds back an update until it is whole (mode 2026).
    patience
        Seconds that a descriptor which does not block is waited for; None: for ever. After that there is a TimeoutError.
    """

    def __init__(
        self,
        guard: Guard,
        *,
        descriptor: int = 1,
        interactive: bool = True,
        synchronized: bool = True,
        patience: float | None = None,
    ) -> None:
        self._guard = guard
        self._descriptor = descriptor
        self._patience = patience
        self._interactive = interactive
        self._begin, self._end = (_BEGIN_UPDATE, _END_UPDATE) if synchronized else (b"", b"")
        self._lock = (
            threading.RLock()
        )  # one thread writes at a time; a signal handler may interrupt its own thread
        self._entered = False
        self._clear = True
        self._frame: list[bytes] = []
        self._drawn_on = (0, 0)  # the terminal's size when the whole frame was last written
        self._footer = b""
        self._footer_shown = False
        self._cursor: int | None = None
        self._cursor_shown = False
        self._overlays: dict[Place, _Overlay] = {"bottom": _NOTHING, "middle": _NOTHING}

    def __enter__(self) -> Self:
        if self._interactive:
            self._guard.make(self.enter, self.leave)
        return self

    def __exit__(self, *_: object) -> None:
        if self._interactive:
            with suppress(OSError):  # a terminal that is gone needs nothing any more
                self.leave()

    def draw(
        self,
        text: str,
        *,
        clear: bool = False,
        footer: str | None = None,
        cursor: int | None = None,
        changes: str | None = None,
    ) -> None:
        """Show a frame.

        Parameters
        ----------
        text
            Rows joined by newlines. Rows the terminal has no room for are left out.
        clear
            Wipe the screen first: the layout changed.
        footer
            What the last row of the terminal says; None: what it said before. Only on a terminal.
        cursor
            As for :meth:`set_footer`; only together with `footer`.
        changes
            What makes this frame of the last one drawn: cursor moves and cells, as if it stood at the top left of the
            terminal. None: the whole frame is written.

        Raises
        ------
        OSError
            The terminal or pipe is gone (BrokenPipeError: whoever read it had enough), or takes nothing (TimeoutError).
        """
        if not self._interactive:
            self._write(text.encode() + b"\n")
            return
        with self._lock:
            if footer is not None:
                self._footer_shown &= footer.encode() == self._footer
                self._footer, self._cursor = footer.encode(), cursor
            self._frame = text.encode().split(b"\n")
            self._clear |= clear
            size = self.size()
            fits = len(self._frame) <= size[1] - bool(self._footer)
            if changes is None or self._clear or size != self._drawn_on or not fits:
                self._write(self._update())
            else:
                self._write(self._changes(changes.encode(), *size))

    def set_footer(self, text: str, cursor: int | None = None) -> None:
        """Change the last row alone, if it says something else. Only on a terminal.

        Parameters
        ----------
        text
            What it says.
        cursor
            The column, from 0, where the cursor stands in it, for who types there; None: there is no cursor.
        """
        footer = text.encode()
        with self._lock:
            if self._interactive and (footer != self._footer or cursor != self._cursor):
                self._footer, self._cursor = footer, cursor
                self._footer_shown = True
                _, rows = self.size()
                self._write(b"".join([self._begin, *self._last_row(rows), self._stand(rows), self._end]))

    def set_overlay(self, rows: Sequence[str], place: Place = "middle") -> None:
        """Lay a box over every frame from now on; without rows, none. Only on a terminal.

        Parameters
        ----------
        rows
            Text of equal widths in cells.
        place
            In the middle, or at the left above the last row; what lies in the middle lies above it.
        """
        with self._lock:
            overlay = _Overlay([row.encode() for row in rows], max(map(cells, rows), default=0))
            if not self._interactive or overlay == self._overlays[place]:
                return
            # What a smaller box leaves uncovered must be drawn again.
            self._clear |= not overlay.covers(self._overlays[place])
            self._overlays[place] = overlay
            self._write(self._update())

    def forget(self) -> None:
        """The next frame has nothing to do with those before: wipe the screen first."""
        self._clear = True

    def _update(self) -> bytes:
        self._drawn_on = columns, rows = self.size()
        shown = self._frame[: rows - 1] if self._footer else self._frame[:rows]
        clear, self._clear = self._clear, False
        last_row = self._last_row(rows) if self._footer and (clear or not self._footer_shown) else ()
        self._footer_shown = True
        return b"".join(
            [
                self._begin,
                self._hide(),
                _CLEAR if clear else b"",
                _HOME,
                b"\r\n".join(shown),
                _RESET,
                *self._boxes(columns, rows),
                *last_row,
                self._stand(rows),
                self._end,
            ]
        )

    def _changes(self, changes: bytes, columns: int, rows: int) -> bytes:
        last_row = () if self._footer_shown or not self._footer else self._last_row(rows)
        self._footer_shown = True
        boxes = self._boxes(columns, rows)
        return b"".join([self._begin, self._hide(), changes, *boxes, *last_row, self._stand(rows), self._end])

    def _boxes(self, columns: int, rows: int) -> Iterator[bytes]:
        footers = bool(self._footer)
        for place, overlay in self._overlays.items():
            height = len(overlay.rows)
            if place == "middle":
                top, left = (rows - height) // 2 + 1, (columns - overlay.columns) // 2 + 1
            else:
                top, left = rows - footers - height + 1, 1
            for number, row in enumerate(overlay.rows[: rows - 1]):
                yield b"\x1b[%d;%dH%s" % (max(1, top) + number, max(1, left), row)

    def _hide(self) -> bytes:
        """A cursor that is to be seen must not run over the picture."""
        return _HIDE_CURSOR if self._cursor_shown else b""

    def _stand(self, rows: int) -> bytes:
        """Put the cursor where somebody types, or nowhere."""
        if self._cursor is None:
            hide, self._cursor_shown = self._hide(), False
            return hide
        self._cursor_shown = True
        return b"\x1b[%d;%dH%s" % (rows, self._cursor + 1, _SHOW_CURSOR)

    def _last_row(self, rows: int) -> tuple[bytes, ...]:
        return (b"\x1b[%d;1H\x1b[2K" % rows, _REVERSE, self._footer, _RESET)

    def enter(self) -> None:
        """Take the terminal; the block's beginning does that. Again after :meth:`leave`, and the frame is back."""
        self._entered = True
        self._write(_ENTER)
        if self._frame:  # after a stop
            self._clear = True
            self._write(self._update())

    def leave(self) -> None:
        """Give the terminal back, as it was; the block's end does that. What is drawn from now on is not shown."""
        # A frame that another thread is writing comes before it; but one that hangs is not waited for.
        alone = self._lock.acquire(timeout=_LEAVE_WAIT)
        try:
            # Leaving the alternate screen moves the cursor back to where it was: never twice.
            if self._entered:
                self._write(_LEAVE)
                self._entered = False
        finally:
            if alone:
                self._lock.release()

    def size(self) -> tuple[int, int]:
        """Columns and rows of the terminal now."""
        try:
            columns, rows = os.get_terminal_size(self._descriptor)
        except OSError:
            columns, rows = 0, 0
        return columns or _UNKNOWN_SIZE[0], rows or _UNKNOWN_SIZE[1]

    def _write(self, data: bytes) -> None:
        if self._interactive and not self._entered:
            return  # put aside: what is new is drawn on coming back
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(self._descriptor, view) :]
            except BlockingIOError:
                # Somebody made the terminal non-blocking; it is often one open file with standard input.
                _, ready, _ = select.select([], [self._descriptor], [], self._patience)
                if not ready:
                    raise TimeoutError("the terminal takes nothing") from None
