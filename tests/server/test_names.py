"""What those in a call are called."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asciichat import Call, Server, connect
from asciichat._core.room import NAME_BYTES
from asciichat.protocol.text import likeness
from asciichat.server.names import acceptable, distinct


@contextmanager
def called(server: Server, name: str) -> Iterator[Call]:
    """Somebody of that name in the call."""
    with connect("127.0.0.1", server.port, name=name, video=False, audio=False, columns=20, rows=10) as call:
        yield call


def until(call: Call, names: list[str]) -> None:
    """Wait until a client sees these people, by slot."""
    while [person.name for person in call.people()] != names:
        assert call.next_event(20) is not None, [person.name for person in call.people()]


def test_no_two_are_called_alike_and_who_was_first_keeps_the_name() -> None:
    with Server(("127.0.0.1",), 0) as server, called(server, "Bob") as bob:
        with called(server, "BOB"), called(server, "\uff22ob"), called(server, "Bob 2"):
            until(bob, ["Bob", "BOB 2", "\uff22ob 3", "Bob 2 2"])
        until(bob, ["Bob"])


def test_who_comes_back_before_the_line_that_broke_was_given_up_is_called_as_before() -> None:
    with Server(("127.0.0.1",), 0) as server, ExitStack() as first:
        first.enter_context(called(server, "Bob"))
        with called(server, "Ada") as ada:
            until(ada, ["Bob", "Ada"])
            with called(server, "Bob"):
                until(ada, ["Bob", "Ada", "Bob 2"])
                first.close()
                until(ada, ["Ada", "Bob"])
                assert sorted(client.state.name for client in server.clients()) == ["Ada", "Bob"]


@pytest.mark.parametrize("name", ["server", "SERVER", " s e r v e r", "\uff53erver", "You", "\u3164"])
def test_nobody_is_called_as_the_server_is_or_you_or_as_nothing(name: str) -> None:
    with Server(("127.0.0.1",), 0) as server, called(server, "Ada") as ada, called(server, name):
        while len(people := ada.people()) < 2:
            assert ada.next_event(20) is not None
        assert people[1].name.startswith("Client")


def test_nobody_who_has_no_name_loses_it_to_somebody_who_takes_it() -> None:
    with Server(("127.0.0.1",), 0) as server, called(server, "Ada") as ada, called(server, "Client3"):
        until(ada, ["Ada", "Client3"])
        with called(server, ""):
            until(ada, ["Ada", "Client3 2", "Client3"])


@given(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=20), st.integers(1, 40))
def test_names_stay_as_short_as_names_are_however_many_want_one(name: str, many: int) -> None:
    wanted = name.encode()[:NAME_BYTES].decode(errors="ignore")
    if not acceptable(wanted):
        return
    taken: set[str] = set()
    for _ in range(many):
        name = distinct(wanted, taken)
        assert len(name.encode()) <= NAME_BYTES
        assert likeness(name) not in taken
        taken.add(likeness(name))
