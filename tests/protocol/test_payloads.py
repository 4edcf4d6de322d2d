"""Every payload: what goes in comes out, and what is not allowed is refused."""

from __future__ import annotations

import struct

import protocol_strategies as strategies
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from asciichat.protocol import payloads as p
from asciichat.protocol.errors import ChecksumError, ProtocolError
from asciichat.protocol.payloads.media import MAX_TEXT
from asciichat.protocol.types import (
    AsciiFlag,
    ColorFilter,
    ErrorCode,
    LogDirection,
    LogLevel,
    PacketType,
    PaletteType,
    Stream,
)

ALL = strategies.BY_CLASS | strategies.AUTH_RESPONSES


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_decoding_gives_back_what_was_encoded(kind, data):
    payload = data.draw(ALL[kind])
    assert type(payload) is kind
    assert kind.decode(payload.encode()) == payload


def test_no_payload_class_is_left_out_of_these_tests():
    assert set(strategies.BY_CLASS) == set(p.PAYLOADS.values())


@given(st.sampled_from(list(p.PAYLOADS)), st.binary(max_size=300))
def test_any_bytes_decode_or_are_refused_in_words(packet_type, data):
    try:
        payload = p.decode_payload(packet_type, data)
    except ProtocolError as error:
        assert str(error) and isinstance(error.code, ErrorCode)
    else:
        assert type(payload).decode(payload.encode()) == payload


@given(strategies.payloads, st.data())
def test_a_damaged_payload_decodes_or_is_refused(payload, data):
    damaged = bytearray(payload.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        if damaged:
            damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(damaged)))
    for candidate in (bytes(damaged), bytes(damaged[:cut]), bytes(damaged) + b"\0"):
        try:
            again = p.decode_payload(payload.TYPE, candidate)
        except ProtocolError:
            continue
        assert type(again).decode(again.encode()) == again


@pytest.mark.parametrize("packet_type", [0, 7, PacketType.ENCRYPTED, PacketType.TEXT_MESSAGE, 6000, 0xFFFF])
def test_a_type_without_a_payload_class_is_refused(packet_type):
    with pytest.raises(ProtocolError) as caught:
        p.decode_payload(packet_type, b"")
    assert caught.value.code is ErrorCode.UNKNOWN_PACKET


# Malformed payloads, each with the word the refusal must hold.

CAPABILITIES = p.ClientCapabilities(width=80, height=24, term="xterm").encode()
ASCII = p.AsciiFrame(2, 1, b"Hi").encode()
IMAGE = p.ImageFrame(2, 1, bytes(6)).encode()
OPUS = p.OpusBatch((b"\xf8\xff\xfe",)).encode()
AUDIO = p.AudioBatch(48000, 1, (1, -1)).encode()
LOG = p.RemoteLog(LogLevel.INFO, LogDirection.SERVER_TO_CLIENT, "hi").encode()
ERROR = p.ErrorMessage(44, "bad").encode()
PARAMETERS = p.CryptoParameters().encode()


def patched(payload: bytes, offset: int, new: bytes) -> bytes:
    assert offset + len(new) <= len(payload)
    return payload[:offset] + new + payload[offset + len(new) :]


def opus(*, rate=48000, ms=20, count=1, sizes=(3,), body=b"\xf8\xff\xfe") -> bytes:
    return struct.pack(f">IIII{len(sizes)}H", rate, ms, count, 0, *sizes) + body


def ascii_frame(text_size: int, compressed: int, crc: int, flags: int, data: bytes) -> bytes:
    return struct.pack(">IIIIII", 2, 1, text_size, compressed, crc, flags) + data


