"""Every packet of real native conversations decodes."""

from __future__ import annotations

from pathlib import Path

import pytest

from asciichat.protocol import payloads as p
from asciichat.protocol.framing import PacketReader
from asciichat.protocol.types import PacketType, Stream

DATA = Path(__file__).parent.parent / "data" / "native"


def conversation(name: str) -> list[p.Payload]:
    reader = PacketReader()
    payloads = [packet.decode() for packet in reader.feed((DATA / name).read_bytes())]
    assert reader.pending == 0, "the file ends between packets"
    return payloads


def of(kind: type[p.Payload], payloads: list[p.Payload]) -> list:
    return [payload for payload in payloads if isinstance(payload, kind)]


@pytest.mark.parametrize("name", ["native-client-hevc.c2s.bin", "native-client-raw.c2s.bin"])
def test_a_native_client_begins_with_its_terminal_and_its_streams(name):
    terminal, start, *_ = conversation(name)
    assert isinstance(terminal, p.ClientCapabilities)
    assert (terminal.width, terminal.height, terminal.utf8) == (80, 24, True)
    assert start == p.StreamStart(Stream.VIDEO)


def test_native_hevc_frames_unwrap_to_access_units_after_the_encoder_has_filled():
    frames = of(p.ImageFrameH265, conversation("native-client-hevc.c2s.bin"))
    assert len(frames) == 91
    assert {(frame.width, frame.height) for frame in frames} == {(320, 240)}
    assert [bool(frame.access_unit) for frame in frames] == [False] * 4 + [True] * 87
    assert all(frame.access_unit.startswith(b"\0\0\0\1") for frame in frames[4:])
    # The first picture is a keyframe: its parameter sets (types 32 to 34) come with it.
    first = frames[4].access_unit
    assert [first[at + 4] >> 1 for at in range(len(first)) if first.startswith(b"\0\0\0\1", at)][:3] == [
        32,
        33,
        34,
    ]
    assert frames[4].keyframe


def test_a_native_raw_frame_is_rgb():
    [frame] = of(p.ImageFrame, conversation("native-client-raw.c2s.bin"))
    assert (frame.width, frame.height, frame.pixel_format) == (320, 240, 1)


def test_a_native_server_sends_every_frame_twice_and_each_has_its_size():
    payloads = conversation("native-server.s2c.bin")
    frames = of(p.AsciiFrame, payloads)
    assert len(frames) == 30
    assert all(frame.text.count(b"\n") == 23 for frame in frames)
    assert len({frame.text for frame in frames}) <= 16
    clear = next(at for at, payload in enumerate(payloads) if isinstance(payload, p.ClearConsole))
    assert isinstance(payloads[clear + 1], p.AsciiFrame)


@pytest.mark.parametrize("path", sorted(DATA.glob("*.bin")), ids=lambda path: path.name)
def test_packets_read_and_packed_again_are_the_same_bytes(path):
    data = path.read_bytes()
    assert b"".join(packet.pack() for packet in PacketReader().feed(data)) == data


def test_only_the_types_native_peers_are_known_to_send_were_sent():
    reader = PacketReader()
    sent = {packet.type for path in DATA.glob("*.bin") for packet in reader.feed(path.read_bytes())}
    assert sent == {
        PacketType.CLIENT_CAPABILITIES,
        PacketType.STREAM_START,
        PacketType.IMAGE_FRAME,
        PacketType.IMAGE_FRAME_H265,
        PacketType.PING,
        PacketType.PONG,
        PacketType.SERVER_STATE,
        PacketType.CLEAR_CONSOLE,
        PacketType.ASCII_FRAME,
    }
