"""The herald: tells those in the call how many they are, who else is in it, who speaks, and what is written.

It is one thread. What each client was told stands in a table, and the herald sends what is missing to what is true, as long
as the client takes it: who reads slowly is told less often, but never something else than the others. What is written waits
in one list for all, in which each client has its place.

The herald sleeps until something changes; only while it has somebody to tell who speaks, or who did not take everything,
does it look again by itself.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from asciichat._core.room import SLOTS, Room
from asciichat.protocol.payloads import Payload, Presence, RemoteLog, ServerState, Speaking, TextLine
from asciichat.protocol.payloads.company import SERVER_SLOT
from asciichat.protocol.types import Feature, LogDirection, LogLevel, PresenceFlag
from asciichat.server.names import SERVER_NAME

if TYPE_CHECKING:
    from asciichat.server.client import Client
    from asciichat.server.snapshot import ClientState

log = logging.getLogger(__name__)

PACE: Final = 0.1
"""Seconds between two rounds at least: who changes all the time does not keep everybody else busy."""
LOOK: Final = 0.2
"""Seconds after which it looks by itself who speaks, and who takes packets again."""
RESERVED: Final = 16
"""Places in a client's control queue that the herald leaves to others, as to the reason why the client is let go."""
LINES: Final = 512
"""Lines that wait for those who read slowly; past that the oldest go."""


class _Person(NamedTuple):
    id: int
    flags: PresenceFlag
    name: str


class _Line(NamedTuple):
    number: int
    author: int | None  # a client's id
    slot: int
    name: str
    text: str


@dataclass(slots=True)
class _Truth:
    """How things stand at the beginning of a round."""

    connected: int
    people: list[_Person | None]  # by slot
    speaking: int  # the slots of those who speak, as bits
    lines: list[_Line]
    written: int  # the number of the next line
    next_lines: dict[int, int]  # the number of the line a client gets next, by client id


@dataclass(slots=True)
class _Told:
    """What one client knows."""

    connected: int = 0
    people: list[_Person | None] = field(default_factory=lambda: [None] * SLOTS)
    speaking: int | None = None


