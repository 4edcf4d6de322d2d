"""Who is in the call, in the words of the status line."""

from __future__ import annotations

from collections.abc import Sequence

from asciichat.client import Person
from asciichat.terminal.width import cells


def roster(people: Sequence[Person], columns: int, *, utf8: bool) -> str:
    """How many there are and, as far as they fit into `columns` cells, their names; who speaks has a mark before its name,
    who cannot be heard one behind it.

    Who speaks comes first if not everybody fits, and you come last.
    """
    count = f"{len(people)} in the call"
    names = [_name(person, utf8=utf8) for person in sorted(people, key=lambda person: person.me)]
    everybody = f"{count}: {', '.join(names)}"
    if not names or cells(everybody) <= columns:
        return everybody if names else count
    others = sorted(people, key=lambda person: (person.me, not person.speaking, person.slot))
    names = [_name(person, utf8=utf8) for person in others]
    for shown in range(len(names) - 1, 0, -1):
        some = f"{count}: {', '.join(names[:shown])} +{len(names) - shown}"
        if cells(some) <= columns:
            return some
    return count


def _name(person: Person, *, utf8: bool) -> str:
    speaks, silent = ("● ", " 🔇") if utf8 else ("* ", " (muted)")
    name = "you" if person.me else person.name
    if person.muted:
        return f"{name}{silent}"
    # You know whether your microphone is on: the status line says it beside this.
    if not person.sound and not person.me:
        return f"{name}{silent}"
    return f"{speaks if person.speaking else ''}{name}"


def comings(before: Sequence[Person], now: Sequence[Person]) -> list[str]:
    """Sentences about who has come and who has left, yourself left out."""
    was, here = ({person.slot: person.name for person in people if not person.me} for people in (before, now))
    left = [f"{name} has left." for slot, name in was.items() if slot not in here]
    came = [f"{name} has come." for slot, name in here.items() if slot not in was]
    called = [
        f"{was[slot]} is now called {name}."
        for slot, name in here.items()
        if slot in was and was[slot] != name
    ]
    return [*left, *came, *called]
