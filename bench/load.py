"""Load: clients that send pictures and sound and count what comes back, as cheaply as Python can."""

from __future__ import annotations

import heapq
import socket
import threading
import time

import numpy as np
from numpy.typing import NDArray

from asciichat._core.codec import OpusEncoder
from asciichat._core.peer import End, Peer
from asciichat.protocol.handshake import ClientHandshake, ClientPolicy
from asciichat.protocol.payloads import ClientCapabilities, ImageFrame, StreamStart
from asciichat.protocol.types import ColorLevel, Feature, PacketType, RenderMode, Stream

PICTURES = 30
"""Different pictures a client sends in turn: a second of them."""
_GOLDEN = (5**0.5 - 1) / 2
"""Its multiples lie evenly in a period, any few of them that follow one another."""
SOUNDS = 250
"""Different packets of sound: five seconds."""


def pictures(width: int, height: int, number: int, still: bool = False) -> list[bytes]:
    """A second of pictures, ready to send: smooth shapes that move, with a little noise, different for each client."""
    rng = np.random.default_rng(number)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    made = []
    for frame in range(PICTURES):
        phase = 2 * np.pi * ((0 if still else frame / PICTURES) + number / 7)
        planes = [
            127 + 100 * np.sin(x / (20 + 3 * plane) + phase) * np.cos(y / (17 + 2 * plane) - phase)
            for plane in range(3)
        ]
        picture = np.stack(planes, axis=-1) + rng.normal(0, 3, (height, width, 3))
        pixels: NDArray[np.uint8] = picture.clip(0, 255).astype(np.uint8)
        made.append(ImageFrame(width, height, pixels.tobytes()).encode())
    return made


def speech(number: int) -> list[bytes]:
    """Five seconds of something with the rhythm of speech, as Opus packets."""
    rng = np.random.default_rng(1000 + number)
    t = np.arange(SOUNDS * 960) / 48000
    pitch = 110 * 2 ** (number % 12 / 12)
    syllables = np.clip(np.sin(2 * np.pi * 3.1 * t + number) + 0.3, 0, 1) * (
        np.sin(2 * np.pi * 0.4 * t + number) > -0.4
    )
    wave = sum(np.sin(2 * np.pi * pitch * k * t) / k for k in range(1, 12)) + 0.05 * rng.normal(size=t.size)
    samples = (0.1 * syllables * wave).astype(np.float32)
    encoder = OpusEncoder(application="voip", bitrate=32000)
    return [encoder.encode(samples[i : i + 960]) for i in range(0, samples.size, 960)]


class LoadClient:
    """One client that sends and counts."""

    def __init__(
        self,
        address: tuple[str, int],
        number: int,
        *,
        columns: int,
        rows: int,
        half_block: bool = False,
        size: tuple[int, int] = (320, 240),
        still: bool = False,
        zstd: bool = False,
        changes: bool = False,
        sends: bool = True,
        password_key: bytes | None = None,
    ) -> None:
        begun = time.monotonic()
        self._sock = socket.create_connection(address, 5)
        policy = ClientPolicy(
            verify_server=lambda _: None,
            password_key=password_key,
            features=(Feature.ZSTD_FRAMES if zstd else Feature.NONE)
            | (Feature.CHANGED_CELLS if changes else Feature.NONE),
        )
        handshake = ClientHandshake(policy)
        reply = handshake.start()
        while handshake.result is None:
            self._sock.sendall(reply)
            data = self._sock.recv(65536)
            if not data:
                raise ConnectionError("the server hung up in the handshake")
            reply = handshake.feed(data)
            if handshake.failure is not None:
                raise handshake.failure
        key = handshake.result.shared_key
        assert key is not None
        self.peer = Peer(
            self._sock.fileno(),
            server=False,
            keys=(key, key),
            initial=handshake.result.leftover,
            count_only=True,
        )
        self.end: str | None = None
        capabilities = ClientCapabilities(
            width=columns,
            height=rows,
            color_level=ColorLevel.TRUECOLOR,
            render_mode=RenderMode.HALF_BLOCK if half_block else RenderMode.FOREGROUND,
            wants_padding=True,
        )
        self.peer.control(PacketType.CLIENT_CAPABILITIES, capabilities.encode())
        if sends:
            self.peer.control(PacketType.STREAM_START, StreamStart(Stream.VIDEO | Stream.AUDIO).encode())
        self._threads = [threading.Thread(target=self.peer.send), threading.Thread(target=self._receive)]
        for thread in self._threads:
            thread.start()
        self.pictures = pictures(*size, number, still) if number < 4 else []
        self.sounds = speech(number)
        self.connect_seconds = time.monotonic() - begun

    def _receive(self) -> None:
        while not isinstance(event := self.peer.receive(), End):
            pass
        self.end = event.reason

    def close(self) -> None:
        """Hang up."""
        self.peer.stop()
        for thread in self._threads:
            thread.join()
        self._sock.close()


class Feeder(threading.Thread):
    """Sends every client's pictures and sound on time, from one thread.

    Cameras are out of step, as they are in life: neighbours too, so that those who are seen on one screen have new pictures
    at different times.
    """

    def __init__(self, clients: list[LoadClient], fps: int) -> None:
        super().__init__(name="feeder", daemon=True)
        self._clients = clients
        # A few different films are enough for any number of clients; pictures are large.
        films = [client.pictures for client in clients if client.pictures]
        self._films = [films[i % len(films)] for i in range(len(clients))]
        self._fps = fps
        self._done = threading.Event()
        self.late = 0.0

    def run(self) -> None:
        start = time.monotonic()
        n = len(self._clients)
        due = sorted(
            [(i * _GOLDEN % 1 / self._fps, 1 / self._fps, i, True) for i in range(n)]
            + [(i / n / 50, 1 / 50, i, False) for i in range(n)]
        )
        heapq.heapify(due)
        sent = [[0, 0] for _ in range(n)]
        while not self._done.is_set():
            when, period, i, video = heapq.heappop(due)
            wait = start + when - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            else:
                self.late = max(self.late, -wait)
            client = self._clients[i]
            if video:
                film = self._films[i]
                client.peer.picture(PacketType.IMAGE_FRAME, film[sent[i][0] % len(film)])
                sent[i][0] += 1
            else:
                client.peer.opus(client.sounds[sent[i][1] % len(client.sounds)])
                sent[i][1] += 1
            heapq.heappush(due, (when + period, period, i, video))

    def stop(self) -> None:
        """Stop feeding."""
        self._done.set()
        self.join()
