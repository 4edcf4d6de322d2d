"""How those in a call are arranged on the screen, and the keys that change it."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Sequence
from typing import Final

from asciichat.client import Person
from asciichat.client.appearance import Seating

from .controls import Control

_SEATINGS: Final[tuple[Seating, ...]] = ("auto", "grid", "focus", "pages")
_WORDS: Final = {
    "auto": "Everybody, while there is room.",
    "grid": "Everybody, in a grid.",
    "focus": "Who speaks is large.",
    "pages": "As many as can be made out; page-up and page-down turn the pages.",
}


class Seats:
    """Who is where on the screen.

    Parameters
    ----------
    changed
        Called after something has changed; False when the server knows nothing of it.
    say
        Tells the person what was done.
    people
        Who is in the call; nobody where the server does not say.
    """

    def __init__(
        self,
        *,
        changed: Callable[[], bool],
        say: Callable[[str], None],
        people: Callable[[], Sequence[Person]] = tuple,
    ) -> None:
        self.seating: Seating = "auto"
        self.focus: int | None = None
        self.page = 0
        self.names = True
        self.self_view = True
        self._changed = changed
        self._say = say
        self._people = people

    def controls(self) -> list[Control]:
        """The keys that change it."""
        return [
            Control(("g",), "g", "seats: by itself, grid, focus, pages", self._next_seating),
            *(
                Control(
                    (str(place + 1),), "1-9", "make one large; once more: who speaks", self._focus_on(place)
                )
                for place in range(9)
            ),
            Control(("page-down",), "PgUp PgDn", "turn the pages", lambda: self._turn(1)),
            Control(("page-up",), "PgUp PgDn", "turn the pages", lambda: self._turn(-1)),
            Control(("n",), "n e", "names in the pictures; see yourself", self._toggle_names),
            Control(("e",), "n e", "names in the pictures; see yourself", self._toggle_self),
        ]

    def _next_seating(self) -> None:
        self.seating = _SEATINGS[(_SEATINGS.index(self.seating) + 1) % len(_SEATINGS)]
        self.focus, self.page = None, 0
        self._tell(_WORDS[self.seating])

    def _focus_on(self, slot: int) -> Callable[[], None]:
        def act() -> None:
            here = {person.slot: "You" if person.me else person.name for person in self._people()}
            if here and slot not in here:
                numbers = ", ".join(f"{place + 1} {name}" for place, name in here.items())
                self._say(f"Nobody is number {slot + 1}: {numbers}.")
                return
            again = self.seating == "focus" and self.focus == slot
            self.seating, self.focus = "focus", None if again else slot
            name = here.get(slot, f"Number {slot + 1}")
            verb = "are" if name == "You" else "is"
            self._tell(_WORDS["focus"] if again else f"{name} {verb} large.")

        return act

    def _turn(self, by: int) -> None:
        first = self.seating == "pages" and self.page + by < 0
        self.seating = "pages"
        self.page = max(0, self.page + by) % 256
        self._tell("This is the first page." if first else "Turned the page.")

    def _toggle_names(self) -> None:
        self.names = not self.names
        self._tell("Names." if self.names else "No names.")

    def _toggle_self(self) -> None:
        self.self_view = not self.self_view
        self._tell("You see yourself." if self.self_view else "You do not see yourself.")

    def _tell(self, message: str) -> None:
        self._say(message if self._changed() else "This server always shows everybody.")


def own_name(given: str | None) -> str | None:
    """What to be called: as given, or the user's name, if there is one."""
    if given is not None:
        return given
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return None
