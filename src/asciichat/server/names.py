"""What those in a call are called: no two look alike, and nobody is taken for the server."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from itertools import count
from typing import TYPE_CHECKING, Final

from asciichat._core.room import NAME_BYTES, Room
from asciichat.protocol.text import likeness
from asciichat.server.locks import ManagerLock

if TYPE_CHECKING:
    from asciichat.server.client import Client

log = logging.getLogger(__name__)

SERVER_NAME: Final = "server"
"""Whose name stands before what the operator writes."""
_NOT_GIVEN: Final = ("", SERVER_NAME, "you")
"""Likenesses of what nobody is called: a client shows its own lines as those of "You"."""


def acceptable(name: str) -> bool:
    """Whether somebody may be called so."""
    return likeness(name) not in _NOT_GIVEN


def distinct(wanted: str, taken: Collection[str]) -> str:
    """The name, or the name with the first number behind it that makes it another than all others.

    Parameters
    ----------
    wanted
        As `protocol.text.name_of_person` leaves it.
    taken
        Likenesses of the names that others have.
    """
    if likeness(wanted) not in taken:
        return wanted
    for number in count(2):
        mark = f" {number}"
        room = NAME_BYTES - len(mark)
        name = f"{wanted.encode()[:room].decode(errors='ignore').rstrip()}{mark}"
        if likeness(name) not in taken:
            return name
    raise AssertionError("there is always another number")


class Names:
    """Gives everybody in a call the name they ask for, or one with a number behind it if somebody asked before.

    Any thread. Names are given under the manager's lock, to everybody anew.

    Parameters
    ----------
    lock
        The manager's.
    clients
        Its table, by id.
    room
        Whose pictures show the names.
    """

    def __init__(self, lock: ManagerLock, clients: Mapping[int, Client], room: Room) -> None:
        self._lock = lock
        self._clients = clients
        self._room = room
        self._askings = 0

    def ask(self, client: Client, name: str) -> None:
        """A client asks to be called so; on its receive thread."""
        if client.asking and not client.may_be_quoted():
            return  # who changes names all the time keeps everybody's screen busy
        with self._lock.writing():
            if name == client.wanted and client.asking:
                return  # it keeps its place among those who asked
            self._askings += 1
            client.wanted, client.asking = name, self._askings
            before = client.state().name
            self._give()
            news = client.told_of and client.state().name != before
        if news:
            self._tell(client)

    def joined(self, client: Client) -> None:
        """The log has that a client joined: from now on, it is told what it is called."""
        with self._lock.writing():
            client.told_of, asked = True, bool(client.asking)
        if asked:  # it was quick
            self._tell(client)

    def settle(self) -> None:
        """Somebody has come or gone: names may be taken, or free."""
        with self._lock.writing():
            self._give()

    def _give(self) -> None:
        taken = {likeness(SERVER_NAME)}
        for client in sorted(self._clients.values(), key=lambda client: client.asking):
            name = distinct(client.wanted, taken)
            taken.add(likeness(name))
            if name != client.state().name:
                client.update(name=name)
                self._room.name(client.slot, name)

    def _tell(self, client: Client) -> None:
        log.info("client %d (%s) is called %r", client.id, client.address, client.state().name)
