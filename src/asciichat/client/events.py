"""What arrives in a call."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

SOUNDS_KEPT = 100
"""Sound events that wait for a slow listener (2 s); past that the oldest go."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One frame of the call, drawn for your terminal.

    Attributes
    ----------
    text
        Rows joined by newlines, with SGR sequences where the call has colours.
    columns, rows
        Size of the text in cells.
    clear
        The layout changed: wipe the screen before you show it.
    changes
        What makes this picture of the one before it, written to a terminal that shows that one from its top left
        corner: cursor moves and the cells that differ. None: the whole text is needed.
    checked
        Every character of the text was understood: beside what is to be seen it holds colours and repetitions (REP),
        nothing else that a terminal would act on. Pictures of native servers are not checked.
    """

    text: str
    columns: int
    rows: int
    clear: bool = False
    changes: str | None = None
    checked: bool = False

    def after(self, missed: Picture) -> Picture:
        """This picture for who has not seen the one before it."""
        changes = None
        if self.changes is not None and missed.changes is not None:
            changes = missed.changes + self.changes
        return replace(self, clear=self.clear or missed.clear, changes=changes)


@dataclass(frozen=True, slots=True)
class Sound:
    """What the others said: float32, mono, 48 kHz, -1 to 1."""

    samples: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Notice:
    """A word from the server: `level` is a logging level."""

    level: int
    message: str


Event = Picture | Sound | Notice


class Inbox:
    """Events between the receive thread and whoever iterates: a picture that nobody took yet is replaced by the newer
    one, sounds wait in order, and neither side waits for the other longer than it takes to move an item."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._picture: Picture | None = None
        self._others: deque[Sound | Notice] = deque()
        self._closed = False
        self._listener: Callable[[], None] | None = None

    def listen(self, listener: Callable[[], None]) -> None:
        """Call this after every change from now on, on the thread that makes it."""
        self._listener = listener

    def put(self, event: Event) -> None:
        """Add an event."""
        with self._changed:
            if isinstance(event, Picture):
                self._picture = event if self._picture is None else event.after(self._picture)
            else:
                self._others.append(event)
                if len(self._others) > SOUNDS_KEPT:
                    self._others.popleft()
            self._changed.notify()
        self._tell()

    def close(self) -> None:
        """There will be no more; what waits can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._tell()

    def _tell(self) -> None:
        if self._listener is not None:
            self._listener()

    def get(self, timeout: float | None = None) -> Event | None:
        """The next event; None when `timeout` seconds passed, or when the inbox is closed and empty."""
        deadline = None if timeout is None else time.monotonic() + timeout
        with self._changed:
            while not self._others and self._picture is None:
                left = None if deadline is None else deadline - time.monotonic()
                if self._closed or (left is not None and left <= 0):
                    return None
                self._changed.wait(left)
            if self._others:
                return self._others.popleft()
            picture, self._picture = self._picture, None
            return picture

    @property
    def closed(self) -> bool:
        """Closed and empty."""
        with self._changed:
            return self._closed and not self._others and self._picture is None
