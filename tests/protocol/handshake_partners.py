"""Both sides of a handshake in one process, and the people that take part."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from asciichat.protocol.framing import Packet, PacketReader
from asciichat.protocol.handshake import (
    ClientHandshake,
    ClientPolicy,
    Handshake,
    ServerHandshake,
    ServerPolicy,
)

PASSWORD_KEY = bytes.fromhex("db53648f70f33023f5ea585b6879e1adac36b517d0c2ac555e0836e9fdc81146")
OTHER_PASSWORD_KEY = bytes(range(32))


class Person:
    """An Ed25519 identity whose seed is one byte repeated."""

    def __init__(self, seed: int) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        self.public_key = self._private.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._private.sign(message)


SERVER = Person(0x11)
CLIENT = Person(0x22)
STRANGER = Person(0x33)


def anybody(_identity: bytes | None) -> None:
    """A client's check that lets every server pass."""


def client_policy(**settings) -> ClientPolicy:
    return ClientPolicy(**({"verify_server": anybody} | settings))


def whole(data: bytes) -> Iterable[bytes]:
    return [data] if data else []


def byte_by_byte(data: bytes) -> Iterable[bytes]:
    return [data[at : at + 1] for at in range(len(data))]


@dataclass
class Conversation:
    """What both sides said, and how it ended."""

    client: ClientHandshake
    server: ServerHandshake
    said_by_client: bytes = b""
    said_by_server: bytes = b""
    _inbox: dict[str, bytes] = field(default_factory=dict)

    @property
    def client_packets(self) -> list[Packet]:
        return list(PacketReader().feed(self.said_by_client))

    @property
    def server_packets(self) -> list[Packet]:
        return list(PacketReader().feed(self.said_by_server))


def over(machine: Handshake) -> bool:
    return machine.done or machine.failure is not None


def sign_for(machine: Handshake, person: Person = SERVER) -> bytes:
    """Sign what a machine that does not sign itself has to have signed."""
    return machine.signed(person.sign(machine.to_sign)) if machine.to_sign is not None else b""


def converse(
    client: ClientHandshake | ClientPolicy,
    server: ServerHandshake | ServerPolicy,
    split: Callable[[bytes], Iterable[bytes]] = whole,
) -> Conversation:
    """Let both talk until neither has anything to say, then let whoever still waits see the other hang up."""
    if isinstance(client, ClientPolicy):
        client = ClientHandshake(client)
    if isinstance(server, ServerPolicy):
        server = ServerHandshake(server)
    talk = Conversation(client, server)
    to_server, to_client = client.start(), server.start()
    while to_server or to_client:
        talk.said_by_client += to_server
        talk.said_by_server += to_client
        for_server, to_server = to_server, b""
        for chunk in split(for_server):
            if not over(server):
                to_client += server.feed(chunk)
        to_client += sign_for(server)
        talk.said_by_server += to_client
        for_client, to_client = to_client, b""
        for chunk in split(for_client):
            if not over(client):
                to_server += client.feed(chunk)
    for machine, other in ((client, server), (server, client)):
        if not over(machine) and other.failure is not None:
            machine.eof()
    return talk
