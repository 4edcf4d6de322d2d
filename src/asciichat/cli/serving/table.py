"""The table of a server's status screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from asciichat.protocol.text import one_line
from asciichat.server import ClientSnapshot
from asciichat.terminal.width import cells, cut, fill, shorten

from .rates import Rates, Report

_Cell = tuple[str, str]
"""A text, and the sequence that begins its style."""
_PLAIN: Final = "\x1b[0m"
_BOLD: Final = "\x1b[1m"
_DIM: Final = "\x1b[2m"
_REVERSE: Final = "\x1b[7m"
_RED: Final = "\x1b[31m"
_GREEN: Final = "\x1b[32m"
_YELLOW: Final = "\x1b[33m"
_UNCOLORED: Final = ("", _BOLD, _DIM)
_LONGEST: Final = 160
"""Bytes of a text that may stand in a cell."""
_HEAD: Final = 2
"""Rows above the first client."""


class _Column(NamedTuple):
    heading: str
    width: int
    """Cells that it has at least."""
    most: int
    importance: int
    """The larger, the sooner it is left out where the terminal is narrow."""
    cell: Callable[[ClientSnapshot, Rates], _Cell]
    right: bool = True


def _sound(client: ClientSnapshot, _: Rates) -> _Cell:
    if client.state.muted:
        return "muted", _RED
    if not client.state.sends_sound:
        return "off", _DIM
    return ("speaks", _GREEN) if client.speaking else ("on", "")


def _host(client: ClientSnapshot, _: Rates) -> _Cell:
    return _foreign(client.address.rpartition(":")[0].strip("[]")), ""  # the log has the port


def _foreign(text: str) -> str:
    """A text from outside, without anything that steers a terminal."""
    return one_line(text, _LONGEST)


def _screen(client: ClientSnapshot, _: Rates) -> _Cell:
    return (f"{client.state.columns}x{client.state.rows}", "") if client.state.ready else ("", "")


def _lateness(client: ClientSnapshot, _: Rates) -> _Cell:
    worst = max(client.video_lateness["p99_us"], client.audio_lateness["p99_us"]) / 1000
    return f"{worst:.1f} ms", _YELLOW if worst > 10 else ""


def _line(client: ClientSnapshot, _: Rates) -> _Cell:
    return ("", "") if client.line_rate is None else (f"{client.line_rate / 1000:.0f}", _YELLOW)


def _pictures_in(client: ClientSnapshot, rates: Rates) -> _Cell:
    return (f"{rates.pictures_in:.0f}", "") if client.state.sends_video else ("off", _DIM)


_COLUMNS: Final = (
    _Column("name", 12, 40, 0, lambda client, _: (_foreign(client.state.name), _BOLD), right=False),
    _Column("address", 15, 45, 4, _host, right=False),
    _Column("screen", 7, 9, 5, _screen),
    _Column("fps in", 6, 6, 2, _pictures_in),
    _Column("out", 4, 4, 2, lambda _, rates: (f"{rates.pictures_out:.0f}", "")),
    _Column("KB/s in", 7, 7, 3, lambda _, rates: (f"{rates.bytes_in / 1000:.0f}", "")),
    _Column("out", 6, 6, 3, lambda _, rates: (f"{rates.bytes_out / 1000:.0f}", "")),
    _Column("line KB/s", 9, 9, 7, _line),
    _Column("sound", 6, 6, 1, _sound),
    _Column("p99 late", 8, 8, 6, _lateness),
)


class ServerTable:
    """Draws reports as rows of text.

    Parameters
    ----------
    utf8
        The terminal shows UTF-8.
    color
        It shows colours.
    """

    def __init__(self, *, utf8: bool, color: bool = True) -> None:
        self._utf8 = utf8
        self._color = color
        self._line = "─" if utf8 else "-"

    def totals(self, report: Report, columns: int) -> str:
        """The line at the top, as wide as the terminal."""
        hours, seconds = divmod(int(report.uptime), 3600)
        text = ""
        for fact in (
            f" {len(report.clients)}/{report.most} clients",
            f"up {hours}:{seconds // 60:02}:{seconds % 60:02}",
            f"CPU {report.processor:.0%}",
            f"in {sum(rates.bytes_in for _, rates in report.clients) / 1000:.0f} KB/s",
            f"out {sum(rates.bytes_out for _, rates in report.clients) / 1000:.0f} KB/s",
        ):
            longer = f"{text}   {fact}" if text else fact
            if text and cells(longer) > columns:
                break
            text = longer
        return f"{_REVERSE}{fill(text, columns)}{_PLAIN}"

    def rule(self, title: str, columns: int) -> str:
        """A line with a word in it, as wide as the terminal."""
        return cut(f"{self._line * 2} {title} {self._line * columns}", columns)

    def height(self, report: Report) -> int:
        """How many rows the whole table has."""
        return len(report.clients) + _HEAD if report.clients else 1

    def rows(self, report: Report, columns: int, most: int) -> list[str]:
        """The table in at most `most` rows of `columns` cells; whoever has no room is counted."""
        if not report.clients:
            return [fill(" Nobody is in the call.", columns)][:most]
        shown = report.clients
        if len(shown) + _HEAD > most:
            shown = shown[: max(0, most - _HEAD - 1)]
        rows = self._drawn(shown, columns) if shown else []
        if left := len(report.clients) - len(shown):
            rows.append(fill(f" and {left} more" if shown else f" {left} in the call", columns))
        return rows[:most]

    def _drawn(self, clients: Sequence[tuple[ClientSnapshot, Rates]], columns: int) -> list[str]:
        chosen = _that_fit(columns)
        lines = [[self._cell(column.cell(client, rates)) for column in chosen] for client, rates in clients]
        widths = [column.width for column in chosen]
        # What is left goes to the texts that are longer than their columns, from the left.
        room = columns - sum(widths) - len(widths) + 1
        for place, column in enumerate(chosen):
            longest = max(cells(line[place][0]) for line in lines)
            more = max(0, min(longest, column.most, column.width + room) - column.width)
            widths[place] += more
            room -= more
        heading = [(column.heading, _DIM) for column in chosen]
        rows = [self._row(line, chosen, widths, columns) for line in (heading, *lines)]
        return [rows[0], self._line * min(columns, sum(widths) + len(widths) - 1), *rows[1:]]

    def _row(
        self, line: Sequence[_Cell], chosen: Sequence[_Column], widths: Sequence[int], columns: int
    ) -> str:
        shown = []
        for (text, style), column, width in zip(line, chosen, widths, strict=True):
            placed = self._placed(text, min(width, columns), right=column.right)
            shown.append(f"{style}{placed}{_PLAIN}" if style and text else placed)
        return " ".join(shown)

    def _placed(self, text: str, width: int, *, right: bool) -> str:
        """A text in exactly so many cells; where it was cut there is a mark."""
        if cells(text) > width:
            return fill(shorten(text, width, "…" if self._utf8 else ""), width)
        return text.rjust(width) if right else fill(text, width)  # what stands at the right is plain ASCII

    def _cell(self, cell: _Cell) -> _Cell:
        text, style = cell
        return self.shown(text), style if self._color or style in _UNCOLORED else ""

    def shown(self, text: str) -> str:
        """A text as this terminal shows it."""
        return text if self._utf8 else text.encode("ascii", "replace").decode()


def _that_fit(columns: int) -> list[_Column]:
    """The columns there is room for, in their order; those of one importance come together."""
    chosen: set[int] = set()
    used = 0
    for importance in sorted({column.importance for column in _COLUMNS}):
        places = [place for place, column in enumerate(_COLUMNS) if column.importance == importance]
        width = sum(_COLUMNS[place].width + 1 for place in places)
        if used + width <= columns + 1 or not chosen:
            chosen.update(places)
            used += width
    return [_COLUMNS[place] for place in sorted(chosen)]
