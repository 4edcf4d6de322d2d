"""The herald: tells differences and nothing else, sleeps when there is nothing to tell, and bears faults."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import pytest

import waiting
from asciichat._core.packet import pack
from asciichat.protocol.framing import PacketReader
from asciichat.protocol.handshake import HandshakeResult
from asciichat.protocol.payloads import (
    ClientCapabilities,
    ClientJoin,
    Payload,
    Presence,
    ServerState,
    Speaking,
    TextLine,
    decode_payload,
)
from asciichat.protocol.types import ErrorCode, Feature, JoinAbility, PacketType, PresenceFlag
from asciichat.server.client import Client
from asciichat.server.config import ServerConfig
from asciichat.server.handlers import handle
from asciichat.server.herald import LINES, LOOK, Herald
from asciichat.server.manager import ClientManager

BOTH = Feature.PRESENCE | Feature.TEXT
HERE, YOU = PresenceFlag.PRESENT, PresenceFlag.YOU
PATIENCE = 10.0
wait_until = partial(waiting.wait_until, seconds=PATIENCE)


@dataclass
class Guest:
    """A client, and its end of the line."""

    client: Client
    line: socket.socket
    reader: PacketReader

    def told(self, *kinds: PacketType) -> list[Payload]:
        """What it was told since it was last asked for: of the others, unless something else is named."""
        kinds = kinds or (PacketType.PRESENCE, PacketType.SPEAKING, PacketType.TEXT)
        until = TextLine("that was all", 255, "server")
        self.client.peer.control(until.TYPE, until.encode())  # after all that waits
        told: list[Payload] = []
        while True:
            for packet in self.reader.feed(self.line.recv(65536)):
                if packet.type in (*kinds, PacketType.TEXT):
                    payload = decode_payload(packet.type, packet.payload)
                    if payload == until:
                        return told
                    told.append(payload)


@pytest.fixture
def manager() -> Iterator[ClientManager]:
    """A manager whose herald makes a round when the test says so."""
    manager = ClientManager(ServerConfig(max_clients=4), handle)
    yield manager
    manager.close()


def come(manager: ClientManager, name: str, features: Feature = BOTH) -> Guest:
    """Somebody joins and says what it is called and can show."""
    ours, theirs = socket.socketpair()
    theirs.settimeout(PATIENCE)
    client = manager.add(ours, "127.0.0.1", 5000, HandshakeResult(features=features))
    theirs.sendall(pack(PacketType.CLIENT_JOIN, ClientJoin(0, name, JoinAbility.VIDEO).encode()))
    theirs.sendall(pack(PacketType.CLIENT_CAPABILITIES, ClientCapabilities(width=20, height=5).encode()))
    wait_until(lambda: client.state().ready)
    return Guest(client, theirs, PacketReader())


def test_one_who_comes_is_told_of_everybody_and_everybody_of_it(manager: ClientManager) -> None:
    alice = come(manager, "alice")
    manager.herald._round()
    assert alice.told() == [Presence(0, HERE | YOU, "alice"), Speaking(0)]
    bob = come(manager, "bob")
    manager.herald._round()
    assert alice.told() == [Presence(1, HERE, "bob")]
    assert bob.told() == [Presence(0, HERE, "alice"), Presence(1, HERE | YOU, "bob"), Speaking(0)]
    manager.herald._round()
    assert alice.told() == bob.told() == []


def test_everybody_is_told_how_many_there_are(manager: ClientManager) -> None:
    native = come(manager, "native", Feature.NONE)
    manager.herald._round()
    come(manager, "bob")
    carol = come(manager, "carol")
    manager.herald._round()
    manager.herald._round()
    manager.remove(carol.client.id)
    manager.herald._round()
    assert native.told(PacketType.SERVER_STATE) == [ServerState(n, n) for n in (1, 3, 2)]


def test_of_what_went_to_and_fro_only_the_end_is_told(manager: ClientManager) -> None:
    alice, bob = come(manager, "alice"), come(manager, "bob")
    manager.herald._round()
    alice.told()
    for number in range(100):
        bob.client.update(name=f"bob{number}", sends_video=number % 2 == 0)
    bob.client.mute()
    manager.herald._round()
    assert alice.told() == [Presence(1, HERE | PresenceFlag.MUTED, "bob99")]


def test_a_place_that_passed_to_somebody_else_was_left_first(manager: ClientManager) -> None:
    alice, bob = come(manager, "alice"), come(manager, "bob")
    manager.herald._round()
    alice.told()
    manager.remove(bob.client.id)
    come(manager, "carol")
    manager.herald._round()
    assert alice.told() == [Presence(1), Presence(1, HERE, "carol")]


def test_who_takes_the_place_of_somebody_who_spoke_is_marked_as_soon_as_it_speaks(
    manager: ClientManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Talk:
        """A room in which whoever is in slot 1 speaks."""

        mixes = True

        def speaking(self, slot: int) -> bool:
            return slot == 1

    monkeypatch.setattr(manager.herald, "_room", Talk())
    alice, bob = come(manager, "alice"), come(manager, "bob")
    manager.herald._round()
    assert Speaking(2) in alice.told()
    manager.remove(bob.client.id)
    come(manager, "carol")
    manager.herald._looked = 0.0
    manager.herald._round()
    assert alice.told() == [Presence(1), Presence(1, HERE, "carol"), Speaking(2)]


def test_each_is_told_only_what_it_agreed_on(manager: ClientManager) -> None:
    native = come(manager, "native", Feature.NONE)
    writes = come(manager, "writes", Feature.TEXT)
    looks = come(manager, "looks", Feature.PRESENCE)
    manager.herald.write("hello", writes.client)
    manager.herald._round()
    assert native.told() == []
    assert writes.told() == [TextLine("hello", 1, "writes", own=True)]
    assert [type(told) for told in looks.told()] == [Presence, Presence, Presence, Speaking]


def test_one_who_has_not_said_what_it_shows_is_not_there_yet(manager: ClientManager) -> None:
    alice = come(manager, "alice")
    ours, theirs = socket.socketpair()
    manager.add(ours, "127.0.0.1", 5001, HandshakeResult(features=BOTH))
    manager.herald._round()
    assert alice.told() == [Presence(0, HERE | YOU, "alice"), Speaking(0)]
    theirs.sendall(pack(PacketType.TEXT, TextLine("hello?").encode()))
    theirs.settimeout(PATIENCE)
    reader, errors = PacketReader(), []
    while not errors:
        errors = [p for p in reader.feed(theirs.recv(65536)) if p.type == PacketType.ERROR_MESSAGE]
    assert decode_payload(errors[0].type, errors[0].payload).code == ErrorCode.PROTOCOL
    theirs.close()


def test_lines_are_kept_only_until_everybody_has_them(manager: ClientManager) -> None:
    alice = come(manager, "alice")
    manager.herald.write("one")
    bob = come(manager, "bob")
    manager.herald.write("two")
    manager.herald._round()
    assert [told.text for told in alice.told() if isinstance(told, TextLine)] == ["one", "two"]
    assert [told.text for told in bob.told() if isinstance(told, TextLine)] == ["two"]
    assert not manager.herald._lines
    manager.remove(alice.client.id)
    manager.remove(bob.client.id)
    manager.herald.write("three")
    manager.herald._round()
    assert not manager.herald._lines and not manager.herald._next and not manager.herald._told


def test_it_comes_back_to_who_did_not_take_everything(manager: ClientManager) -> None:
    alice = come(manager, "alice", Feature.TEXT)
    lines = [f"{number:0500}" for number in range(LINES)]
    for line in lines:
        manager.herald.write(line)
    assert manager.herald._round() == LOOK
    told: list[Payload] = []
    while len(told) < LINES:
        packets = alice.reader.feed(alice.line.recv(65536))
        told.extend(TextLine.decode(each.payload) for each in packets if each.type == PacketType.TEXT)
        patience = manager.herald._round()
    assert told == [TextLine(line, 255, "server") for line in lines]
    assert patience is None


@pytest.fixture
def rounds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When heralds made their rounds."""
    made: list[float] = []
    original = Herald._round

    def counted(herald: Herald) -> float | None:
        made.append(time.monotonic())
        return original(herald)

    monkeypatch.setattr(Herald, "_round", counted)
    return made


