"""What the keys do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import zip_longest
from typing import Final, NamedTuple

from asciichat.terminal.width import cells, fill, wrap

_LEAST_MEANING: Final = 8
"""Cells; narrower than this nothing is wrapped."""


class Control(NamedTuple):
    """A key, or several that do the same."""

    keys: tuple[str, ...]
    """Names as :class:`~asciichat.terminal.keys.KeyDecoder` gives them."""
    label: str
    """How the help writes them; "": it does not, there is nothing for them to do now."""
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
        """A line for each control; in two columns where that makes them fit into a box of `columns` x `rows` cells, and in
        several rows where they are too long."""
        shown = {(control.label, control.meaning): None for control in self._controls if control.label}
        width = max(cells(label) for label, _ in shown)
        lines = [f"{fill(label, width)}  {meaning}" for label, meaning in shown]  # several keys may share one
        half = (len(lines) + 1) // 2
        widest = max(map(cells, lines[:half]))
        if len(lines) > rows and widest + 2 + max(map(cells, lines[half:]), default=0) <= columns:
            return [
                f"{fill(left, widest)}  {right}"
                for left, right in zip_longest(lines[:half], lines[half:], fillvalue="")
            ]
        room = max(_LEAST_MEANING, columns - width - 2)
        return [
            f"{fill(beginning, width)}  {row}"
            for label, meaning in shown
            for beginning, row in zip_longest([label], wrap(meaning, room), fillvalue="")
        ]


def absent(why: Mapping[tuple[str, ...], str], say: Callable[[str], None]) -> list[Control]:
    """Keys that have nothing to act upon, and say so; to be put before those that may have.

    Parameters
    ----------
    why
        What to say for keys.
    say
        Tells the person.
    """
    return [Control(keys, "", "", partial(say, sentence)) for keys, sentence in why.items()]