MALFORMED = {
    "capabilities one byte short": (PacketType.CLIENT_CAPABILITIES, CAPABILITIES[:-1], "167 bytes"),
    "capabilities one byte long": (PacketType.CLIENT_CAPABILITIES, CAPABILITIES + b"\0", "169 bytes"),
    "colour level 4": (PacketType.CLIENT_CAPABILITIES, patched(CAPABILITIES, 7, b"\4"), "colour level"),
    "render mode 3": (PacketType.CLIENT_CAPABILITIES, patched(CAPABILITIES, 15, b"\3"), "render mode"),
    "no columns": (PacketType.CLIENT_CAPABILITIES, patched(CAPABILITIES, 16, b"\0\0"), "width"),
    "4097 rows": (PacketType.CLIENT_CAPABILITIES, patched(CAPABILITIES, 18, b"\x10\x01"), "height"),
    "palette 7": (PacketType.CLIENT_CAPABILITIES, patched(CAPABILITIES, 92, b"\7"), "palette"),
    "empty custom palette": (PacketType.CLIENT_CAPABILITIES, patched(CAPABILITIES, 92, b"\6"), "empty"),
    "escape in the custom palette": (
        PacketType.CLIENT_CAPABILITIES,
        patched(CAPABILITIES, 92, b"\6\x1b[2J"),
        "control characters",
    ),
    "0 frames per second": (PacketType.CLIENT_CAPABILITIES, patched(CAPABILITIES, 157, b"\0"), "per second"),
    "145 frames per second": (
        PacketType.CLIENT_CAPABILITIES,
        patched(CAPABILITIES, 157, b"\x91"),
        "per second",
    ),
    "start nothing": (PacketType.STREAM_START, bytes(4), "neither"),
    "start a third kind": (PacketType.STREAM_START, b"\0\0\0\5", "known bits"),
    "stop in three bytes": (PacketType.STREAM_STOP, bytes(3), "3 bytes"),
    "ping with a payload": (PacketType.PING, b"\0", "1 bytes"),
    "server state short": (PacketType.SERVER_STATE, bytes(31), "31 bytes"),
    "error text shorter than promised": (PacketType.ERROR_MESSAGE, ERROR[:-1], "promises 3"),
    "error text longer than promised": (PacketType.ERROR_MESSAGE, ERROR + b"!", "promises 3"),
    "error text of 513 bytes": (
        PacketType.ERROR_MESSAGE,
        struct.pack(">II", 1, 513) + b"x" * 513,
        "521 bytes",
    ),
    "NUL in an error text": (PacketType.ERROR_MESSAGE, patched(ERROR, 9, b"\0"), "NUL"),
    "log level 6": (PacketType.REMOTE_LOG, patched(LOG, 0, b"\6"), "level"),
    "log direction 0": (PacketType.REMOTE_LOG, patched(LOG, 1, b"\0"), "direction"),
    "log text shorter than promised": (PacketType.REMOTE_LOG, LOG[:-1], "promises 2"),
    "join without a name": (PacketType.CLIENT_JOIN, bytes(36) + b"\0\0\0\1", "empty"),
    "join without abilities": (PacketType.CLIENT_JOIN, b"\0\0\0\1bob" + bytes(33), "no ability"),
    "join with unknown abilities": (
        PacketType.CLIENT_JOIN,
        b"\0\0\0\1bob" + bytes(32) + b"\x10",
        "known bits",
    ),
    "leave with 257 bytes": (PacketType.CLIENT_LEAVE, b"x" * 257, "257 bytes"),
    "picture without pixels": (PacketType.IMAGE_FRAME, IMAGE[:24], "takes 6 bytes"),
    "picture one byte short": (PacketType.IMAGE_FRAME, IMAGE[:-1], "takes 6 bytes"),
    "picture one byte long": (PacketType.IMAGE_FRAME, IMAGE + b"\0", "takes 6 bytes"),
    "picture 0 wide": (PacketType.IMAGE_FRAME, patched(IMAGE, 0, bytes(4)), "width"),
    "picture 8193 high": (PacketType.IMAGE_FRAME, patched(IMAGE, 4, b"\0\0\x20\x01"), "height"),
    "pixel format 0": (PacketType.IMAGE_FRAME, patched(IMAGE, 11, b"\0"), "pixel format"),
    "pixel format 5": (PacketType.IMAGE_FRAME, patched(IMAGE, 11, b"\5"), "pixel format"),
    "picture whose size overflows 32 bits": (
        PacketType.IMAGE_FRAME,
        patched(IMAGE, 0, b"\xff\xff\xff\xff\xff\xff\xff\xff"),
        "width",
    ),
    "picture of 2 MiB": (
        PacketType.IMAGE_FRAME,
        struct.pack(">III12x", 8192, 86, 1) + bytes(3 * 8192 * 86),
        "size in bytes",
    ),
    "hevc of 4 bytes": (PacketType.IMAGE_FRAME_H265, bytes(4), "4 bytes"),
    "hevc 0 wide": (PacketType.IMAGE_FRAME_H265, b"\0\0\0\0\1", "width"),
    "hevc 8193 high": (PacketType.IMAGE_FRAME_H265, b"\0\0\1\x20\x01", "height"),
    "frame 0 wide": (PacketType.ASCII_FRAME, patched(ASCII, 0, bytes(4)), "width"),
    "frame 16385 high": (PacketType.ASCII_FRAME, patched(ASCII, 4, b"\0\0\x40\x01"), "height"),
    "frame text short": (PacketType.ASCII_FRAME, ASCII[:-1], "promises 2"),
    "frame text long": (PacketType.ASCII_FRAME, ASCII + b"!", "promises 2"),
    "frame with a compressed size but no flag": (
        PacketType.ASCII_FRAME,
        patched(ASCII, 15, b"\2"),
        "promises",
    ),
    "view with an unknown mode": (PacketType.VIEW_OPTIONS, bytes([8, 0, 0, 0, 255, 0, 0, 0]), "render mode"),
    "view with unknown glyphs": (PacketType.VIEW_OPTIONS, bytes([0, 16, 0, 0, 255, 0, 0, 0]), "glyphs"),
    "view with unknown flags": (
        PacketType.VIEW_OPTIONS,
        bytes([0, 0, 16, 0, 255, 0, 0, 0]),
        "not understood",
    ),
    "view with an unknown arrangement": (
        PacketType.VIEW_OPTIONS,
        bytes([0, 0, 0, 4, 255, 0, 0, 0]),
        "arrangement",
    ),
    "view with a focus beyond the slots": (
        PacketType.VIEW_OPTIONS,
        bytes([0, 0, 0, 2, 32, 0, 0, 0]),
        "focus",
    ),
    "presence of a slot beyond the last": (PacketType.PRESENCE, b"\x20\1bob", "slot"),
    "presence with an unknown flag": (PacketType.PRESENCE, b"\0\x21bob", "known bits"),
    "presence without a name": (PacketType.PRESENCE, b"\0\1", "empty"),
    "presence of 41 bytes of name": (PacketType.PRESENCE, b"\0\1" + b"x" * 41, "43 bytes"),
    "absence of somebody who sends": (PacketType.PRESENCE, b"\0\4", "not there"),
    "absence with a name": (PacketType.PRESENCE, b"\0\0bob", "not there"),
    "a present name that is not UTF-8": (PacketType.PRESENCE, b"\0\1bo\xff", "not UTF-8"),
    "NUL in a present name": (PacketType.PRESENCE, b"\0\1b\0b", "NUL"),
    "speaking in three bytes": (PacketType.SPEAKING, bytes(3), "3 bytes"),
    "a text without text": (PacketType.TEXT, b"\0\0\0", "3 bytes"),
    "a text that is all name": (PacketType.TEXT, b"\0\0\3bob", "empty"),
    "a text from a slot beyond the last": (PacketType.TEXT, b"\x20\0\0hi", "slot"),
    "a text with an unknown flag": (PacketType.TEXT, b"\0\2\0hi", "not understood"),
    "a text whose name is cut off": (PacketType.TEXT, b"\0\0\4bob", "promises a name of 4"),
    "a text whose name is too long": (PacketType.TEXT, b"\0\0\x29" + b"x" * 42, "41 bytes"),
    "a text of 513 bytes": (PacketType.TEXT, b"\0\0\0" + b"x" * 513, "513 bytes"),
    "a text that is not UTF-8": (PacketType.TEXT, b"\0\0\0\x80", "not UTF-8"),
    "NUL in a text": (PacketType.TEXT, b"\0\0\0a\0b", "NUL"),
    "frame with run lengths": (PacketType.ASCII_FRAME, patched(ASCII, 23, b"\4"), "not understood"),
    "frame with an unknown flag": (PacketType.ASCII_FRAME, patched(ASCII, 23, b"\x20"), "not understood"),
    "frame that promises 9 MiB": (
        PacketType.ASCII_FRAME,
        patched(ASCII, 8, struct.pack(">I", MAX_TEXT + 1)),
        "length of the text",
    ),
    "frame that is no zstd": (PacketType.ASCII_FRAME, ascii_frame(2, 5, 0, 2, b"hello"), "compression"),
    "frame whose compressed size is wrong": (
        PacketType.ASCII_FRAME,
        ascii_frame(2, 5, 0, 2, zstandard.compress(b"Hi")),
        "compressed bytes",
    ),
    "opus at 44100 Hz": (PacketType.AUDIO_OPUS_BATCH, opus(rate=44100), "44100"),
    "opus in 60 ms": (PacketType.AUDIO_OPUS_BATCH, opus(ms=60), "60 ms"),
    "no opus frames": (PacketType.AUDIO_OPUS_BATCH, opus(count=0), "number of frames"),
    "1001 opus frames": (
        PacketType.AUDIO_OPUS_BATCH,
        opus(count=1001, sizes=[1] * 1001, body=b"x" * 1001),
        "number of frames",
    ),
    "opus sizes cut off": (PacketType.AUDIO_OPUS_BATCH, opus(count=9), "not all there"),
    "four thousand million opus frames": (PacketType.AUDIO_OPUS_BATCH, opus(count=0xFFFFFFFF), "number"),
    "opus frames short": (PacketType.AUDIO_OPUS_BATCH, OPUS[:-1], "3 bytes of frames"),
    "opus frames long": (PacketType.AUDIO_OPUS_BATCH, OPUS + b"\0", "3 bytes of frames"),
    "an empty opus frame": (PacketType.AUDIO_OPUS_BATCH, opus(sizes=(0,), body=b""), "length of a frame"),
    "an opus frame of 1277 bytes": (
        PacketType.AUDIO_OPUS_BATCH,
        opus(sizes=(1277,), body=bytes(1277)),
        "length of a frame",
    ),
    "raw sound at 7999 Hz": (PacketType.AUDIO_BATCH, patched(AUDIO, 8, struct.pack(">I", 7999)), "rate"),
    "raw sound on 9 channels": (PacketType.AUDIO_BATCH, patched(AUDIO, 15, b"\x09"), "channels"),
    "raw sound one byte short": (PacketType.AUDIO_BATCH, AUDIO[:-1], "2 samples"),
    "mode 0": (PacketType.PROTOCOL_VERSION, p.ProtocolVersion(1).encode()[:4] + bytes(12), "mode"),
    "parameters without X25519": (PacketType.CRYPTO_PARAMETERS, patched(PARAMETERS, 0, b"\2"), "X25519"),
    "parameters without a cipher": (PacketType.CRYPTO_PARAMETERS, patched(PARAMETERS, 2, b"\0"), "XSalsa20"),
    "parameters with half an identity": (
        PacketType.CRYPTO_PARAMETERS,
        patched(PARAMETERS, 7, b"\x20"),
        "Ed25519",
    ),
    "parameters with a short nonce": (
        PacketType.CRYPTO_PARAMETERS,
        patched(PARAMETERS, 12, b"\x0c"),
        "XSalsa20",
    ),
    "INIT of 33 bytes": (PacketType.KEY_EXCHANGE_INIT, bytes(33), "33 bytes"),
    "INIT of 129 bytes": (PacketType.KEY_EXCHANGE_INIT, bytes(129), "129 bytes"),
    "RESP of 127 bytes": (PacketType.KEY_EXCHANGE_RESP, bytes(127), "127 bytes"),
    "RESP of 170 bytes": (PacketType.KEY_EXCHANGE_RESP, bytes(170), "170 bytes"),
    "RESP with a cut GPG id": (PacketType.KEY_EXCHANGE_RESP, bytes(128) + b"\x10abc", "GPG"),
    "challenge with unknown demands": (PacketType.AUTH_CHALLENGE, b"\4" + bytes(32), "known bits"),
    "AUTH_FAILED of 7 bytes": (PacketType.AUTH_FAILED, bytes(7), "7 bytes"),
    "HANDSHAKE_COMPLETE with a payload": (PacketType.HANDSHAKE_COMPLETE, b"\0", "1 bytes"),
    "CLIENT_HELLO of 31 bytes": (PacketType.CRYPTO_CLIENT_HELLO, bytes(31), "31 bytes"),
    "REKEY_REQUEST of 54 bytes": (PacketType.REKEY_REQUEST, bytes(54), "54 bytes"),
}


