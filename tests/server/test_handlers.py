"""What control packets may make a server do."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from asciichat._core.packet import pack
from asciichat.protocol.handshake import HandshakeResult
from asciichat.protocol.types import PacketType
from asciichat.server import Limits, ServerConfig
from asciichat.server.handlers import drawn, handle
from asciichat.server.manager import ClientManager

HEVC = Path(__file__).parent.parent / "media" / "data" / "native_hevc.bin"


@pytest.mark.parametrize(
    ("screen", "wanted"),
    [
        ((80, 24, 60), (80, 24, 60)),
        ((160, 45, 144), (160, 45, 144)),
        ((640, 180, 60), (640, 180, 60)),  # a small font on a large screen
        ((1024, 256, 60), (1024, 256, 30)),
    ],
)
def test_real_screens_are_drawn_whole(screen, wanted):
    assert drawn(Limits(), *screen) == wanted


@pytest.mark.parametrize("screen", [(4096, 4096, 144), (4096, 1, 144), (1, 4096, 144), (4096, 100, 144)])
def test_a_giants_screen_takes_no_more_work_than_a_large_one(screen):
    limits = Limits()
    columns, rows, fps = drawn(limits, *screen)
    assert 1 <= columns <= screen[0] and 1 <= rows <= screen[1] and fps >= 1
    assert columns * rows <= limits.view_cells
    assert columns * rows * fps <= limits.view_cells_a_second


@pytest.fixture
def join() -> Iterator[Callable[..., tuple[ClientManager, socket.socket]]]:
    """Put somebody into the call of a server with these limits, without encryption."""
    made: list[tuple[ClientManager, socket.socket]] = []

    def join(**limits: object) -> tuple[ClientManager, socket.socket]:
        manager = ClientManager(ServerConfig(limits=Limits(**limits)), handle)  # type: ignore[arg-type]
        manager.start()
        ours, theirs = socket.socketpair()
        manager.add(ours, "192.0.2.1", 5000, HandshakeResult())
        made.append((manager, theirs))
        return manager, theirs

    yield join
    for manager, line in made:
        manager.close()
        line.close()


def native_pictures() -> list[bytes]:
    """Access units, each behind its length, as payloads of IMAGE_FRAME_H265."""
    data, at, payloads = HEVC.read_bytes(), 0, []
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        payloads.append(struct.pack(">BHH", 0, 320, 240) + data[at + 4 : at + 4 + size])
        at += 4 + size
    return payloads


def test_pictures_that_take_too_much_work_end_the_call_for_their_sender(join, caplog):
    caplog.set_level("INFO", "asciichat")
    manager, line = join(decoding=1e-6, decoding_burst=1e-4)
    line.settimeout(10)
    try:
        for payload in native_pictures() * 20:
            line.sendall(pack(PacketType.IMAGE_FRAME_H265, payload))
    except OSError:
        pass
    deadline = time.monotonic() + 10
    said = "(192.0.2.1:5000) left: its pictures take more work than they may"  # is logged once it is gone
    while len(manager) or said not in caplog.text.replace("[44] ", ""):
        assert time.monotonic() < deadline, caplog.text
        time.sleep(0.01)
    assert manager._counters.snapshot()["ended_decoding"] == 1


def test_a_picture_larger_than_is_taken_is_not_decoded(join):
    manager, line = join(picture_pixels=100)
    for payload in native_pictures()[:10]:
        line.sendall(pack(PacketType.IMAGE_FRAME_H265, payload))
    line.sendall(pack(PacketType.STREAM_START, struct.pack(">I", 1)))
    (client,) = manager.clients()
    deadline = time.monotonic() + 10
    while not client.state().sends_video:  # everything before it was handled
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert client.peer.counts()["pictures_in"] > 0
    assert client.active
    assert manager.room.joined == {client.slot}
