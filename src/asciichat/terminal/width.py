"""How many cells text takes on a terminal."""

from __future__ import annotations

import unicodedata
from typing import Final

_NO_CELL: Final = ("Mn", "Me", "Cf")
"""Categories of characters that stand on the one before them, or nowhere."""


def cells(text: str) -> int:
    """How many cells a text takes."""
    return len(text) if _one_each(text) else sum(map(width, text))


def width(character: str) -> int:
    """How many cells a character takes: 0, 1 or 2."""
    if character < "\x7f":
        return 1 if character >= " " else 0
    if not character.isprintable() or unicodedata.category(character) in _NO_CELL:
        return 0
    if "\u1160" <= character <= "\u11ff" or "\ud7b0" <= character <= "\ud7ff":
        return 0  # the second and third letters of a Hangul syllable stand in the cells of the first
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _one_each(text: str) -> bool:
    """Whether every character takes one cell, as in most texts: found out much sooner than how many each takes."""
    return text.isascii() and text.isprintable()


def cut(text: str, columns: int) -> str:
    """The beginning of a text that fits into some cells."""
    if _one_each(text):
        return text[: max(0, columns)]
    used = 0
    for place, character in enumerate(text):
        used += width(character)
        if used > columns:
            return text[:place]
    return text


def shorten(text: str, columns: int, mark: str = "…") -> str:
    """The text, or as much of its beginning as fits with a mark behind it that says so."""
    if cells(text) <= columns:
        return text
    return cut(text, columns - cells(mark)) + mark if columns > cells(mark) else cut(text, columns)


def fill(text: str, columns: int) -> str:
    """The text cut, or filled up with blanks, to exactly so many cells."""
    text = cut(text, columns)
    return text + " " * (columns - cells(text))


def wrap(text: str, columns: int) -> list[str]:
    """The text in rows of at most so many cells (2 or more), broken between words where there are any."""
    rows: list[str] = []
    while cells(text) > columns:
        row = cut(text, columns)
        if text[len(row)] != " " and (blank := row.rfind(" ")) > 0:
            row = row[:blank]
        rows.append(row.rstrip())
        text = text[len(row) :].lstrip()
    return [*rows, text]