@pytest.mark.parametrize(("packet_type", "payload", "word"), MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_payload_is_refused_and_the_refusal_says_why(packet_type, payload, word):
    with pytest.raises(ProtocolError, match=word):
        p.decode_payload(packet_type, payload)


@pytest.mark.parametrize("payload", [bytes(63), bytes(106)])
def test_a_password_response_has_64_to_105_bytes(payload):
    with pytest.raises(ProtocolError, match="bytes of payload"):
        p.PasswordResponse.decode(payload)


def test_a_key_response_without_a_signature_is_refused():
    with pytest.raises(ProtocolError, match="33 bytes"):
        p.KeyResponse.decode(bytes(33))


# What native peers do that is odd.


def test_utf8_support_may_come_in_either_byte_order():
    assert p.ClientCapabilities.decode(patched(CAPABILITIES, 85, b"\1\0\0\0")).utf8
    assert p.ClientCapabilities.decode(patched(CAPABILITIES, 85, b"\0\0\0\1")).utf8
    assert not p.ClientCapabilities.decode(patched(CAPABILITIES, 85, b"\0\0\0\0")).utf8


def test_an_uninitialised_colour_filter_means_none():
    assert p.ClientCapabilities.decode(patched(CAPABILITIES, 158, b"\xcd")).color_filter is ColorFilter.NONE


def test_text_ends_at_its_first_nul_whatever_follows():
    frame = p.ClientCapabilities.decode(patched(CAPABILITIES, 20, b"vt\0garbage"))
    assert frame.term == "vt"


def test_a_palette_text_without_a_custom_palette_is_not_looked_at():
    frame = p.ClientCapabilities.decode(patched(CAPABILITIES, 93, b"\x1b[2J"))
    assert frame.palette is PaletteType.STANDARD and frame.palette_custom == ""


def test_a_custom_palette_cut_through_a_character_keeps_the_whole_ones():
    cut = ("█" * 21 + "▓").encode()[:64]
    frame = p.ClientCapabilities.decode(patched(CAPABILITIES, 92, b"\6" + cut))
    assert frame.palette_custom == "█" * 21


def test_a_doubly_wrapped_hevc_frame_is_unwrapped_with_the_inner_flags():
    unit = b"\0\0\0\1\x40\x01abc"
    frame = p.ImageFrameH265.decode(b"\0\x01\x40\0\xf0" + b"\3\x01\x40\0\xf0" + unit)
    assert frame == p.ImageFrameH265(320, 240, unit, keyframe=True, size_changed=True)


def test_a_singly_wrapped_hevc_frame_with_a_short_start_code_is_taken():
    assert p.ImageFrameH265.decode(b"\1\x01\x40\0\xf0\0\0\1\x26x").access_unit == b"\0\0\1\x26x"


@pytest.mark.parametrize("data", [b"", b"\0\x01\x40\0\xf0", b"\0\0\0\x09NAL"])
def test_hevc_data_without_a_start_code_is_no_picture(data):
    assert p.ImageFrameH265.decode(b"\0\x01\x40\0\xf0" + data).access_unit == b""


def test_opus_batches_nested_by_a_loaded_server_are_unwrapped():
    frames = tuple(bytes([0xF8, n, n]) for n in range(8))
    inner = [p.OpusBatch((frame,)).encode() for frame in frames]
    nested = struct.pack(">IIII8H", 48000, 20, 8, 0, *map(len, inner)) + b"".join(inner)
    assert p.OpusBatch.decode(nested) == p.OpusBatch(frames)


def test_a_nested_batch_whose_inner_length_is_wrong_is_taken_as_a_frame():
    frame = p.OpusBatch((b"\xf8\xff\xfe",)).encode()[:-1]
    assert p.OpusBatch.decode(opus(sizes=(len(frame),), body=frame)).frames == (frame,)


def test_we_cannot_build_a_nested_batch():
    with pytest.raises(ProtocolError, match="itself a batch"):
        p.OpusBatch((p.OpusBatch((b"\xf8",)).encode(),))


# Frames of text.


def test_a_frame_with_a_wrong_crc_is_told_apart_from_a_broken_packet():
    with pytest.raises(ChecksumError):
        p.AsciiFrame.decode(patched(ASCII, 16, b"\0\0\0\0"))


def test_a_compressed_frame_is_smaller_and_comes_out_whole():
    frame = p.AsciiFrame(160, 45, b"\x1b[38;2;1;2;3m#" * 7200, AsciiFlag.ZSTD)
    data = frame.encode()
    assert len(data) < len(frame.text) // 100
    assert p.AsciiFrame.decode(data) == frame


def test_a_zstd_frame_that_does_not_say_its_size_is_still_bounded_by_what_the_header_promised():
    bomb = zstandard.ZstdCompressor(write_content_size=False).compress(bytes(1 << 20))
    with pytest.raises(ProtocolError):
        p.AsciiFrame.decode(ascii_frame(100, len(bomb), 0, 2, bomb))


def test_a_zstd_frame_that_claims_more_than_the_header_is_refused_before_room_is_made(monkeypatch):
    bomb = zstandard.compress(bytes(64 << 20))

    def must_not_run(*_args, **_kwargs):
        raise AssertionError("decompression started")

    monkeypatch.setattr(zstandard, "ZstdDecompressor", must_not_run)
    with pytest.raises(ProtocolError, match="67108864"):
        p.AsciiFrame.decode(ascii_frame(100, len(bomb), 0, 2, bomb))


@pytest.mark.parametrize("tail", [b"\0", zstandard.compress(b"more")])
def test_bytes_after_the_zstd_frame_are_refused(tail):
    data = zstandard.compress(b"Hi") + tail
    with pytest.raises(ProtocolError):
        p.AsciiFrame.decode(ascii_frame(2, len(data), 0, 2, data))


# What we refuse to send.


@pytest.mark.parametrize(
    "build",
    [
        lambda: p.ClientCapabilities(width=0, height=24),
        lambda: p.ClientCapabilities(width=80, height=24, term="x" * 32),
        lambda: p.ClientCapabilities(width=80, height=24, palette_custom="a\x1bb"),
        lambda: p.StreamStart(Stream(0)),
        lambda: p.ErrorMessage(44, "é" * 257),
        lambda: p.ErrorMessage(44, "a\0b"),
        lambda: p.RemoteLog(LogLevel.INFO, LogDirection.SERVER_TO_CLIENT, "\ud800"),
        lambda: p.ImageFrame(2, 2, bytes(11)),
        lambda: p.ImageFrameH265(320, 240, b"no start code"),
        lambda: p.OpusBatch(()),
        lambda: p.AudioBatch(48000, 1, ()),
        lambda: p.AudioBatch(48000, 1, (1 << 31,)),
        lambda: p.KeyExchangeInit(bytes(31)),
        lambda: p.KeyExchangeResp(bytes(32), bytes(32)),
    ],
)
def test_a_payload_that_is_not_allowed_cannot_be_built(build):
    with pytest.raises(ProtocolError):
        build()
