"""Boxes of text over the picture."""

from __future__ import annotations

from collections.abc import Sequence

from asciichat.terminal.width import cells, cut, fill


def box(lines: Sequence[str], *, title: str, columns: int, rows: int, utf8: bool) -> list[str]:
    """Rows of a framed box, all equally wide, that fits into `columns` x `rows` cells; what does not fit is cut.

    Empty when there is no room for a frame around anything.
    """
    if columns < 8 or rows < 3:
        return []
    horizontal, vertical, corners = ("─", "│", "┌┐└┘") if utf8 else ("-", "|", "++++")
    inside = min(max([cells(line) for line in lines] + [cells(title) + 2]), columns - 4)
    heading = cut(f" {title} ", inside)
    top = corners[0] + horizontal + heading + horizontal * (inside + 1 - cells(heading)) + corners[1]
    bottom = corners[2] + horizontal * (inside + 2) + corners[3]
    body = [f"{vertical} {fill(line, inside)} {vertical}" for line in lines[: rows - 2]]
    return [top, *body, bottom]
