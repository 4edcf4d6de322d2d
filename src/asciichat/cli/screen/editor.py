"""A line that somebody types."""

from __future__ import annotations

from typing import Final

from asciichat.terminal.width import cells, cut, width

_LINES_KEPT: Final = 100
"""Lines of one's own that can be fetched back."""


class LineEditor:
    """The line, the place in it where the next character goes, and the lines before it.

    Its keys are those of other programs: arrows, Home and End, Backspace and Delete, Ctrl-A, -E, -U, -K and -W.

    Parameters
    ----------
    limit
        Bytes in UTF-8 that a line may take; what goes beyond is not taken in.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._history: list[str] = []
        self._shown = 0  # which line of the history is in the editor; behind the last: a new one
        self._draft = ""
        self.text = ""
        self.place = 0
        """Characters before the place."""
        self.left_out = 0
        """Characters of the last key or paste for which there was no room."""

    def press(self, key: str) -> bool:
        """Do what a key is for; False: it is for nothing here."""
        self.left_out = 0
        action = {
            "left": lambda: self._move(self._before()),
            "right": lambda: self._move(self._after()),
            "home": lambda: self._move(0),
            "ctrl-a": lambda: self._move(0),
            "end": lambda: self._move(len(self.text)),
            "ctrl-e": lambda: self._move(len(self.text)),
            "backspace": lambda: self._delete(self._before(), self.place),
            "delete": lambda: self._delete(self.place, self._after()),
            "ctrl-u": lambda: self._delete(0, self.place),
            "ctrl-k": lambda: self._delete(self.place, len(self.text)),
            "ctrl-w": lambda: self._delete(self._word(), self.place),
            "up": lambda: self._fetch(self._shown - 1),
            "down": lambda: self._fetch(self._shown + 1),
        }.get(key)
        if action is not None:
            action()
        elif len(key) == 1:
            self.insert(key)
        return action is not None or len(key) == 1

    def insert(self, text: str) -> None:
        """Put text at the place; line ends and tabs become blanks, other control characters are left out."""
        blanks = " ".join(text.replace("\r\n", "\n").replace("\t", " ").splitlines())
        room = self._limit - len(self.text.encode())
        wanted = "".join(char for char in blanks if char.isprintable())
        taken = wanted.encode(errors="ignore")[: max(0, room)].decode(errors="ignore")
        self.left_out = len(wanted) - len(taken)
        self.text = self.text[: self.place] + taken + self.text[self.place :]
        self.place += len(taken)

    def take(self) -> str:
        """The line as it is; a new one begins."""
        line = self.text
        if line.strip() and line not in self._history[-1:]:
            self._history = [*self._history, line][-_LINES_KEPT:]
        self._shown = len(self._history)
        self.text, self.place = "", 0
        return line

    def view(self, columns: int) -> tuple[str, int]:
        """The part of the line around the place that fits into some cells, and the place's cell in it."""
        room = max(1, columns - 1)  # the cursor may stand behind the last character
        start = self.place
        while start > 0 and cells(self.text[start - 1 : self.place]) <= room * 2 // 3:
            start -= 1
        if cells(self.text) <= room:
            start = 0
        return cut(self.text[start:], room), cells(self.text[start : self.place])

    def _move(self, place: int) -> None:
        self.place = place

    def _delete(self, start: int, end: int) -> None:
        self.text = self.text[:start] + self.text[end:]
        self.place = start

    def _before(self) -> int:
        """The beginning of the character before the place, with what stands on it."""
        place = max(0, self.place - 1)
        while place > 0 and width(self.text[place]) == 0:
            place -= 1
        return place

    def _after(self) -> int:
        place = min(len(self.text), self.place + 1)
        while place < len(self.text) and width(self.text[place]) == 0:
            place += 1
        return place

    def _word(self) -> int:
        """The beginning of the word before the place."""
        return self.text[: self.place].rstrip().rfind(" ") + 1

    def _fetch(self, number: int) -> None:
        if not 0 <= number <= len(self._history) or number == self._shown:
            return
        if self._shown == len(self._history):
            self._draft = self.text
        self._shown = number
        self.text = self._draft if number == len(self._history) else self._history[number]
        self.place = len(self.text)
