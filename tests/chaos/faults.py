"""What clients do that they should not, each over once the function returns or soon after. Chance is the caller's."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
import signal
import socket
import struct
import time
from collections.abc import Callable

from hostile_line import Line

from asciichat._core.packet import pack
from asciichat.protocol.handshake import ClientHandshake, ClientPolicy
from asciichat.protocol.payloads import ImageFrame, OpusBatch, RemoteLog
from asciichat.protocol.types import LogDirection, LogLevel, PacketType

Fault = Callable[[int, random.Random], None]

# Children come from a process without threads, and have what they need loaded.
_spawn = multiprocessing.get_context("forkserver")
_spawn.set_forkserver_preload(["hostile_line", "faults"])


def picture(chance: random.Random, width: int = 64, height: int = 48) -> bytes:
    """Noise, as an IMAGE_FRAME."""
    return ImageFrame(width, height, chance.randbytes(3 * width * height)).encode()


def talk(line: Line, chance: random.Random, seconds: float) -> None:
    """Be in the call as one should, for a while: 30 pictures and packets of sound a second."""
    until = time.monotonic() + seconds
    while (begun := time.monotonic()) < until:
        line.sealed(PacketType.IMAGE_FRAME, picture(chance))
        line.sealed(PacketType.AUDIO_OPUS_BATCH, OpusBatch((b"\xf8\xff\xfe",)).encode())
        while (left := begun + 1 / 30 - time.monotonic()) > 0:
            line.sock.settimeout(left)
            with contextlib.suppress(TimeoutError):
                if not line.sock.recv(1 << 18):
                    raise ConnectionError("the server hung up")
    line.sock.settimeout(10)


def gone(line: Line) -> None:
    """Wait until the server has hung up, whatever we send meanwhile."""
    with contextlib.suppress(OSError):
        line.hung_up()


def _victim(port: int, seed: str) -> None:
    talk(Line(port), random.Random(seed), 60)


def killed(port: int, chance: random.Random) -> None:
    """A client process dies in the middle of a call (SIGKILL)."""
    victim = _spawn.Process(target=_victim, args=(port, str(chance.random())))
    victim.start()
    time.sleep(chance.uniform(0.1, 0.8))
    assert victim.pid is not None
    os.kill(victim.pid, signal.SIGKILL)
    victim.join()


def half_open(port: int, chance: random.Random) -> None:
    """Handshakes that stop anywhere, and go away."""
    lines = []
    for _ in range(chance.randint(1, 8)):
        line = Line(port, None)
        start = ClientHandshake(ClientPolicy(verify_server=lambda _: None)).start()
        line.raw(start[: chance.randint(0, len(start))])
        lines.append(line)
    time.sleep(chance.uniform(0, 0.3))
    for line in lines:
        line.sock.close()


def reset(port: int, chance: random.Random) -> None:
    """A connection is reset in the middle of a packet."""
    line = Line(port)
    talk(line, chance, chance.uniform(0, 0.3))
    packet = line.seal.seal(pack(PacketType.IMAGE_FRAME, picture(chance)))
    line.raw(packet[: chance.randint(1, len(packet) - 1)])
    line.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.sock.close()


def stalls(port: int, chance: random.Random) -> None:
    """Somebody neither reads nor writes for 0.1 to 1 s, now and then to 5 s, and goes on; after 5 s it is let go."""
    line = Line(port)
    with contextlib.suppress(OSError):  # it was silent too long
        talk(line, chance, 0.1)
        time.sleep(chance.uniform(0.1, 5.0 if chance.random() < 0.1 else 1.0))
        talk(line, chance, 0.2)
    line.sock.close()


def slow_reader(port: int, chance: random.Random) -> None:
    """Somebody reads some kilobytes a second, and speaks on time."""
    line = Line(port, room=4096)
    line.sock.settimeout(0.05)
    for _ in range(chance.randint(8, 20)):
        line.sealed(PacketType.IMAGE_FRAME, picture(chance))
        line.sealed(PacketType.PING)
        with contextlib.suppress(TimeoutError):
            line.sock.recv(200)
        time.sleep(0.05)
    line.sock.close()


def flood(port: int, chance: random.Random) -> None:
    """Somebody sends without end: small packets, pictures or sound. It is let go."""
    line = Line(port)
    kind, payload = chance.choice(
        [
            (PacketType.PING, b""),
            (PacketType.IMAGE_FRAME, picture(chance, 8, 8)),
            (PacketType.AUDIO_OPUS_BATCH, OpusBatch((b"\xf8\xff\xfe",)).encode()),
            (PacketType.REMOTE_LOG, RemoteLog(LogLevel.INFO, LogDirection.CLIENT_TO_SERVER, "!").encode()),
        ]
    )
    with contextlib.suppress(OSError):
        while True:
            line.sealed(kind, payload)
    gone(line)


def garbage(port: int, chance: random.Random) -> None:
    """A bit is wrong on the wire. Its sender is let go."""
    line = Line(port)
    talk(line, chance, 0.05)
    packet = bytearray(line.seal.seal(pack(PacketType.IMAGE_FRAME, picture(chance))))
    packet[chance.randrange(len(packet))] ^= 1 << chance.randrange(8)
    with contextlib.suppress(OSError):
        line.raw(bytes(packet) + line.seal.seal(pack(PacketType.PING)))
        line.sock.shutdown(socket.SHUT_WR)
    gone(line)


def undecodable(port: int, chance: random.Random) -> None:
    """Pictures and sound that do not decode. They are passed over; the sender stays until it hangs up."""
    line = Line(port)
    for _ in range(5):
        line.sealed(PacketType.AUDIO_OPUS_BATCH, OpusBatch((chance.randbytes(40),)).encode())
        unit = b"\x00\x00\x01" + chance.randbytes(400)
        line.sealed(PacketType.IMAGE_FRAME_H265, struct.pack(">BHH", 1, 64, 48) + unit)
        time.sleep(0.02)
    line.sock.close()


def storm(port: int, chance: random.Random, visits: int = 12) -> None:
    """Many come and go at once, some without a word."""
    lines: list[Line] = []
    for _ in range(visits):
        lines.append(Line(port))
        if len(lines) > 4:
            line = lines.pop(chance.randrange(len(lines)))
            if chance.random() < 0.5:
                line.sealed(PacketType.CLIENT_LEAVE)
            line.sock.close()
    for line in lines:
        line.sock.close()


FAULTS: dict[str, Fault] = {
    fault.__name__: fault
    for fault in (
        killed, half_open, reset, stalls, slow_reader, flood, garbage, undecodable, storm,
    )
}  # fmt: skip
