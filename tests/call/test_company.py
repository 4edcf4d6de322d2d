"""Who is in the call, who speaks, and what is written: between people with our client, beside one with a native one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

import asciichat
from asciichat import Call, People, Person, Server, Text

Serve = Callable[..., Server]
PATIENCE = 20.0


class Guest:
    """Somebody with our client, who only looks and listens."""

    def __init__(self, server: Server, name: str | None = None, **options: object) -> None:
        self.call: Call = asciichat.connect("127.0.0.1", server.port, name=name, **options)  # type: ignore[arg-type]
        self.seen: list[People] = []
        self.texts: list[Text] = []
        self.notices: list[str] = []

    def until(self, true: Callable[[], bool]) -> None:
        """Take what comes until it is so."""
        deadline = time.monotonic() + PATIENCE
        while not true():
            left = deadline - time.monotonic()
            assert left > 0, (self.call.people(), self.texts[-5:], self.notices)
            self.take(self.call.next_event(min(left, 1.0)))

    def take(self, event: object) -> None:
        """Note what came."""
        if isinstance(event, People):
            self.seen.append(event)
        elif isinstance(event, Text):
            self.texts.append(event)
        elif isinstance(event, asciichat.Notice):
            self.notices.append(event.message)

    def sees(self, *names: str) -> None:
        """Until exactly these are in the call, by slot."""
        self.until(lambda: tuple(person.name for person in self.call.people()) == names)

    def person(self, name: str) -> Person:
        """What is known of somebody."""
        return next(person for person in self.call.people() if person.name == name)

    def reads(self, *lines: str) -> None:
        """Until these are all the lines that came."""
        self.until(lambda: len(self.texts) >= len(lines))
        assert [text.text for text in self.texts] == list(lines)


Invite = Callable[..., Guest]


@pytest.fixture
def invite() -> Iterator[Invite]:
    """Let guests into a call; they hang up after the test."""
    guests: list[Guest] = []

    def come(server: Server, name: str | None = None, **options: object) -> Guest:
        guests.append(Guest(server, name, **options))
        return guests[-1]

    yield come
    for guest in guests:
        guest.call.close()


def test_people_see_who_comes_and_goes(serve: Serve, invite: Invite) -> None:
    server = serve()
    alice = invite(server, "alice")
    alice.sees("alice")
    assert alice.person("alice").me
    bob = invite(server, "bob", video=False)
    for guest in (alice, bob):
        guest.sees("alice", "bob")
        guest.until(lambda guest=guest: guest.person("bob").sound and guest.person("alice").video)
        assert not guest.person("bob").video
    assert bob.person("bob").me and not bob.person("alice").me
    carol = invite(server, "carol")
    for guest in (alice, bob, carol):
        guest.sees("alice", "bob", "carol")
    bob.call.close()
    for guest in (alice, carol):
        guest.sees("alice", "carol")
    # Nobody was ever shown under another name, and nobody was told half of it.
    names = {person.name for guest in (alice, carol) for event in guest.seen for person in event.people}
    assert names == {"alice", "bob", "carol"}
    assert {person.name for person in carol.seen[0].people} == names


def test_a_line_reaches_everybody_in_one_order_and_its_writer_too(serve: Serve, invite: Invite) -> None:
    server = serve()
    alice, bob = invite(server, "alice"), invite(server, "bob")
    for guest in (alice, bob):
        guest.sees("alice", "bob")
        assert guest.call.talks
    for number in range(5):
        alice.call.send_text(f"a{number}")
        bob.call.send_text(f"b{number}")
    server.say("the end is near")
    for guest in (alice, bob):
        guest.until(lambda guest=guest: len(guest.texts) == 11)
    told = [[(text.slot, text.sender, text.text) for text in guest.texts] for guest in (alice, bob)]
    assert told[0] == told[1]
    assert (255, "server", "the end is near") in told[0]
    for guest, letter in ((alice, "a"), (bob, "b")):
        assert [text.text for text in guest.texts if text.own] == [f"{letter}{number}" for number in range(5)]
