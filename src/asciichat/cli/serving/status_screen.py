"""The live status screen of a server: where it is, who is in the call and what goes on, and the log below."""

from __future__ import annotations

import errno
import os
import queue
import signal
import termios
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

from asciichat.protocol.text import printable
from asciichat.terminal.capabilities import detect, find_color, is_in_front
from asciichat.terminal.guard import Guard
from asciichat.terminal.screen import Screen
from asciichat.terminal.width import cells, cut, wrap

from .rates import EVERY, Report, Watcher
from .table import ServerTable

if TYPE_CHECKING:
    from asciichat.server import Server

    from .held_lines import HeldLines

RESIZED: Final = "resized"
"""The word that has the screen drawn at once."""
_PATIENCE: Final = 0.2
"""Seconds that a terminal which takes nothing (Ctrl-S, a line that hangs) is waited for: the call does not wait for it."""
_WRAPPED: Final = "\x1b[?7h%s\x1b[?7l"
"""What is longer than a row is broken by the terminal itself, which then copies it as one line."""
_LEAST_TO_BREAK: Final = 30
"""Columns; on a narrower terminal each line of the log has one row."""
_INDENT: Final = "  "


class _Row(NamedTuple):
    text: str
    height: int = 1
    """Rows of the terminal."""


class ServerScreen:
    """Draws a server's state on the terminal, twice a second; a context manager, for the main thread.

    What is written to standard error is held back meanwhile and shown below the table. While the program is stopped or
    in the background the terminal belongs to others, and so it does after the block, however that ends.

    Parameters
    ----------
    server
        What to show.
    lines
        What stands for standard error.
    notices
        Sentences that stay on the screen, whole: people copy what is in them.
    """

    def __init__(self, server: Server, lines: HeldLines, notices: Sequence[str]) -> None:
        self._lines = lines
        self._watcher = Watcher(server)
        color = find_color(os.environ, tty=True).value != "none"
        self._table = ServerTable(utf8=detect().utf8.value, color=color)
        self._notices = [self._table.shown(printable(notice)) for notice in notices]
        self._report: Report | None = None
        self._due = time.monotonic()
        self._rows: list[_Row] = []
        self._size = (0, 0)
        self._shown = False
        self._gone = False
        self._modes: list[Any] | None = None

    def __enter__(self) -> Self:
        with ExitStack() as undo:
            # An open file of its own, which alone does not block.
            flags = os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC
            self._terminal = os.open("/dev/tty", flags)
            undo.callback(os.close, self._terminal)
            # SIGTERM and SIGHUP mean something else to a server.
            guard = undo.enter_context(Guard(ending=(signal.SIGQUIT,)))
            self._screen = Screen(guard, descriptor=self._terminal, synchronized=False, patience=_PATIENCE)
            guard.make(self._take, self._give)
            self._undo = undo.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._undo.close()

    def next_word(self, asked: queue.SimpleQueue[str]) -> str:
        """Draw until there is a word that means something to others."""
        while True:
            wait = None if self._gone else max(0.0, self._due - time.monotonic())
            try:
                word = asked.get(timeout=wait)
            except queue.Empty:
                word = RESIZED
            if word != RESIZED:
                return word
            self._go_on()

    def hand_back(self) -> None:
        """Give the terminal back at once, from any thread, before the process ends on the spot."""
        with suppress(OSError):
            self._screen.leave()
        self._echo()

    # --- the terminal ----------------------------------------------------------------------------------------------

    def _take(self) -> None:
        if self._shown or self._gone or not is_in_front(2):
            return
        self._shown = True
        self._lines.hold()
        with suppress(termios.error):
            modes = termios.tcgetattr(self._terminal)
            self._modes = [*modes[:6], list(modes[6])]
            modes[3] &= ~termios.ECHO  # what is typed would stand in the middle of the table
            termios.tcsetattr(self._terminal, termios.TCSANOW, modes)
        self._size = (0, 0)  # draw everything
        self._screen.enter()

    def _give(self) -> None:
        if not self._shown:
            return
        self._shown = False
        try:
            self._screen.leave()
        except OSError:
            return  # it takes nothing, or is gone: lines written there would have the call wait, or its end
        finally:
            self._echo()
        self._lines.release()

    def _echo(self) -> None:
        modes, self._modes = self._modes, None
        if modes is not None:
            # From the background this would stop us.
            before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTOU})
            with suppress(termios.error):
                termios.tcsetattr(self._terminal, termios.TCSANOW, modes)
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    # --- drawing ---------------------------------------------------------------------------------------------------

    def _go_on(self) -> None:
        """Look at the server if it is time, and draw."""
        now = time.monotonic()
        if now >= self._due or self._report is None:
            self._due = now + EVERY
            self._report = self._watcher.look()
        try:
            if is_in_front(2):
                self._take()
                self._draw(self._report)
            else:
                self._give()
        except OSError as error:
            self._size = (0, 0)  # nobody knows what stands there
            # It takes nothing now; or it is gone, and there is nobody to show anything.
            self._gone = error.errno in (errno.EIO, errno.ENOTTY, errno.ENXIO)

    def _draw(self, report: Report) -> None:
        size = self._screen.size()
        rows = self._drawn(report, *size)
        text = "\n".join(row.text for row in rows)
        if size != self._size or [row.height for row in rows] != [row.height for row in self._rows]:
            self._screen.draw(text, clear=True)
        else:
            # Only what is new: what somebody has selected, to copy it, stays selected.
            changes, top = [], 1
            for row, before in zip(rows, self._rows, strict=True):
                if row != before:
                    changes.append(f"\x1b[{top};1H\x1b[2K{row.text}")
                top += row.height
            self._screen.draw(text, changes="".join(changes))
        self._rows, self._size = rows, size

    def _drawn(self, report: Report, columns: int, height: int) -> list[_Row]:
        """What stands on the screen, from the top: totals, notices, the table, the log."""
        rows = [_Row(self._table.totals(report, columns))]
        left = height - 1
        # Who is in the call comes before what was said at the beginning, where there is not room for both.
        kept = min(self._table.height(report), left // 2)
        for notice in self._notices:
            needed = -(-cells(notice) // columns)
            if needed <= left - kept:
                rows.append(_Row(_WRAPPED % notice, needed))
                left -= needed
        table = self._table.rows(report, columns, left - left // 4)
        rows += map(_Row, table)
        left -= len(table)
        if left > 1:
            rows.append(_Row(self._table.rule("log", columns)))
            log = [
                row
                for line in self._lines.last(left - 1)
                for row in _broken(self._table.shown(line), columns)
            ][1 - left :]
            rows += [_Row(row) for row in log + [""] * (left - 1 - len(log))]
        return rows


def _broken(line: str, columns: int) -> list[str]:
    """A line of the log in rows of at most so many cells: why somebody left stands at its end."""
    if columns < _LEAST_TO_BREAK:
        return [cut(line, columns)]
    first, *others = wrap(line, columns)
    if others:
        others = wrap(line[len(first) :].lstrip(), columns - len(_INDENT))
    return [first, *(f"{_INDENT}{other}" for other in others)]
