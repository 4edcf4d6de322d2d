"""Tells clients how large their pictures are shown, so that they send no larger ones.

The video threads note the sizes in the room; one thread of the server looks at them when they change, and puts a
PICTURE_SIZE where one is due.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from asciichat._core.room import Room
from asciichat.protocol.payloads import PictureSize
from asciichat.protocol.types import Feature

if TYPE_CHECKING:
    from asciichat.server.client import Client

log = logging.getLogger(__name__)

HOLD: Final = 2.0
"""Seconds for which a smaller size must have held before it is told: who turns pages comes back to the old one."""
APART: Final = 0.25
"""Seconds between two words to one client at least: a window being resized passes many sizes."""
STEP: Final = 8
"""Pixels by which sizes differ: a cell more or less is not worth a word."""

Size = tuple[int, int]
NOBODY: Final = (0, 0)


class Told:
    """What one client was told last, and what it is to be told next.

    Parameters
    ----------
    now
        When it came, in seconds of any clock.
    """

    def __init__(self, now: float) -> None:
        self._told: Size | None = None
        self._told_at = now - APART
        self._smaller: Size | None = None  # the size of HOLD
        self._since = now

    def word(self, shown: Size, now: float) -> tuple[Size | None, float | None]:
        """What to tell it now, and in how many seconds to ask again although nothing changes; None: nothing, never.

        Parameters
        ----------
        shown
            The size at which its picture is shown.
        """
        wanted = (rounded_up(shown[0]), rounded_up(shown[1]))
        if wanted == self._told:
            self._smaller = None
            return None, None
        told = NOBODY if self._told is None else self._told
        if wanted[0] > told[0] or wanted[1] > told[1]:
            # Larger one way and smaller the other: at once too.
            wait = self._told_at + APART - now
        else:
            if wanted != self._smaller:
                self._smaller, self._since = wanted, now
            wait = self._since + HOLD - now
        if wait > 0:
            return None, wait
        self._told, self._told_at, self._smaller = wanted, now, None
        return wanted, None


def rounded_up(pixels: int) -> int:
    """The next multiple of STEP that fits into 16 bits."""
    return min(-(-pixels // STEP) * STEP, 0xFFFF)


class PictureSizes:
    """The thread that tells them.

    Parameters
    ----------
    room
        Where the sizes are noted.
    clients
        Gives those in the call.
    """

    def __init__(self, room: Room, clients: Callable[[], Iterable[Client]]) -> None:
        self._room = room
        self._clients = clients
        self._told: dict[int, Told] = {}
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="picture-sizes", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def look(self) -> None:
        """Somebody came or went: look again. Any thread."""
        self._room.wake_sizes()

    def stop(self) -> None:
        """End, and wait for it. Safe to call twice."""
        self._stopping = True
        self._room.wake_sizes()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while True:
            ticket = self._room.sizes_ticket()
            if self._stopping:
                return
            try:
                wait = self._tell(time.monotonic())
            except Exception:
                log.exception("clients cannot be told the sizes of their pictures")
                return
            self._room.wait_for_sizes(ticket, wait)

    def _tell(self, now: float) -> float | None:
        """Tell who is to be told; in how many seconds to look again although nothing changes."""
        soonest: float | None = None
        told: dict[int, Told] = {}
        for client in self._clients():
            if Feature.PICTURE_SIZE not in client.features:
                continue
            told[client.id] = state = self._told.get(client.id) or Told(now)
            size, wait = state.word(self._room.picture_size(client.slot), now)
            if size is not None:
                with contextlib.suppress(BufferError):  # it takes nothing any more
                    client.peer.control(PictureSize.TYPE, PictureSize(*size).encode())
            if wait is not None:
                soonest = wait if soonest is None else min(soonest, wait)
        self._told = told
        return soonest
