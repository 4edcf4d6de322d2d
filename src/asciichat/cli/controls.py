"""What the keys do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple


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

    def help(self) -> list[str]:
        """A line for each control."""
        width = max(len(control.label) for control in self._controls)
        lines = [f"{control.label:<{width}}  {control.meaning}" for control in self._controls]
        return list(dict.fromkeys(lines))  # several keys may share a line
