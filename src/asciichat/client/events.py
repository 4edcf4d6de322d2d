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
WORDS_KEPT = 1000
"""Texts and notices that wait; past that the oldest go."""
SERVER_SLOT = 255
"""The slot of a text that the server itself wrote."""


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
    """A word from the server.

    Attributes
    ----------
    level
        A level of `logging`, as ``logging.WARNING``.
    message
        One line, without anything a terminal would act on.
    """

    level: int
    message: str


@dataclass(frozen=True, slots=True)
class Text:
    """A line that somebody in the call wrote, or the server.

    Attributes
    ----------
    sender
        What who wrote it was called at that time: one line, without anything a terminal would act on.
    slot
        The place of who wrote it, 0 to 31; 255: the server.
    text
        One line, 1 to 512 bytes in UTF-8, as harmless as the name.
    own
        We wrote it: a server gives everybody the same lines in the same order.
    """

    sender: str
    slot: int
    text: str
    own: bool


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the call, at one moment.

    Attributes
    ----------
    slot
        Its place, 0 to 31: whose place it is does not change before it has left.
    name
        One line, without anything a terminal would act on.
    me
        It is you.
    video, sound
        It sends pictures, sound.
    muted
        The operator muted it: nobody hears it.
    speaking
        It speaks. Looked at five times a second.
    """

    slot: int
    name: str
    me: bool
    video: bool
    sound: bool
    muted: bool
    speaking: bool


@dataclass(frozen=True, slots=True)
class People:
    """Everybody in the call, by slot: as it is now, after something about it has changed."""

    people: tuple[Person, ...]


Event = Picture | Sound | Notice | Text | People


class Inbox:
    """Events between the receive thread and whoever iterates: a picture, or a list of people, that nobody took yet is
    replaced by the newer one; words and sounds wait in order, each among their own; and neither side waits for the other
    longer than it takes to move an item."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._people: People | None = None
        self._words: deque[Text | Notice] = deque(maxlen=WORDS_KEPT)
        self._sounds: deque[Sound] = deque(maxlen=SOUNDS_KEPT)
        self._picture: Picture | None = None
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
            elif isinstance(event, Sound):
                self._sounds.append(event)
            elif isinstance(event, People):
                self._people = event
            else:
                self._words.append(event)
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
            while (event := self._take()) is None:
                left = None if deadline is None else deadline - time.monotonic()
                if self._closed or (left is not None and left <= 0):
                    return None
                self._changed.wait(left)
            return event

    def _take(self) -> Event | None:
        """What matters most first: a line is read by who knows that its writer is there."""
        if self._people is not None:
            people, self._people = self._people, None
            return people
        if self._words:
            return self._words.popleft()
        if self._sounds:
            return self._sounds.popleft()
        picture, self._picture = self._picture, None
        return picture

    @property
    def closed(self) -> bool:
        """Closed and empty."""
        with self._changed:
            waiting = self._people or self._words or self._sounds or self._picture
            return self._closed and not waiting
