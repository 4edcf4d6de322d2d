"""Clients that break the rules harm themselves only: they are let go with a reason in the log, and the two who talk
meanwhile notice nothing."""

from __future__ import annotations

import logging
import os
import struct
import time
from collections.abc import Callable, Iterator

import pytest
from bystanders import Bystanders
from callers import Frame, Samples
from hostile_line import CAPABILITIES, Line, header

from asciichat import Server
from asciichat._core.packet import pack
from asciichat.protocol.payloads import ProtocolVersion
from asciichat.protocol.types import Mode, PacketType
from asciichat.server import Limits

IDLE = 3.0  # a machine that stands still for a moment does not make the others silent for so long


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server that lets go of the silent after three seconds, and holds nothing against this machine."""
    limits = Limits(idle=IDLE, handshake=4.0, exempt=("127.0.0.0/8",))
    with Server(("127.0.0.1",), 0, limits=limits) as server:
        yield server


@pytest.fixture(scope="module")
def people(
    server: Server, talking_head: list[Frame], film: list[Frame], voices: dict[str, Samples]
) -> Iterator[Bystanders]:
    """Two people in a call."""
    people = Bystanders(server, [film, talking_head], [voices["alice"], voices["bob"]], [{}, {}])
    yield people
    people.close()


@pytest.fixture
def bystanders(people: Bystanders) -> Iterator[None]:
    """They must still be in it afterwards, with their pictures and their sound."""
    with people.unhurt():
        yield


def skips_the_handshake(line: Line) -> None:
    line.raw(pack(PacketType.CLIENT_CAPABILITIES, CAPABILITIES))


def sends_garbage_first(line: Line) -> None:
    line.raw(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")


def announces_too_much_in_the_handshake(line: Line) -> None:
    line.raw(header(PacketType.PROTOCOL_VERSION, 5_000_000))


def stops_in_the_handshake(line: Line) -> None:
    line.raw(pack(PacketType.PROTOCOL_VERSION, ProtocolVersion(Mode.ENCRYPT).encode()))


STRANGERS = [
    (skips_the_handshake, "does not encrypt"),
    (sends_garbage_first, "handshake"),
    (announces_too_much_in_the_handshake, "handshake"),
    (stops_in_the_handshake, "longer than"),
]


def sends_a_bad_crc(line: Line) -> None:
    packet = bytearray(line.seal.seal(pack(PacketType.PING)))
    packet[17] ^= 1
    line.raw(bytes(packet))


def announces_too_much(line: Line) -> None:
    line.raw(header(PacketType.ENCRYPTED, 50_000_000))


def sends_garbage(line: Line) -> None:
    line.raw(os.urandom(4096))


def goes_silent(line: Line) -> None:
    pass


def sends_in_clear(line: Line) -> None:
    line.raw(pack(PacketType.PING))


def sends_a_forged_packet(line: Line) -> None:
    packet = bytearray(line.seal.seal(pack(PacketType.PING)))
    packet[-1] ^= 1
    line.raw(pack(PacketType.ENCRYPTED, bytes(packet[22:])))


def replays_a_packet(line: Line) -> None:
    packet = line.seal.seal(pack(PacketType.PING))
    line.raw(packet + packet)


def sends_an_unknown_type(line: Line) -> None:
    line.sealed(4242, b"")


def sends_a_servers_packet(line: Line) -> None:
    line.sealed(PacketType.ASCII_FRAME, bytes(30))


def sends_a_picture_larger_than_its_packet(line: Line) -> None:
    line.sealed(PacketType.IMAGE_FRAME, struct.pack(">IIIIII", 1000, 1000, 1, 0, 0, 0) + bytes(300))


def sends_a_picture_without_size(line: Line) -> None:
    line.sealed(PacketType.IMAGE_FRAME, struct.pack(">IIIIII", 0, 5, 1, 0, 0, 0) + bytes(300))


def sends_sound_that_does_not_add_up(line: Line) -> None:
    line.sealed(PacketType.AUDIO_OPUS_BATCH, struct.pack(">IIIIHH", 48000, 20, 2, 0, 500, 500) + bytes(30))


def has_a_terminal_of_no_size(line: Line) -> None:
    line.sealed(PacketType.CLIENT_CAPABILITIES, CAPABILITIES[:16] + bytes(4) + CAPABILITIES[20:])


def streams_something_unknown(line: Line) -> None:
    line.sealed(PacketType.STREAM_START, struct.pack(">I", 64))


MEMBERS = [
    (sends_a_bad_crc, "bad CRC"),
    (announces_too_much, "length over the limit"),
    (sends_garbage, "not a packet"),
    (goes_silent, "silent too long"),
    (sends_in_clear, "in clear on an encrypted connection"),
    (sends_a_forged_packet, "not sealed with the session key"),
    (replays_a_packet, "replayed"),
    (sends_an_unknown_type, "type 4242"),
    (sends_a_servers_packet, "not allowed here"),
    (sends_a_picture_larger_than_its_packet, "does not hold together"),
    (sends_a_picture_without_size, "does not hold together"),
    (sends_sound_that_does_not_add_up, "does not hold together"),
    (has_a_terminal_of_no_size, "width"),
    (streams_something_unknown, "stream"),
]


@pytest.mark.usefixtures("bystanders")
@pytest.mark.parametrize(("misbehave", "reason"), STRANGERS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_stranger_is_refused(
    server: Server,
    caplog: pytest.LogCaptureFixture,
    misbehave: Callable[[Line], None],
    reason: str,
) -> None:
    caplog.set_level(logging.INFO, "asciichat")
    line = Line(server.port, None)
    misbehave(line)
    assert line.hung_up()
    assert reason in caplog.text
    assert line.address in caplog.text
    assert len(server.clients()) == 2


@pytest.mark.usefixtures("bystanders")
@pytest.mark.parametrize(("misbehave", "reason"), MEMBERS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_member_is_let_go(
    server: Server,
    caplog: pytest.LogCaptureFixture,
    misbehave: Callable[[Line], None],
    reason: str,
) -> None:
    caplog.set_level(logging.INFO, "asciichat")
    line = Line(server.port)
    misbehave(line)
    assert line.hung_up()
    deadline = time.monotonic() + 5
    left = f"({line.address}) left: "  # is logged once it is gone
    while (len(server.clients()) > 2 or left not in caplog.text) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(server.clients()) == 2
    assert left in caplog.text
    assert reason in caplog.text


def test_a_full_server_says_so_as_native_clients_expect(serve: Callable[..., Server]) -> None:
    server = serve(max_clients=1)
    first = Line(server.port)
    second = Line(server.port, None)
    second.raw(pack(PacketType.PROTOCOL_VERSION, ProtocolVersion(Mode.ENCRYPT).encode()))
    assert second.sock.recv(100) == b"SERVER_FULL: Maximum client limit reached\n"
    assert second.hung_up()
    first.sock.close()
