"""Who is in the call, in the status line."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asciichat import Person
from asciichat.cli.screen.controls import Control, Controls
from asciichat.cli.screen.roster import comings, roster
from asciichat.cli.screen.status import StatusLine
from asciichat.terminal.width import cells


def person(slot: int, name: str, **what: bool) -> Person:
    shows = {"me": False, "video": True, "sound": True, "muted": False, "speaking": False, **what}
    return Person(slot=slot, name=name, **shows)


ME = person(0, "Ada", me=True)
BOB, CY, DI = person(1, "Bob"), person(2, "Cy", speaking=True), person(3, "Di", muted=True)


def test_everybody_is_named_with_who_speaks_and_who_is_muted():
    assert roster([ME, BOB, CY, DI], 80, utf8=True) == "4 in the call: Bob, ● Cy, Di 🔇, you"
    assert roster([ME, BOB, CY, DI], 80, utf8=False) == "4 in the call: Bob, * Cy, Di (muted), you"
    assert roster([replace(BOB, sound=False)], 80, utf8=False) == "1 in the call: Bob (muted)"
    assert roster([ME], 80, utf8=True) == "1 in the call: you"


@pytest.mark.parametrize(
    ("columns", "text"),
    [
        (29, "4 in the call: ● Cy, Bob +2"),
        (26, "4 in the call: ● Cy +3"),
        (21, "4 in the call"),
        (3, "4 in the call"),
    ],
)
def test_where_not_all_fit_who_speaks_comes_first(columns, text):
    assert roster([ME, BOB, CY, DI], columns, utf8=True) == text


def test_who_comes_and_who_leaves_is_told():
    assert comings([ME, BOB], [ME, CY]) == ["Bob has left.", "Cy has come."]
    assert comings([ME, BOB], [ME, replace(BOB, speaking=True)]) == []
    assert comings([ME, BOB], [ME, replace(BOB, name="Robert")]) == ["Bob is now called Robert."]


people = st.lists(
    st.builds(
        Person, st.integers(0, 31), st.text(st.characters(exclude_categories=["C", "M"]), max_size=31),
        *[st.booleans()] * 5,
    ),
    unique_by=lambda who: who.slot,
    max_size=32,
)  # fmt: skip


@given(people, st.integers(1, 200), st.booleans())
def test_a_status_line_with_people_is_as_wide_as_the_screen(everybody, columns, utf8):
    line = StatusLine(utf8=utf8, hints=("? keys · q leave", "? keys"))
    line.facts = ["🔒 verified", lambda room: roster(everybody, room, utf8=utf8), "camera off"]
    for _ in range(2):
        assert cells(line.text(columns)) == columns
        line.say("Somebody has come.")


def test_a_message_leaves_the_lock_and_the_number_where_there_is_room():
    line = StatusLine(utf8=True, hints=("? keys",))
    line.facts = ["🔒 verified", lambda room: roster([ME, BOB, CY], room, utf8=True)]
    line.say("Saved as picture.txt.")
    assert line.text(60) == " 🔒 verified  3 in the call: ● Cy +2  Saved as picture.txt. "


def test_help_that_is_too_high_stands_in_two_columns():
    controls = Controls([Control((key,), key, f"does {key}", lambda: None) for key in "abcde"])
    assert controls.help(80, 5) == ["a  does a", "b  does b", "c  does c", "d  does d", "e  does e"]
    assert controls.help(80, 4) == ["a  does a  d  does d", "b  does b  e  does e", "c  does c  "]
    assert len(controls.help(12, 4)) == 5
