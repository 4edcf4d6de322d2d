"""How much goes on at a server, from what it counted a moment ago and now."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from asciichat.server import ClientSnapshot, Server

EVERY: Final = 0.5
"""Seconds between two looks."""
_LOOKS: Final = 5
"""Rates are of the time between the first of so many looks and the last: two seconds."""
_COUNTED: Final = ("pictures_in", "pictures_out", "bytes_in", "bytes_out")


class Rates(NamedTuple):
    """What goes on, each second."""

    pictures_in: float
    pictures_out: float
    bytes_in: float
    bytes_out: float


@dataclass(frozen=True, slots=True)
class Report:
    """A server at one moment.

    Attributes
    ----------
    clients
        Everybody in the call with what goes on, who joined first at the beginning.
    most
        How many may be in the call.
    uptime
        Seconds since the first look.
    processor
        Seconds of processor time a second that the process takes.
    """

    clients: list[tuple[ClientSnapshot, Rates]]
    most: int
    uptime: float
    processor: float


class _Look(NamedTuple):
    at: float
    processor: float
    counts: dict[int, tuple[int, ...]]


class Watcher:
    """Looks at a server again and again.

    Parameters
    ----------
    server
        Which one.
    clock, processor
        The time, and the processor time of the process, in seconds.
    """

    def __init__(
        self,
        server: Server,
        clock: Callable[[], float] = time.monotonic,
        processor: Callable[[], float] = time.process_time,
    ) -> None:
        self._server = server
        self._clock = clock
        self._processor = processor
        self._began = clock()
        self._looks = deque([_Look(self._began, processor(), {})], maxlen=_LOOKS)

    def look(self) -> Report:
        """The server now."""
        clients = self._server.clients()
        counts = {client.id: tuple(client.counts[name] for name in _COUNTED) for client in clients}
        now = _Look(self._clock(), self._processor(), counts)
        before = self._looks[0]
        self._looks.append(now)
        passed = max(1e-3, now.at - before.at)
        return Report(
            clients=[(client, _rates(client, before, now)) for client in clients],
            most=self._server.config.max_clients,
            uptime=now.at - self._began,
            processor=(now.processor - before.processor) / passed,
        )


def _rates(client: ClientSnapshot, before: _Look, now: _Look) -> Rates:
    # Who was not there then has been counted from nothing since it came.
    seconds = now.at - before.at if client.id in before.counts else client.connected
    then = before.counts.get(client.id, (0,) * len(_COUNTED))
    return Rates(
        *(
            (count - count_then) / max(seconds, EVERY)
            for count, count_then in zip(now.counts[client.id], then, strict=True)
        )
    )
