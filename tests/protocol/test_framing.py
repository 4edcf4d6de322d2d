"""The push parser: the same packets, or the same refusal, however the stream is cut."""

from __future__ import annotations

from itertools import pairwise

import protocol_strategies as strategies
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asciichat._core.packet import pack
from asciichat.protocol import payloads as p
from asciichat.protocol.errors import ProtocolError
from asciichat.protocol.framing import FROM_CLIENT, FROM_SERVER, Packet, PacketReader
from asciichat.protocol.types import MAX_PAYLOAD, ErrorCode, PacketType

PING = pack(PacketType.PING, b"")
HEADER = 22


def header(packet_type: int, length: int, crc: int = 0) -> bytes:
    return (
        PING[:8]
        + packet_type.to_bytes(2, "big")
        + length.to_bytes(4, "big")
        + crc.to_bytes(4, "big")
        + bytes(4)
    )


def outcome(reader: PacketReader, chunks: list[bytes]) -> tuple[list[Packet], str | None]:
    packets: list[Packet] = []
    try:
        for chunk in chunks:
            packets.extend(reader.feed(chunk))
    except ProtocolError as error:
        return packets, str(error)
    return packets, None


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[a:b] for a, b in pairwise(edges)]


streams = st.lists(strategies.payloads, min_size=1, max_size=5)
cuts = st.lists(st.integers(0, 1 << 20), max_size=12)


@given(streams, cuts)
def test_any_split_of_a_stream_gives_the_same_packets(payloads, cuts):
    stream = b"".join(payload.packet() for payload in payloads)
    packets, error = outcome(PacketReader(), pieces(stream, cuts))
    assert error is None
    assert [packet.decode() for packet in packets] == payloads
    assert b"".join(packet.pack() for packet in packets) == stream


@given(
    streams,
    cuts,
    st.integers(0, 1 << 20),
    st.integers(1, 255),
    st.sampled_from([None, FROM_CLIENT, FROM_SERVER]),
)
def test_any_split_of_a_damaged_stream_gives_the_same_outcome(payloads, cuts, position, flip, rules):
    stream = bytearray(b"".join(payload.packet() for payload in payloads))
    stream[position % len(stream)] ^= flip
    data = bytes(stream)
    assert outcome(PacketReader(rules), pieces(data, cuts)) == outcome(PacketReader(rules), [data])


@given(st.binary(max_size=200), cuts)
def test_noise_is_refused_or_waited_on_and_nothing_else(noise, cuts):
    packets, error = outcome(PacketReader(), pieces(noise, cuts))
    assert packets == []
    assert (error is None) == PING[:8].startswith(noise[:8])


def test_a_stream_byte_by_byte_holds_back_no_more_than_one_packet():
    stream = p.ServerState(1, 1).packet() + PING
    reader = PacketReader()
    seen = []
    for at in range(len(stream)):
        seen += reader.feed(stream[at : at + 1])
        assert reader.pending < HEADER + 32
    assert [packet.type for packet in seen] == [PacketType.SERVER_STATE, PacketType.PING]
    assert reader.pending == 0


def test_a_flipped_bit_in_a_payload_is_found():
    packet = bytearray(p.StreamStart(1).packet())
    packet[-1] ^= 2
    with pytest.raises(ProtocolError, match="STREAM_START: bad CRC"):
        list(PacketReader().feed(bytes(packet)))


@pytest.mark.parametrize("at", range(8))
def test_bad_magic_is_refused_at_its_first_wrong_byte(at):
    data = bytearray(PING[: at + 1])
    data[at] ^= 0x80
    with pytest.raises(ProtocolError, match="magic"):
        list(PacketReader().feed(bytes(data)))


@pytest.mark.parametrize("length", [MAX_PAYLOAD + 1, 0xFFFFFFFF])
def test_a_length_over_the_limit_is_refused_by_its_header_alone(length):
    with pytest.raises(ProtocolError) as caught:
        list(PacketReader().feed(header(PacketType.ENCRYPTED, length)))
    assert caught.value.code is ErrorCode.SIZE


def test_a_reader_with_a_limit_of_its_own_keeps_it():
    reader = PacketReader(limit=100)
    assert [packet.type for packet in reader.feed(p.ClientLeave("x" * 100).packet())] == [5004]
    with pytest.raises(ProtocolError, match="101 bytes"):
        list(reader.feed(header(PacketType.CLIENT_LEAVE, 101)))


@pytest.mark.parametrize(
    ("rules", "packet_type", "length", "code"),
    [
        (FROM_CLIENT, PacketType.CRYPTO_PARAMETERS, 18, ErrorCode.UNKNOWN_PACKET),
        (FROM_CLIENT, PacketType.IMAGE_FRAME, 27, ErrorCode.UNKNOWN_PACKET),
        (FROM_CLIENT, PacketType.ENCRYPTED, 100, ErrorCode.UNKNOWN_PACKET),
        (FROM_CLIENT, 4242, 0, ErrorCode.UNKNOWN_PACKET),
        (FROM_CLIENT, PacketType.PROTOCOL_VERSION, 15, ErrorCode.SIZE),
        (FROM_CLIENT, PacketType.KEY_EXCHANGE_RESP, 65536, ErrorCode.SIZE),
        (FROM_CLIENT, PacketType.PING, 1, ErrorCode.SIZE),
        (FROM_SERVER, PacketType.AUTH_RESPONSE, 64, ErrorCode.UNKNOWN_PACKET),
        (FROM_SERVER, PacketType.ASCII_FRAME, 24, ErrorCode.UNKNOWN_PACKET),
        (FROM_SERVER, PacketType.HANDSHAKE_COMPLETE, 1, ErrorCode.SIZE),
    ],
)
def test_before_the_session_each_side_may_say_only_what_its_table_allows(rules, packet_type, length, code):
    with pytest.raises(ProtocolError) as caught:
        list(PacketReader(rules).feed(header(packet_type, length)))
    assert caught.value.code is code


def test_who_stops_reading_finds_the_rest_untouched():
    stream = PING + p.StreamStart(3).packet() + b"\0\0\0\x0a\x5c"
    reader = PacketReader()
    assert next(reader.feed(stream)).type == PacketType.PING
    assert reader.take_rest() == stream[HEADER:]
    assert reader.pending == 0 and list(reader.feed(PING)) == [Packet(PacketType.PING, b"")]


def test_the_rest_may_begin_within_a_packet_whose_header_was_read():
    stream = p.StreamStart(3).packet()[:-1]
    reader = PacketReader()
    assert list(reader.feed(stream)) == []
    assert reader.take_rest() == stream


def test_a_reader_that_failed_stays_failed_and_keeps_nothing():
    reader = PacketReader()
    for _ in range(2):
        with pytest.raises(ProtocolError, match="magic"):
            list(reader.feed(b"GET / HTTP/1.1\r\n"))
    assert reader.pending == 0


def test_a_crc_on_an_empty_payload_is_not_looked_at():
    assert [packet.type for packet in PacketReader().feed(header(PacketType.PING, 0, 0xDEADBEEF))] == [5001]


def test_an_unknown_type_has_its_number_for_a_name():
    assert (Packet(5001, b"").name, Packet(4242, b"").name) == ("PING", "type 4242")
