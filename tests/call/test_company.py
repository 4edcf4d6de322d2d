"""Who is in the call, who speaks, and what is written: between people with our client, beside one with a native one."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import sys
import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from callers import Frame, NativeCaller, OwnCaller, Samples, captured
from hostile_line import Line

import asciichat
from asciichat import Call, CallError, People, Person, Server, Text
from asciichat._core.packet import HEADER_SIZE
from asciichat.cli.uplink import Uplink
from asciichat.protocol.handshake import ClientPolicy
from asciichat.protocol.payloads import ClientJoin, ErrorMessage, Payload, TextLine, decode_payload
from asciichat.protocol.types import ErrorCode, Feature, JoinAbility, PacketType
from asciichat.server import Limits
from waiting import wait_until

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
EVERYTHING = ClientPolicy(
    verify_server=lambda _: None,
    features=Feature.NOISE | Feature.VIEW_OPTIONS | Feature.PRESENCE | Feature.TEXT,
)


def told(line: Line, *kinds: int) -> Payload:
    """The next packet of one of these types that a line gets."""
    while True:
        packet = line.seal.open(line.packet()[HEADER_SIZE:])
        kind = int.from_bytes(packet[8:10], "big")
        if kind in kinds:
            return decode_payload(kind, packet[HEADER_SIZE:])


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
        guest.until(lambda guest=guest: bool(guest.seen))
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


def test_who_speaks_is_marked_and_who_is_muted_by_the_operator_is_not(
    serve: Serve, invite: Invite, talking_head: list[Frame], voices: dict[str, Samples]
) -> None:
    server = serve()
    bob = invite(server, "bob")
    alice = OwnCaller(server.port, talking_head, np.tile(voices["alice"], 20), name="alice")
    try:
        bob.sees("bob", "alice")
        bob.until(lambda: bob.person("alice").speaking)
        assert not bob.person("bob").speaking
        (muted,) = [client for client in server.clients() if client.state.name == "alice"]
        assert server.mute(muted.id)
        bob.until(lambda: bob.person("alice").muted and not bob.person("alice").speaking)
        assert any(person.me and person.muted for person in alice.call.people())
        assert server.mute(muted.id, False)
        bob.until(lambda: bob.person("alice").speaking and not bob.person("alice").muted)
    finally:
        alice.close()
    bob.sees("bob")


def test_a_microphone_that_is_muted_and_a_camera_that_is_off_are_seen(serve: Serve, invite: Invite) -> None:
    class Camera:
        """Shows nothing until it is closed."""

        def __init__(self) -> None:
            self._closed = threading.Event()

        def __iter__(self) -> Iterator[Frame]:
            self._closed.wait()
            return iter(())

        def close(self) -> None:
            self._closed.set()

    class Microphone:
        """Hears nothing."""

        def next(self, timeout: float) -> None:
            time.sleep(min(timeout, 0.01))

        def close(self) -> None:
            pass

    server = serve()
    alice, bob = invite(server, "alice"), invite(server, "bob")

    def seen() -> tuple[bool, bool]:
        return bob.person("alice").video, bob.person("alice").sound

    with Uplink(Camera(), Microphone()) as uplink:  # type: ignore[arg-type]
        uplink.attach(alice.call)
        bob.sees("alice", "bob")
        bob.until(lambda: seen() == (True, True))
        uplink.muted = True
        bob.until(lambda: seen() == (True, False))
        uplink.camera_off = True
        bob.until(lambda: seen() == (False, False))
        uplink.talk_for(0.7)
        bob.until(lambda: seen() == (False, True))
        uplink._give_audio(np.zeros(480, np.float32))  # held still: nothing changes
        wait_until(lambda: not uplink.heard)
        uplink._give_audio(np.zeros(480, np.float32))
        bob.until(lambda: seen() == (False, False))
        uplink.muted = uplink.camera_off = False
        bob.until(lambda: seen() == (True, True))


def test_somebody_who_takes_another_name_is_told_of_once_more(serve: Serve, invite: Invite) -> None:
    server = serve()
    bob = invite(server, "bob")
    line = Line(server.port, EVERYTHING)
    bob.until(lambda: len(bob.call.people()) == 2)
    line.sealed(PacketType.CLIENT_JOIN, ClientJoin(0, "carol", JoinAbility.VIDEO).encode())
    bob.sees("bob", "carol")
    line.sealed(PacketType.CLIENT_JOIN, ClientJoin(0, "carla", JoinAbility.VIDEO).encode())
    bob.sees("bob", "carla")
    line.sock.close()
    bob.sees("bob")


SPARING = Limits(lines=1e-3, words=1e-3)
"""What one may say at once, and then for a long time nothing, however slowly it is said."""


def test_who_takes_another_name_all_the_time_keeps_one(serve: Serve, invite: Invite) -> None:
    server = serve(limits=SPARING)
    bob = invite(server, "bob")
    line = Line(server.port, EVERYTHING)
    bob.until(lambda: len(bob.call.people()) == 2)
    for number in range(200):
        line.sealed(PacketType.CLIENT_JOIN, ClientJoin(0, f"n{number}", JoinAbility.VIDEO).encode())
    line.sealed(PacketType.TEXT, TextLine("that was all").encode())
    bob.reads("that was all")
    (name,) = (client.state.name for client in server.clients() if client.state.name != "bob")
    assert 20 <= int(name[1:]) < 100
    line.sock.close()


def test_a_native_client_is_seen_and_hears_nothing_of_all_this(
    serve: Serve, invite: Invite, voices: dict[str, Samples]
) -> None:
    server = serve()
    alice = invite(server, "alice")
    native = NativeCaller(server.port, captured("native-client-raw.c2s.bin"), np.tile(voices["bob"], 5))
    try:
        alice.until(lambda: len(alice.call.people()) == 2)
        bob = invite(server, "bob")
        name = alice.call.people()[1].name
        for guest in (alice, bob):
            guest.sees("alice", name, "bob")
        alice.call.send_text("can you read this?")
        bob.reads("can you read this?")
        bob.until(lambda: bob.person(name).speaking)
        wait_until(lambda: len(native.ears.samples()) > 0)
        heard = native.ears.lasted()
        wait_until(lambda: native.ears.lasted() > heard + 0.2)
        # It hangs up on whatever a native client does not know: see NativeCaller.
        assert native._threads[0].is_alive()
    finally:
        native.close()
    alice.sees("alice", "bob")


def test_a_native_server_is_not_asked_for_any_of_it(serve: Serve) -> None:
    server = serve()
    server._policy = dataclasses.replace(server._policy, features=Feature.NONE)
    with asciichat.connect("127.0.0.1", server.port, name="alice") as call:
        assert not call.talks and not call.knows_people and call.people() == ()
        with pytest.raises(CallError, match="does not pass on text"):
            call.send_text("hello?")
        wait_until(lambda: [c.state.sends_sound for c in server.clients()] == [True])
        before = server.clients()[0].counts["packets_in"]
        call.stop_streams(video=True, audio=True)
        wait_until(lambda: server.clients()[0].counts["packets_in"] > before + 1)  # signs of life
        assert server.clients()[0].state.sends_sound


@pytest.mark.parametrize("text", ["", " \n\t ", "\x07\u200b", "x" * 513, "\u00e9" * 257])
def test_a_text_that_cannot_be_sent_is_refused(serve: Serve, invite: Invite, text: str) -> None:
    alice = invite(serve(), "alice")
    with pytest.raises(ValueError, match="a text"):
        alice.call.send_text(text)


def test_the_longest_name_and_text_arrive_whole(serve: Serve, invite: Invite) -> None:
    server = serve()
    alice = invite(server, "ä" * 15 + "x")
    alice.call.send_text("\U0001f600" * 128)
    alice.reads("\U0001f600" * 128)
    assert alice.texts[0].sender == "ä" * 15 + "x"


def test_names_and_texts_cannot_steer_a_terminal(serve: Serve, invite: Invite) -> None:
    server = serve()
    bob = invite(server, "bob")
    mallory = Line(server.port, EVERYTHING)
    mallory.sealed(PacketType.CLIENT_JOIN, ClientJoin(0, "\x1b[2Jm\u202ea\x9bl", JoinAbility.VIDEO).encode())
    bob.sees("bob", "[2Jmal")
    for text in ("\x1b]52;c;cm0gLXJm\x07", "a\r\nb\u2028c", "\u202egnp.exe", "\x1b\x07"):
        mallory.sealed(PacketType.TEXT, TextLine(text).encode())
    mallory.sealed(PacketType.TEXT, TextLine("end").encode())
    bob.reads("]52;c;cm0gLXJm", "a b c", "gnp.exe", "end")
    mallory.sock.close()


def test_who_writes_too_much_is_told_and_stays(serve: Serve, invite: Invite) -> None:
    server = serve(limits=SPARING)
    alice, bob = invite(server, "alice"), invite(server, "bob")
    alice.sees("alice", "bob")
    for number in range(40):
        alice.call.send_text(str(number))
    alice.until(lambda: any("more than is passed on" in notice for notice in alice.notices))
    assert sum("more than is passed on" in notice for notice in alice.notices) == 1
    wait_until(lambda: server.counters()["texts_left_out"] == 30)
    bob.call.send_text("still here")
    bob.until(lambda: any(text.own for text in bob.texts))
    passed = [text.text for text in bob.texts if text.slot == 0]
    assert 10 <= len(passed) < 20 and passed[:10] == [str(number) for number in range(10)]
    assert server.counters()["texts"] + server.counters()["texts_left_out"] == 41
    assert len(server.clients()) == 2


def flood(line: Line) -> None:
    """Text without end."""
    packet = TextLine("buy").encode()
    for _ in range(2000):
        line.sealed(PacketType.TEXT, packet)


def writes_before_it_is_agreed_on(line: Line) -> None:
    """Text from somebody who did not offer it."""
    line.sealed(PacketType.TEXT, TextLine("hello").encode())


def writes_as_somebody_else(line: Line) -> None:
    """Text that says itself who wrote it."""
    line.sealed(PacketType.TEXT, TextLine("hello", 1, "alice").encode())


def writes_nothing(line: Line) -> None:
    """A text of no bytes."""
    line.sealed(PacketType.TEXT, bytes(3))


def says_who_is_in_the_call(line: Line) -> None:
    """A server's packet."""
    line.sealed(PacketType.PRESENCE, b"\1\1bob")