def test_it_sleeps_where_nobody_is_to_be_told(manager: ClientManager, rounds: list[float]) -> None:
    manager.start()
    native = come(manager, "native", Feature.NONE)
    wait_until(lambda: bool(rounds))
    deadline = time.monotonic() + PATIENCE
    before = 0
    while len(rounds) > before:  # until the last wake-up of those who came has been heard
        assert time.monotonic() < deadline, "it goes on looking"
        before = len(rounds)
        time.sleep(4 * LOOK)  # in which it would look four times
    native.client.update(name="another")
    wait_until(lambda: len(rounds) > before)


def test_it_looks_who_speaks_five_times_a_second_while_somebody_wants_to_know(
    manager: ClientManager, rounds: list[float]
) -> None:
    manager.start()
    alice = come(manager, "alice")
    wait_until(lambda: len(rounds) >= 6)
    for number in range(50):
        alice.client.update(name=f"alice{number}")
    wait_until(lambda: len(rounds) >= 10)
    assert min(b - a for a, b in pairwise(rounds)) >= 0.09
    manager.remove(alice.client.id)
    wait_until(lambda: manager.herald._patience is None)


def test_a_fault_in_a_round_is_logged_and_the_next_is_made(
    manager: ClientManager, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    manager.start()
    alice = come(manager, "alice")
    clients = manager.herald._clients
    failed = threading.Event()

    def fail_once() -> list[Client]:
        if not failed.is_set():
            failed.set()
            raise MemoryError("no memory for a list")
        return clients()

    monkeypatch.setattr(manager.herald, "_clients", fail_once)
    manager.herald.write("after all")
    wait_until(failed.is_set)
    wait_until(lambda: not manager.herald._lines)
    assert TextLine("after all", 255, "server") in alice.told()
    assert "no memory for a list" in caplog.text


def test_it_ends_with_its_server_even_if_it_was_never_started(manager: ClientManager) -> None:
    manager.close()
    manager.close()
    assert "herald" not in [thread.name for thread in threading.enumerate()]
