"""The envelope around what a handshake agreed on."""

from __future__ import annotations

import protocol_strategies as strategies
import pytest
from handshake_partners import client_policy, converse
from hypothesis import given
from hypothesis import strategies as st

from asciichat._core.seal import OVERHEAD, Seal, SealError
from asciichat.protocol import payloads as p
from asciichat.protocol.framing import PacketReader
from asciichat.protocol.handshake import ServerPolicy
from asciichat.protocol.types import PacketType

KEY = bytes(range(32))
SESSION = bytes(range(0x10, 0x20))
OTHER_SESSION = bytes(range(0x40, 0x50))
WIRE = bytes.fromhex(
    "0000000A5C11C4A1 04B0 0000003E EEEADE07 00000000"
    "101112131415161718191A1B1C1D1E1F 0000000000000001"
    "8039A11A11530AF0C8CDB334C1F70D60"
    "6E81383C34B557281CBBBF84E65C6264A5084FD86DE4"
)


def pair() -> tuple[Seal, Seal]:
    return Seal(KEY, KEY, SESSION), Seal(KEY, KEY, OTHER_SESSION)


def inside(packet: bytes) -> bytes:
    """Return the payload of an ENCRYPTED packet, whose own framing must be right."""
    [outer] = PacketReader().feed(packet)
    assert outer.type == PacketType.ENCRYPTED
    return outer.payload


def test_a_sealed_ping_is_byte_for_byte_that_of_a_native_peer():
    ours, theirs = pair()
    assert ours.seal(p.Ping().packet()) == WIRE
    assert theirs.open(inside(WIRE)) == p.Ping().packet()


@given(st.lists(strategies.payloads, min_size=1, max_size=4))
def test_what_one_side_of_a_handshake_seals_the_other_opens(payloads):
    talk = converse(client_policy(), ServerPolicy())
    client = Seal(talk.client.result.shared_key, talk.client.result.shared_key)
    server = Seal(talk.server.result.shared_key, talk.server.result.shared_key)
    for payload in payloads:
        packet = payload.packet()
        for sender, receiver in ((client, server), (server, client)):
            sealed = sender.seal(packet)
            assert len(sealed) == len(packet) + OVERHEAD
            [inner] = PacketReader().feed(receiver.open(inside(sealed)))
            assert inner.decode() == payload


@given(st.integers(0, 61), st.integers(1, 255))
def test_a_changed_byte_anywhere_in_an_envelope_is_found(position, flip):
    ours, theirs = pair()
    payload = bytearray(inside(ours.seal(p.Ping().packet())))
    payload[position] ^= flip
    with pytest.raises(SealError):
        theirs.open(bytes(payload))


def test_an_envelope_is_opened_once_and_never_after_a_later_one():
    ours, theirs = pair()
    first, second, third = (inside(ours.seal(p.Ping().packet())) for _ in range(3))
    theirs.open(first)
    with pytest.raises(SealError):
        theirs.open(first)
    theirs.open(third)
    with pytest.raises(SealError):
        theirs.open(second)


def test_our_own_envelope_sent_back_to_us_is_refused():
    ours, _ = pair()
    with pytest.raises(SealError):
        ours.open(inside(ours.seal(p.Ping().packet())))


def test_a_session_id_that_changes_is_refused():
    _, theirs = pair()
    theirs.open(inside(Seal(KEY, KEY, SESSION).seal(p.Ping().packet())))
    with pytest.raises(SealError):
        theirs.open(inside(Seal(KEY, KEY, bytes(16)).seal(p.Ping().packet())))


@pytest.mark.parametrize("length", [0, 23, 24, 39, 40, 61])
def test_an_envelope_cut_short_is_refused(length):
    _, theirs = pair()
    with pytest.raises(SealError):
        theirs.open(inside(WIRE)[:length])