@pytest.mark.parametrize(
    ("misbehave", "agreed", "code"),
    [
        (flood, True, ErrorCode.RATE_LIMITED),
        (writes_before_it_is_agreed_on, False, ErrorCode.UNKNOWN_PACKET),
        (writes_as_somebody_else, True, ErrorCode.PROTOCOL),
        (writes_nothing, True, ErrorCode.PROTOCOL),
        (says_who_is_in_the_call, True, ErrorCode.PROTOCOL),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_who_breaks_the_rules_is_let_go_and_the_others_are_told(
    serve: Serve, invite: Invite, misbehave: Callable[[Line], None], agreed: bool, code: ErrorCode
) -> None:
    server = serve()
    alice = invite(server, "alice")
    line = Line(server.port, EVERYTHING if agreed else ClientPolicy(verify_server=lambda _: None))
    alice.until(lambda: len(alice.call.people()) == 2)
    with contextlib.suppress(OSError):
        misbehave(line)
    error = told(line, PacketType.ERROR_MESSAGE)
    assert isinstance(error, ErrorMessage) and error.code == code
    assert line.hung_up()
    alice.sees("alice")
    alice.call.send_text("who was that?")
    alice.until(lambda: bool(alice.texts) and alice.texts[-1].text == "who was that?")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how long the way is")
def test_how_far_the_server_is_can_be_asked(serve: Serve, invite: Invite) -> None:
    alice = invite(serve(), "alice")
    alice.sees("alice")
    network = alice.call.network()
    assert network.round_trip is not None and 0 < network.round_trip < 1
    assert network.variation is not None and 0 <= network.variation < 1
    alice.call.close()
    assert alice.call.network() == asciichat.Network(None, None)


def test_the_other_face_of_a_call_has_the_same(serve: Serve) -> None:
    server = serve()

    async def talk() -> None:
        async with (
            asyncio.timeout(PATIENCE),
            asciichat.connect_async("127.0.0.1", server.port, name="alice") as alice,
            asciichat.connect_async("127.0.0.1", server.port, name="bob") as bob,
        ):
            assert alice.talks and bob.talks
            bob.send_text("hello")
            async for event in bob:
                if isinstance(event, Text):
                    assert event == Text("bob", 1, "hello", own=True)
                    break
            while len(bob.people()) < 2:
                await bob.next_event()
            assert [person.name for person in bob.people()] == ["alice", "bob"]
            assert isinstance(bob.network(), asciichat.Network)

    asyncio.run(talk())
