"""Who is in the call, as the server tells."""

from __future__ import annotations

from dataclasses import replace

from asciichat.client.events import Person, Text
from asciichat.protocol.payloads import Presence, Speaking, TextLine
from asciichat.protocol.payloads.company import MAX_NAME, MAX_TEXT
from asciichat.protocol.text import line_of_text, name_of_person
from asciichat.protocol.types import PresenceFlag


class Company:
    """Keeps what the server told. One thread tells it; `people` may be read by any.

    Attributes
    ----------
    people
        By slot; nobody until the server has named all who are there.
    """

    def __init__(self) -> None:
        self.people: tuple[Person, ...] = ()
        self._people: dict[int, Person] = {}
        self._complete = False

    def hear(self, told: Presence | Speaking) -> bool:
        """Take in what the server told. True: `people` is another now."""
        if isinstance(told, Speaking):
            self._complete = True
            for slot, person in self._people.items():
                self._people[slot] = replace(person, speaking=bool(told.slots >> slot & 1))
        elif PresenceFlag.PRESENT in told.flags:
            before = self._people.get(told.slot)
            self._people[told.slot] = Person(
                slot=told.slot,
                name=_name(told.name, told.slot),
                me=PresenceFlag.YOU in told.flags,
                video=PresenceFlag.VIDEO in told.flags,
                sound=PresenceFlag.AUDIO in told.flags,
                muted=PresenceFlag.MUTED in told.flags,
                speaking=before is not None and before.speaking,
            )
        else:
            self._people.pop(told.slot, None)
        people = tuple(self._people[slot] for slot in sorted(self._people)) if self._complete else ()
        changed = people != self.people
        self.people = people
        return changed


def text_event(line: TextLine) -> Text | None:
    """A line as it is shown; None: there is nothing to be shown."""
    text = line_of_text(line.text, MAX_TEXT)
    return Text(_name(line.name, line.slot), line.slot, text, line.own) if text else None


def _name(name: str, slot: int) -> str:
    return name_of_person(name, MAX_NAME) or f"Client{slot}"
