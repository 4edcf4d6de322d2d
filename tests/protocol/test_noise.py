"""Noise as we speak it, against vectors others published and against another implementation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from noise.connection import Keypair, NoiseConnection

from asciichat._core.packet import pack
from asciichat._core.seal import Seal
from asciichat.protocol.noise import PROTOCOL_NAME, HandshakeState, NoiseError
from asciichat.protocol.types import PacketType

# From the vectors the "cacophony" implementation publishes, which other implementations test themselves with. The
# handshake hash given there is left out: it is the one before the psk is mixed in, and binds nothing after it.
PROLOGUE = bytes.fromhex("4a6f686e2047616c74")
PSK = bytes.fromhex("54686973206973206d7920417573747269616e20706572737065637469766521")
INIT_STATIC = bytes.fromhex("e61ef9919cde45dd5f82166404bd08e38bceb5dfdfded0a34c8df7ed542214d1")
INIT_EPHEMERAL = bytes.fromhex("893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a")
RESP_STATIC = bytes.fromhex("4a3acbfdb163dec651dfa3194dece676d437029c62a408b4c5ea9114246e4893")
RESP_EPHEMERAL = bytes.fromhex("bbdb4cdbd309f1a1f2e1456967fe288cadd6f712d65dc7b7793d5e63da6b375b")
HANDSHAKE = [
    (
        "4c756477696720766f6e204d69736573",
        "ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c7944"
        "c9f5ff0e8079630cb7e270c20bbf480821b77a384a645c71a2fd9b3db1c16a5f",
    ),
    (
        "4d757272617920526f746862617264",
        "95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f144808843"
        "b123def17f71e6ae8e57e0e1dec5949c5f7415c6f33517398747d821a06dc23a"
        "d430aa1fd7381d46195c378a819fd574425462cbb2d4ca339e738a0b7001dc91423fbf55a99af0c6f1df21012ceb2f",
    ),
    (
        "462e20412e20486179656b",
        "52187316111b118d4c060364f7b975dc0809b2590779aff2d63113c564f11744"
        "493384db7bf32d5ae6686df6ab06d508d2e07caaf1d6afc010b978735fc78900e71ae1d314130d042e729a",
    ),
]
TRANSPORT = [
    ("4361726c204d656e676572", "eaedc672d4c21e0e2955758756fb98f194c4e90d5deb5b6cf30b27"),
    (
        "4a65616e2d426170746973746520536179",
        "522d543c5fe799d09a3d9da7ff54d0dc03c8af1dc7751d2ff708339d2290943e98",
    ),
    (
        "457567656e2042f6686d20766f6e2042617765726b",
        "7d4e2c3873eef6a213b04e72f9df60a91666072d3544c5d96c34a09e2329b5030bee796741",
    ),
]


def states(prologue: bytes = PROLOGUE) -> tuple[HandshakeState, HandshakeState]:
    return (
        HandshakeState(
            initiator=True, prologue=prologue, static=INIT_STATIC, ephemeral=INIT_EPHEMERAL, psk=PSK
        ),
        HandshakeState(
            initiator=False, prologue=prologue, static=RESP_STATIC, ephemeral=RESP_EPHEMERAL, psk=PSK
        ),
    )


def test_the_published_vectors_are_met_byte_for_byte():
    writer, reader = states()
    for payload, message in HANDSHAKE:
        assert writer.write_message(bytes.fromhex(payload)).hex() == message
        assert reader.read_message(bytes.fromhex(message))[0].hex() == payload
        writer, reader = reader, writer
    initiator, responder = reader, writer
    assert initiator.h == responder.h
    (from_i, to_i), (from_r, to_r) = initiator.split(), responder.split()
    for number, (payload, message) in enumerate(TRANSPORT):
        # The first transport message is the responder's, as the last one of the handshake was the initiator's.
        sender, receiver = (from_r, to_i) if number % 2 == 0 else (from_i, to_r)
        assert sender.encrypt(b"", bytes.fromhex(payload)).hex() == message
        assert receiver.decrypt(b"", bytes.fromhex(message)).hex() == payload


def their_side(initiator: bool, prologue: bytes, psk: bytes) -> NoiseConnection:
    connection = NoiseConnection.from_name(PROTOCOL_NAME)
    connection.set_psks(psk)
    connection.set_prologue(prologue)
    if initiator:
        connection.set_as_initiator()
    else:
        connection.set_as_responder()
    connection.set_keypair_from_private_bytes(Keypair.STATIC, INIT_STATIC if initiator else RESP_STATIC)
    connection.start_handshake()
    return connection


@given(
    st.booleans(),
    st.binary(max_size=40),
    st.binary(min_size=32, max_size=32),
    st.lists(st.binary(max_size=200)),
)
def test_another_implementation_understands_us_and_we_understand_it(we_begin, prologue, psk, said):
    ours = HandshakeState(
        initiator=we_begin, prologue=prologue, static=RESP_STATIC, ephemeral=RESP_EPHEMERAL, psk=psk
    )
    theirs = their_side(not we_begin, prologue, psk)
    for turn in range(3):
        if (turn % 2 == 0) == we_begin:
            assert theirs.read_message(ours.write_message(b"ours")) == b"ours"
        else:
            assert ours.read_message(bytes(theirs.write_message(b"theirs")))[0] == b"theirs"
    assert theirs.get_handshake_hash() == ours.h
    sending, receiving = ours.split()
    for text in said:
        assert theirs.decrypt(sending.encrypt(b"", text)) == text
        assert receiving.decrypt(b"", bytes(theirs.encrypt(text))) == text


def test_another_implementation_opens_the_envelopes_of_the_core_and_follows_its_change_of_keys():
    ours = HandshakeState(initiator=True, prologue=b"", static=INIT_STATIC, ephemeral=INIT_EPHEMERAL, psk=PSK)
    theirs = their_side(False, b"", PSK)
    theirs.read_message(ours.write_message())
    ours.read_message(bytes(theirs.write_message()))
    theirs.read_message(ours.write_message())
    sending, receiving = ours.split()
    assert sending.key is not None and receiving.key is not None
    seal = Seal(sending.key, receiving.key, records=(0, 0))
    ping, update = pack(PacketType.PING, b""), pack(PacketType.KEY_UPDATE, b"")
    for packet in (ping, ping, update):
        assert theirs.decrypt(seal.seal(packet)[22:]) == packet
    theirs.rekey_inbound_cipher()
    assert theirs.decrypt(seal.seal(ping)[22:]) == ping
    assert seal.open(bytes(theirs.encrypt(ping))) == ping
    assert seal.open(bytes(theirs.encrypt(update))) == update
    theirs.rekey_outbound_cipher()
    assert seal.open(bytes(theirs.encrypt(ping))) == ping
    assert seal.epochs == (1, 1)


@pytest.mark.parametrize("turn", [0, 1, 2])
@given(position=st.integers(0, 200), flip=st.integers(1, 255))
def test_a_changed_byte_in_any_message_is_found_at_the_latest_by_the_next_one(turn, position, flip):
    writer, reader = states()
    with pytest.raises(NoiseError):
        for number in range(3):
            message = bytearray(writer.write_message(b"payload"))
            if number == turn:
                message[position % len(message)] ^= flip
            reader.read_message(bytes(message))
            writer, reader = reader, writer


def test_another_prologue_or_another_psk_is_found():
    writer, _ = states(b"one")
    _, reader = states(b"other")
    with pytest.raises(NoiseError):
        reader.read_message(writer.write_message())
    writer, reader = states()
    reader.psk = bytes(32)
    reader.read_message(writer.write_message())
    writer.read_message(reader.write_message())
    with pytest.raises(NoiseError) as caught:
        reader.read_message(writer.write_message())
    assert caught.value.payload


@pytest.mark.parametrize("size", [0, 31, 47])
def test_a_message_cut_short_is_refused(size):
    writer, reader = states()
    with pytest.raises(NoiseError):
        reader.read_message(writer.write_message()[:size])


def test_a_key_that_makes_every_product_zero_is_refused():
    writer, reader = states()
    reader.read_message(writer.write_message())
    with pytest.raises(NoiseError):
        writer.read_message(bytes(32) + reader.write_message()[32:])