class Herald:
    """Tells those in the call of each other.

    Parameters
    ----------
    clients
        Everybody in the call at the moment it is called.
    room
        Knows who speaks.
    """

    def __init__(self, clients: Callable[[], list[Client]], room: Room) -> None:
        self._clients = clients
        self._room = room
        self._told: dict[int, _Told] = {}  # by client id; the thread's alone, and so are the next three
        self._speaking: set[int] = set()  # ids
        self._looked = 0.0
        self._patience: float | None = None  # how long it sleeps if nobody wakes it
        self._lock = threading.Lock()  # a leaf: guards what follows
        self._changed = threading.Condition(self._lock)
        self._woken = False
        self._stopping = False
        self._lines: deque[_Line] = deque(maxlen=LINES)
        self._written = 0  # lines so far
        self._next: dict[int, int] = {}  # the number of the line a client gets next, by client id
        self._thread = threading.Thread(target=self._run, name="herald", daemon=True)

    # --- any thread ------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to tell."""
        self._thread.start()

    def stop(self) -> None:
        """Tell nobody anything any more, and wait for the thread. Safe to call twice."""
        with self._lock:
            self._stopping = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join()

    def wake(self) -> None:
        """Something has changed that clients are told of. Returns at once; no lock may be needed by who calls it."""
        with self._lock:
            self._woken = True
            self._changed.notify()

    def enter(self, client: Client) -> None:
        """A client is ready: it gets what is written from now on. Returns at once; again, it changes nothing."""
        with self._lock:
            if Feature.TEXT in client.features:
                self._next.setdefault(client.id, self._written)

    def write(self, text: str, author: Client | None = None) -> None:
        """Pass a line on to everybody; without an author it is the server's. Returns at once.

        Parameters
        ----------
        text
            As `protocol.text.line_of_text` leaves it.
        """
        slot, name, id = SERVER_SLOT, SERVER_NAME, None
        if author is not None:
            slot, name, id = author.slot, author.state().name, author.id
        with self._lock:
            self._lines.append(_Line(self._written, id, slot, name, text))
            self._written += 1
            self._woken = True
            self._changed.notify()

    # --- the thread ------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while self._wait():
            try:
                self._patience = self._round()
            except Exception:
                log.exception("the herald failed in a round; it goes on")
                self._patience = LOOK

    def _wait(self) -> bool:
        """Until there is something to do; False: it has to stop."""
        begun = time.monotonic()
        with self._lock:
            while not self._stopping:
                patience = PACE if self._woken else self._patience
                left = None if patience is None else begun + patience - time.monotonic()
                if left is not None and left <= 0:
                    self._woken = False
                    return True
                self._changed.wait(left)
        return False

    def _round(self) -> float | None:
        """Tell everybody what is new to them. Returns the seconds after which it has to look again."""
        with self._lock:
            lines, written, next_lines = list(self._lines), self._written, dict(self._next)
        clients = self._clients()
        ids = {client.id for client in clients}
        states = [(client, client.state()) for client in clients if client.active]
        people = _people(states)
        hears = any(Feature.PRESENCE in client.features for client, _ in states)
        speaking = self._who_speaks(people) if hears else 0
        truth = _Truth(len(clients), people, speaking, lines, written, next_lines)
        self._told = {id: told for id, told in self._told.items() if id in ids}
        behind = False
        reached: dict[int, int] = {}
        for client, state in states:
            behind |= not _send(client, self._news(client, state.ready, truth, reached))
        self._forget(next_lines.keys() - ids, reached)
        return LOOK if behind or (hears and self._room.mixes) else None

    def _who_speaks(self, people: list[_Person | None]) -> int:
        now = time.monotonic()
        if now - self._looked >= LOOK:
            self._looked = now
            self._speaking = {
                person.id for slot, person in enumerate(people) if person and self._room.speaking(slot)
            }
        return sum(1 << slot for slot, person in enumerate(people) if person and person.id in self._speaking)

    def _news(self, client: Client, ready: bool, truth: _Truth, reached: dict[int, int]) -> Iterator[Payload]:
        """What a client has to be told. What it was told is noted only when the next is asked for: by then it is sent."""
        told = self._told.setdefault(client.id, _Told())
        if told.connected != truth.connected:
            yield ServerState(truth.connected, truth.connected)
            told.connected = truth.connected
        if not ready:
            return
        if Feature.PRESENCE in client.features:
            for slot, (was, now) in enumerate(zip(told.people, truth.people, strict=True)):
                if was is not None and (now is None or now.id != was.id):
                    yield Presence(slot)
                    told.people[slot] = None
                    told.speaking = told.speaking and told.speaking & ~(1 << slot)
                if now is not None and now != was:
                    you = PresenceFlag.YOU if now.id == client.id else PresenceFlag.NONE
                    yield Presence(slot, now.flags | you, now.name)
                    told.people[slot] = now
            if told.speaking != truth.speaking:
                yield Speaking(truth.speaking)
                told.speaking = truth.speaking
        if Feature.TEXT in client.features:
            next_line = truth.next_lines.get(client.id, truth.written)
            first = truth.lines[0].number if truth.lines else truth.written
            if next_line < first:
                missed = (
                    f"{first - next_line} lines of the conversation did not reach you: you read too slowly"
                )
                yield RemoteLog(LogLevel.WARN, LogDirection.SERVER_TO_CLIENT, missed)
                reached[client.id] = next_line = first
            for line in truth.lines[max(0, next_line - first) :]:
                yield TextLine(line.text, line.slot, line.name, line.author == client.id)
                reached[client.id] = line.number + 1

    def _forget(self, gone: set[int], reached: dict[int, int]) -> None:
        """Keep no line that everybody has, and nothing of those who left."""
        with self._lock:
            self._next.update(reached)
            for id in gone:
                self._next.pop(id, None)
            oldest = min(self._next.values(), default=self._written)
            while self._lines and self._lines[0].number < oldest:
                self._lines.popleft()


def _people(states: list[tuple[Client, ClientState]]) -> list[_Person | None]:
    people: list[_Person | None] = [None] * SLOTS
    for client, state in states:
        if not state.ready:
            continue
        flags = PresenceFlag.PRESENT
        for flag, holds in (
            (PresenceFlag.VIDEO, state.sends_video),
            (PresenceFlag.AUDIO, state.sends_sound),
            (PresenceFlag.MUTED, state.muted),
        ):
            if holds:
                flags |= flag
        people[client.slot] = _Person(client.id, flags, state.name)
    return people


def _send(client: Client, news: Iterator[Payload]) -> bool:
    """Send what a client takes at the moment; False if that is not all."""
    for payload in news:
        if client.peer.control_room <= RESERVED:
            return False
        try:
            client.peer.control(payload.TYPE, payload.encode())
        except BufferError:  # others were quicker
            return False
    return True
