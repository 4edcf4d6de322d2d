"""What those in a call are called: no two look alike, and nobody is taken for the server."""

from __future__ import annotations

from collections.abc import Collection
from itertools import count
from typing import Final

from asciichat._core.room import NAME_BYTES
from asciichat.protocol.text import likeness

SERVER_NAME: Final = "server"
"""Whose name stands before what the operator writes."""


def acceptable(name: str) -> bool:
    """Whether somebody may be called so."""
    return likeness(name) not in ("", SERVER_NAME)


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
