"""What the keys do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import zip_longest
from typing import NamedTuple

from asciichat.terminal.width import cells, fill


class Control(NamedTuple):
    """A key, or several that do the same."""

    keys: tuple[str, ...]
    """Names as :class:`~asciichat.terminal.keys.KeyDecoder` gives them."""
    label: str
    """How the help writes them."""
    meaning: str
    """What they do, for the help."""
    action: Callable[[], None]


class Controls:
    """The keys of a screen.

    Parameters
    ----------
    controls
        In the order of the help. Of two with the same key, the later one holds.
    """

    def __init__(self, controls: Iterable[Control]) -> None:
        self._controls = list(controls)
        self._actions = {key: control.action for control in self._controls for key in control.keys}

    def press(self, key: str) -> bool:
        """Do what a key is for; False if it is for nothing."""
        action = self._actions.get(key)
        if action is None:
            return False
        action()
        return True

    def help(self, columns: int = 80, rows: int = 1000) -> list[str]:
        """A line for each control; in two columns where that makes them fit into a box of `columns` x `rows` cells."""
        width = max(cells(control.label) for control in self._controls)
        lines = [f"{fill(control.label, width)}  {control.meaning}" for control in self._controls]
        lines = list(dict.fromkeys(lines))  # several keys may share a line
        half = (len(lines) + 1) // 2
        widest = max(map(cells, lines[:half]))
        if len(lines) <= rows or widest + 2 + max(map(cells, lines[half:]), default=0) > columns:
            return lines
        return [
            f"{fill(left, widest)}  {right}"
            for left, right in zip_longest(lines[:half], lines[half:], fillvalue="")
        ]
