"""The line at the bottom of the screen: who is here, what is on and off, and what just happened."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from asciichat.media.source import Clock
from asciichat.terminal.text import harmless_line
from asciichat.terminal.width import cells, fill, shorten

MESSAGE_SECONDS: Final = 6.0
"""How long a message stays before the hints come back."""
NEWS_SECONDS: Final = 2.5
"""How long one piece of news stays at least before the next takes its place."""
_NEWS_KEPT: Final = 4
"""Older news would be told long after it happened."""

Fact = str | Callable[[int], str]
"""Something that holds for longer: a text, or what makes one that fits into some cells."""


class StatusLine:
    """What the status line says. Any thread may change it.

    Parameters
    ----------
    utf8
        The terminal shows UTF-8.
    hints
        What the keys do, shown when there is no message; the first that leaves the facts their room.
    """

    def __init__(self, *, utf8: bool, hints: Sequence[str], clock: Clock = time.monotonic) -> None:
        self._utf8 = utf8
        self._hints = hints
        self._clock = clock
        self._lock = threading.Lock()  # a leaf
        self._message = ""
        self._since = self._until = 0.0
        self._news: deque[str] = deque(maxlen=_NEWS_KEPT)
        self.facts: list[Fact] = []
        """At the left, in this order. Those that can be made to fit get the room that the others leave."""

    def say(self, message: str, seconds: float = MESSAGE_SECONDS) -> None:
        """Show a message at once, for some time: the answer to a key."""
        with self._lock:
            self._begin(message, seconds)

    def tell(self, news: str) -> None:
        """Show a message once those before it could be read: what happens by itself, and may happen in crowds."""
        with self._lock:
            self._news.append(news)

    @property
    def message(self) -> str:
        """The message, while it is shown."""
        now = self._clock()
        with self._lock:
            if self._news and now >= min(self._until, self._since + NEWS_SECONDS):
                self._begin(self._news.popleft(), MESSAGE_SECONDS)
            message = self._message if now < self._until else ""
        return self._shown(message)

    def _begin(self, message: str, seconds: float) -> None:
        self._message = harmless_line(message)
        self._since = self._clock()
        self._until = self._since + seconds

    def text(self, columns: int) -> str:
        """The line, `columns` cells wide: facts at the left, the message or the hints at the right."""
        if right := self.message:
            left = self._left(columns - cells(right) - 3)
            room = columns - cells(left) - 3
            # A message is worth more than the facts, unless it has to be cut all the same.
            if cells(right) > room and (cells(right) + 2 <= columns or room < columns // 2):
                left = ""
        else:
            right, left = "", self._left(columns - 2)
            for hint in map(self._shown, self._hints):
                if cells(left) + cells(hint) + 3 <= columns:
                    right = hint
                    break
        right = shorten(right, max(0, columns - cells(left) - 2), "…" if self._utf8 else "...")
        gap = columns - cells(left) - cells(right) - 1
        return fill(f"{left}{' ' * max(1, gap)}{right} ", columns)

    def _left(self, columns: int) -> str:
        fixed = sum(cells(self._shown(fact)) + 2 for fact in self.facts if isinstance(fact, str))
        room = columns - fixed
        facts = [fact if isinstance(fact, str) else fact(room) for fact in self.facts]
        return f" {'  '.join(map(self._shown, facts))}" if facts else ""

    def _shown(self, text: str) -> str:
        return text if self._utf8 else _ascii(text)


def _ascii(text: str) -> str:
    for nice, plain in (
        ("🔒 ", ""),
        ("🔓 ", ""),
        ("●", "*"),
        ("·", "-"),
        ("…", "..."),
        ("–", "-"),
        ("×", "x"),
    ):
        text = text.replace(nice, plain)
    return text.encode("ascii", "replace").decode()
