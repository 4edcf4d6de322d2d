"""The envelope around what a handshake agreed on."""

from __future__ import annotations

import protocol_strategies as strategies
import pytest
from handshake_partners import client_policy, converse
from hypothesis import given
from hypothesis import strategies as st

from asciichat._core.packet import pack
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


# Between asciichat peers.


def noise_pair(sent: int = 0, received: int = 0) -> tuple[Seal, Seal]:
    one, other = bytes([1]) * 32, bytes([2]) * 32
    return Seal(one, other, records=(sent, received)), Seal(other, one, records=(received, sent))


def test_an_envelope_between_asciichat_peers_costs_38_bytes_and_carries_no_counter():
    ours, theirs = noise_pair()
    ping = p.Ping().packet()
    sealed = ours.seal(ping)
    assert len(sealed) == 22 + len(ping) + 16
    assert theirs.open(inside(sealed)) == ping
    again = noise_pair()[0]
    assert again.seal(ping) == sealed, "the number of the record alone makes the nonce"


@given(st.lists(st.tuples(st.booleans(), strategies.payloads | st.just(p.KeyUpdate())), max_size=12))
def test_both_directions_open_what_the_other_seals_through_any_changes_of_key(said):
    sides = noise_pair()
    for from_ours, payload in said:
        sender, receiver = sides if from_ours else sides[::-1]
        packet = payload.packet()
        assert receiver.open(inside(sender.seal(packet))) == packet
    for from_ours in (True, False):
        updates = sum(payload == p.KeyUpdate() for ours, payload in said if ours == from_ours)
        sender, receiver = sides if from_ours else sides[::-1]
        assert sender.epochs[0] == receiver.epochs[1] == updates


@given(st.integers(0, 37), st.integers(1, 255))
def test_a_changed_byte_anywhere_in_a_record_is_found(position, flip):
    ours, theirs = noise_pair()
    payload = bytearray(inside(ours.seal(p.Ping().packet())))
    payload[position] ^= flip
    with pytest.raises(SealError):
        theirs.open(bytes(payload))


def test_a_record_is_opened_once_in_its_place_and_only_by_the_other_side():
    ping = p.Ping().packet()
    ours, theirs = noise_pair()
    first, second, third = (inside(ours.seal(ping)) for _ in range(3))
    with pytest.raises(SealError):
        theirs.open(second)  # one is missing
    theirs.open(first)
    with pytest.raises(SealError):
        theirs.open(first)  # again
    with pytest.raises(SealError):
        theirs.open(third)  # left out
    theirs.open(second)
    with pytest.raises(SealError):
        ours.open(inside(ours.seal(ping)))  # come back


def test_a_record_of_a_key_that_was_replaced_is_refused():
    ping = p.Ping().packet()
    (ours, theirs), (late, _) = noise_pair(), noise_pair()
    late.seal(ping)
    ours.seal(p.KeyUpdate().packet())
    theirs.open(inside(noise_pair()[0].seal(p.KeyUpdate().packet())))
    with pytest.raises(SealError):
        theirs.open(inside(late.seal(ping)))  # the right number, the old key
    assert theirs.open(inside(ours.seal(ping))) == ping


def test_both_sides_replace_the_key_after_65536_records():
    ours, theirs = noise_pair()
    ping = p.Ping().packet()
    for _ in range(65535):
        sealed = ours.seal(ping)
        theirs.open(sealed[22:])
    assert ours.epochs == theirs.epochs == (0, 0)
    theirs.open(ours.seal(ping)[22:])
    assert ours.epochs == (1, 0) and theirs.epochs == (0, 1)
    assert theirs.open(ours.seal(ping)[22:]) == ping


def test_both_sides_replace_the_key_after_256_mib():
    ours, theirs = noise_pair()
    picture = pack(PacketType.ASCII_FRAME, bytes(4 * 1024 * 1024))
    for count in range(1, 65):
        theirs.open(ours.seal(picture)[22:])
        assert ours.epochs == ((count * (len(picture) + 16)) >> 28, 0) == theirs.epochs[::-1]
    assert ours.epochs == (1, 0)


@pytest.mark.parametrize("length", [0, 15, 16, 37])
def test_a_record_cut_short_is_refused(length):
    ours, theirs = noise_pair()
    with pytest.raises(SealError):
        theirs.open(inside(ours.seal(p.Ping().packet()))[:length])


def test_a_key_update_has_no_payload():
    ours, theirs = noise_pair()
    with pytest.raises(SealError):
        theirs.open(inside(ours.seal(pack(PacketType.KEY_UPDATE, b"x"))))
