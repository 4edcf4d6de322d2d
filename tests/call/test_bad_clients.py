"""Clients that break the rules harm themselves only: they are let go with a reason in the log, and the two who talk
meanwhile notice nothing."""

from __future__ import annotations

import logging
import os
import socket
import struct
import time
from collections.abc import Callable, Iterator

import pytest
from callers import Frame, OwnCaller, Samples

from asciichat import Server
from asciichat._core.packet import pack
from asciichat._core.seal import Seal
from asciichat.protocol.handshake import ClientHandshake, ClientPolicy
from asciichat.protocol.payloads import ClientCapabilities, ProtocolVersion, StreamStart
from asciichat.protocol.types import ColorLevel, Mode, PacketType, Stream
from asciichat.server import Limits

IDLE = 1.0
CAPABILITIES = ClientCapabilities(width=80, height=24, color_level=ColorLevel.TRUECOLOR).encode()


@pytest.fixture
def server(serve: Callable[..., Server]) -> Server:
    """A server that lets go of the silent after a second."""
    return serve(limits=Limits(idle=IDLE, handshake=2.0))


@pytest.fixture
def bystanders(
    server: Server, talking_head: list[Frame], film: list[Frame], voices: dict[str, Samples]
) -> Iterator[list[OwnCaller]]:
    """Two people in a call, who must still be in it afterwards, with all their pictures and all their sound."""
    # Films that never stand still, so that frames are due all the time.
    people = [
        OwnCaller(server.port, film * 20, voices["alice"], columns=80, rows=24),
        OwnCaller(server.port, talking_head * 20, voices["bob"], columns=80, rows=24),
    ]
    time.sleep(0.5)
    begun, before = time.monotonic(), [(person.pictures, len(person.ears.samples())) for person in people]
    yield people
    time.sleep(max(0.0, begun + 1.5 - time.monotonic()))
    took = time.monotonic() - begun
    pictures = [person.pictures - seen for person, (seen, _) in zip(people, before, strict=True)]
    sound = [len(person.ears.samples()) - heard for person, (_, heard) in zip(people, before, strict=True)]
    dropped = [client.counts["sounds_dropped"] for client in server.clients()]
    ends = [person.end for person in people]
    for person in people:
        person.close()
    assert ends == [None, None]
    assert min(pictures) >= 25 * took  # two films of 30 pictures a second: at least nearly one of them
    assert min(sound) >= 0.95 * 48000 * took - 2 * 960
    assert dropped == [0, 0]


class Line:
    """A connection that says what it likes."""

    def __init__(self, server: Server, *, shake_hands: bool = True) -> None:
        self.sock = socket.create_connection(("127.0.0.1", server.port))
        self.sock.settimeout(10)
        if shake_hands:
            handshake = ClientHandshake(ClientPolicy(verify_server=lambda _: None))
            self.sock.sendall(handshake.start())
            while not handshake.done:
                self.sock.sendall(handshake.feed(self.sock.recv(65536)))
            assert handshake.result is not None
            key = handshake.result.shared_key
            assert key is not None
            self.seal = Seal(bytes(key), bytes(key))
            self.sealed(PacketType.CLIENT_CAPABILITIES, CAPABILITIES)
            self.sealed(PacketType.STREAM_START, StreamStart(Stream.VIDEO | Stream.AUDIO).encode())

    def sealed(self, kind: int, payload: bytes) -> None:
        """Send a packet as it should be."""
        self.sock.sendall(self.seal.seal(pack(kind, payload)))

    def raw(self, data: bytes) -> None:
        """Send anything."""
        self.sock.sendall(data)

    def hung_up(self) -> bool:
        """Wait until the server hangs up."""
        try:
            while self.sock.recv(65536):
                pass
        except ConnectionResetError:
            pass
        self.sock.close()
        return True


def header(kind: int, length: int, crc: int = 0) -> bytes:
    """A packet header that says what it likes."""
    return struct.pack(">QHIII", 0x0000000A5C11C4A1, kind, length, crc, 0)


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
    line = Line(server, shake_hands=False)
    misbehave(line)
    assert line.hung_up()
    assert reason in caplog.text
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
    line = Line(server)
    misbehave(line)
    assert line.hung_up()
    deadline = time.monotonic() + 5
    while reason not in caplog.text and time.monotonic() < deadline:  # said once everything is cleaned up
        time.sleep(0.01)
    assert reason in caplog.text
    assert len(server.clients()) == 2


def test_a_full_server_says_so_as_native_clients_expect(serve: Callable[..., Server]) -> None:
    server = serve(max_clients=1)
    first = Line(server)
    second = Line(server, shake_hands=False)
    second.raw(pack(PacketType.PROTOCOL_VERSION, ProtocolVersion(Mode.ENCRYPT).encode()))
    assert second.sock.recv(100) == b"SERVER_FULL: Maximum client limit reached\n"
    assert second.hung_up()
    first.sock.close()
