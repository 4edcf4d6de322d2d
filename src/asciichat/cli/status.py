"""The line at the bottom of the screen: who is here, what is on and off, and what just happened."""

from __future__ import annotations

import time
import unicodedata
from typing import Final

from asciichat.media.source import Clock
from asciichat.terminal.text import harmless_line

MESSAGE_SECONDS: Final = 6.0
"""How long a message stays before the hints come back."""


class StatusLine:
    """What the status line says. Any thread may change it.

    Parameters
    ----------
    utf8
        The terminal shows UTF-8.
    hints
        What the keys do, shown when there is no message.
    """

    def __init__(self, *, utf8: bool, hints: str, clock: Clock = time.monotonic) -> None:
        self._utf8 = utf8
        self._hints = hints
        self._clock = clock
        self._message = ""
        self._until = 0.0
        self.facts: list[str] = []
        """What holds for longer: at the left, in this order."""

    def say(self, message: str, seconds: float = MESSAGE_SECONDS) -> None:
        """Show a message for some time."""
        self._message = harmless_line(message)
        self._until = self._clock() + seconds

    def text(self, columns: int) -> str:
        """The line, `columns` cells wide: facts at the left, the message or the hints at the right."""
        facts = "  ".join(self.facts)
        right = self._message if self._clock() < self._until else self._hints
        if not self._utf8:
            facts, right = _ascii(facts), _ascii(right)
        left = f" {facts}" if facts else ""
        room = columns - cells(left) - 2
        if room < 8:  # a message is worth more than the facts
            left, room = "", columns - 2
        right = cut(right, max(0, room))
        gap = columns - cells(left) - cells(right) - 1
        line = cut(f"{left}{' ' * max(1, gap)}{right} ", columns)
        return line + " " * (columns - cells(line))


def cells(text: str) -> int:
    """How many cells a text takes on a terminal."""
    return sum(_width(character) for character in text)


def cut(text: str, columns: int) -> str:
    """The beginning of a text that fits into some cells."""
    used = 0
    for place, character in enumerate(text):
        used += _width(character)
        if used > columns:
            return text[:place]
    return text


def _width(character: str) -> int:
    if unicodedata.combining(character) or not character.isprintable():
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _ascii(text: str) -> str:
    for nice, plain in (
        ("🔒", "[secure]"),
        ("🔓", "[in clear]"),
        ("·", "-"),
        ("…", "..."),
        ("–", "-"),
        ("×", "x"),
    ):
        text = text.replace(nice, plain)
    return text.encode("ascii", "replace").decode()
