"""Bytes that were on the wire between native peers."""

from __future__ import annotations

import pytest

from asciichat._core.crc32c import crc32c
from asciichat.protocol import payloads as p
from asciichat.protocol.framing import PacketReader
from asciichat.protocol.types import (
    AudioCodec,
    Feature,
    LogDirection,
    LogLevel,
    Mode,
    PacketType,
    Stream,
    TerminalAbility,
    VideoCodec,
)

MAGIC = "0000000A5C11C4A1"

PACKETS = {
    "PING": (p.Ping(), "1389 00000000 00000000 00000000"),
    "PONG": (p.Pong(), "138A 00000000 00000000 00000000"),
    "HANDSHAKE_COMPLETE": (p.HandshakeComplete(), "0454 00000000 00000000 00000000"),
    "PROTOCOL_VERSION": (
        p.ProtocolVersion(Mode.ENCRYPT),
        "0001 00000010 148FB3DB 00000000 00010000010000000000000000000000",
    ),
    "CRYPTO_CAPABILITIES": (
        p.CryptoCapabilities(preferred_authentication=0),
        "044C 0000000A 10DB743A 00000000 00010001000100010001",
    ),
    "CRYPTO_PARAMETERS": (
        p.CryptoParameters(),
        "044D 00000012 F73826B3 00000000 010001000020000000000020181020000000",
    ),
    "STREAM_START": (p.StreamStart(Stream.VIDEO | Stream.AUDIO), "138D 00000004 5B37B833 00000000 00000003"),
    "SERVER_STATE": (
        p.ServerState(1, 1),
        "1390 00000020 537E3612 00000000 0000000100000001" + "00" * 24,
    ),
    "REMOTE_LOG": (
        p.RemoteLog(LogLevel.INFO, LogDirection.SERVER_TO_CLIENT, "hi"),
        "07D4 0000000A CF305B85 00000000 02010000000000026869",
    ),
    "ERROR_MESSAGE": (
        p.ErrorMessage(44, "bad"),
        "07D3 0000000B FAF94C23 00000000 0000002C00000003626164",
    ),
    "ASCII_FRAME": (
        p.AsciiFrame(2, 1, b"Hi"),
        "0BB8 0000001A 095CD33A 00000000 00000002 00000001 00000002 00000000 8A163AC0 00000000 4869",
    ),
    "IMAGE_FRAME": (
        p.ImageFrame(2, 1, b"\xff\0\0\0\xff\0"),
        "0BB9 0000001E 8AC12FDD 00000000 000000020000000100000001" + "00" * 12 + "FF000000FF00",
    ),
    "AUDIO_OPUS_BATCH": (
        p.OpusBatch((b"\xf8\xff\xfe",)),
        "0FA1 00000015 965F2482 00000000 0000BB80 00000014 00000001 00000000 0003 F8FFFE",
    ),
}


@pytest.mark.parametrize(("payload", "wire"), PACKETS.values(), ids=PACKETS.keys())
def test_packets_are_byte_for_byte_those_of_native_peers(payload, wire):
    packet = bytes.fromhex(MAGIC + wire)
    assert payload.packet() == packet
    [read] = PacketReader().feed(packet)
    assert read.decode() == payload


def test_parameters_with_an_identity_are_those_of_a_native_server_with_a_key():
    assert p.CryptoParameters(has_identity=True).encode() == bytes.fromhex(
        "010101000020002000400020181020000000"
    )


@pytest.mark.parametrize(
    ("data", "crc"),
    [(b"123456789", 0xE3069283), (bytes(32), 0x8A9136AA), (b"\xff" * 32, 0x62A8AB43), (b"", 0)],
)
def test_the_checksum_is_castagnolis(data, crc):
    assert crc32c(data) == crc


def test_a_client_that_offers_nothing_sends_the_bytes_of_a_native_one():
    assert p.ProtocolVersion(Mode.ENCRYPT, Feature.NONE).encode()[5:] == bytes(11)


def test_the_capabilities_a_native_client_sent():
    payload = bytes.fromhex(
        "00000018 00000000 00000000 00000000 0050 0018"
        + b"xterm".hex()
        + "00" * 27
        + "00" * 32
        + "01 01000000 00000001"
        + "00" * 64
        + "3C 00 00 00000007 00000003"
    )
    assert p.decode_payload(PacketType.CLIENT_CAPABILITIES, payload) == p.ClientCapabilities(
        width=80,
        height=24,
        abilities=TerminalAbility.UTF8 | TerminalAbility.BACKGROUND,
        term="xterm",
        video_codecs=VideoCodec.RAW | VideoCodec.H265 | VideoCodec.JPEG,
        audio_codecs=AudioCodec.RAW | AudioCodec.OPUS,
    )
