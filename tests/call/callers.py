"""People in a call, for tests: one through our own client, one as the captured bytes of a native program."""

from __future__ import annotations

import itertools
import socket
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import asciichat
from asciichat._core.codec import OpusDecoder, OpusEncoder
from asciichat._core.packet import HEADER_SIZE, pack, unpack_header
from asciichat._core.seal import Seal
from asciichat.protocol.handshake import ClientHandshake, ClientPolicy
from asciichat.protocol.payloads import AsciiFrame, ClientCapabilities, OpusBatch, StreamStart
from asciichat.protocol.types import ColorLevel, PacketType, Stream

NATIVE = Path(__file__).parent.parent / "data" / "native"

Frame = NDArray[np.uint8]
Samples = NDArray[np.float32]


def captured(name: str) -> list[tuple[int, bytes]]:
    """The packets of a capture: type and payload."""
    data = (NATIVE / name).read_bytes()
    packets, at = [], 0
    while at < len(data):
        header = unpack_header(data[at:])
        packets.append((header.type, data[at + HEADER_SIZE : at + HEADER_SIZE + header.length]))
        at += HEADER_SIZE + header.length
    return packets


class Ears:
    """What somebody hears: the samples, and when they came."""

    def __init__(self) -> None:
        self._blocks: list[Samples] = []
        self._times: list[float] = []

    def hear(self, samples: Samples) -> None:
        """Add what just came."""
        self._blocks.append(samples)
        self._times.append(time.monotonic())

    def samples(self) -> Samples:
        """All of it."""
        return np.concatenate(self._blocks) if self._blocks else np.zeros(0, np.float32)

    def lasted(self) -> float:
        """Seconds from the first packet to the last."""
        return self._times[-1] - self._times[0]


class OwnCaller:
    """Somebody with our client, who sends a film (30 pictures a second, the last one stays) and says something."""

    def __init__(self, port: int, film: list[Frame], speech: Samples, **options: object) -> None:
        self.film = film
        self.speech = speech
        self.ears = Ears()
        self.picture: asciichat.Picture | None = None
        self.pictures = 0
        self.end: asciichat.CallError | None = None
        self.call = asciichat.connect("127.0.0.1", port, **options)  # type: ignore[arg-type]
        self._stopped = threading.Event()
        self._threads = [
            threading.Thread(target=self._until_the_end, args=(run,))
            for run in (self._listen, self._show, self._speak)
        ]
        for thread in self._threads:
            thread.start()

    def _until_the_end(self, run: Callable[[], None]) -> None:
        try:
            run()
        except asciichat.CallError as error:
            self.end = error

    def _listen(self) -> None:
        for event in self.call:
            if isinstance(event, asciichat.Picture):
                self.picture = event
                self.pictures += 1
            elif isinstance(event, asciichat.Sound):
                self.ears.hear(event.samples)

    def _show(self) -> None:
        start = time.monotonic()
        for number in itertools.count():
            self.call.send_video(self.film[min(number, len(self.film) - 1)])
            if self._stopped.wait(max(0.0, start + (number + 1) / 30 - time.monotonic())):
                return

    def _speak(self) -> None:
        start = time.monotonic()
        for number, at in enumerate(range(0, len(self.speech), 960)):
            self.call.send_audio(self.speech[at : at + 960])
            if self._stopped.wait(max(0.0, start + (number + 1) / 50 - time.monotonic())):
                return

    def text(self) -> tuple[str, int, int]:
        """The last picture: text, columns, rows."""
        assert self.picture is not None
        return self.picture.text, self.picture.columns, self.picture.rows

    def close(self) -> None:
        """Hang up."""
        self._stopped.set()
        for thread in self._threads[1:]:
            thread.join()
        self.call.close()
        self._threads[0].join()


class NativeCaller:
    """The captured packets of a native client, sealed for this connection, and speech the way a native client sends
    it: two Opus frames a packet, every 40 ms."""

    def __init__(
        self,
        port: int,
        packets: list[tuple[int, bytes]],
        speech: Samples,
        *,
        columns: int = 80,
        rows: int = 24,
    ) -> None:
        self.speech = speech
        self.ears = Ears()
        self.last: AsciiFrame | None = None
        self.cleared = 0
        self.pictures = 0
        self._sock = socket.create_connection(("127.0.0.1", port))
        handshake = ClientHandshake(ClientPolicy(verify_server=lambda _: None))
        self._sock.sendall(handshake.start())
        while not handshake.done:
            reply = handshake.feed(self._sock.recv(65536))
            assert handshake.failure is None, handshake.failure
            self._sock.sendall(reply)
        assert handshake.result is not None
        key = handshake.result.shared_key
        assert key is not None
        self._seal = Seal(key, key)
        self._buffer = handshake.result.leftover
        self._sending = threading.Lock()
        self._stopped = threading.Event()
        first, *self._packets = packets
        assert first[0] == PacketType.CLIENT_CAPABILITIES
        view = ClientCapabilities(
            width=columns, height=rows, color_level=ColorLevel.TRUECOLOR, wants_padding=True
        )
        self._send(PacketType.CLIENT_CAPABILITIES, view.encode())
        self._send(PacketType.STREAM_START, StreamStart(Stream.VIDEO | Stream.AUDIO).encode())
        self._threads = [threading.Thread(target=run) for run in (self._listen, self._show, self._speak)]
        for thread in self._threads:
            thread.start()

    def _send(self, kind: int, payload: bytes) -> None:
        with self._sending:
            self._sock.sendall(self._seal.seal(pack(kind, payload)))

    def _show(self) -> None:
        still = next((p for p in reversed(self._packets) if p[0] == PacketType.IMAGE_FRAME), None)
        start = time.monotonic()
        for number in itertools.count():
            if number < len(self._packets):
                self._send(*self._packets[number])
            elif number % 30 == 0:
                self._send(PacketType.PING, b"")
            elif (
                number % 30 == 15 and still is not None
            ):  # a picture that does not move is sent again now and then
                self._send(*still)
            if self._stopped.wait(max(0.0, start + (number + 1) / 55 - time.monotonic())):
                return

    def _speak(self) -> None:
        encoder = OpusEncoder(application="voip", bitrate=128000, complexity=10)
        start = time.monotonic()
        for number, at in enumerate(range(0, len(self.speech) - 1919, 1920)):
            frames = tuple(encoder.encode(self.speech[at + half : at + half + 960]) for half in (0, 960))
            self._send(PacketType.AUDIO_OPUS_BATCH, OpusBatch(frames).encode())
            if self._stopped.wait(max(0.0, start + (number + 1) / 25 - time.monotonic())):
                return

    def _read(self, count: int) -> bytes:
        while len(self._buffer) < count:
            data = self._sock.recv(65536)
            if not data:
                raise ConnectionError("the server hung up")
            self._buffer += data
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        return taken

    def _listen(self) -> None:
        decoder = OpusDecoder()
        try:
            while True:
                outer = unpack_header(self._read(HEADER_SIZE))
                assert outer.type == PacketType.ENCRYPTED
                packet = self._seal.open(self._read(outer.length))
                kind, payload = struct.unpack_from(">H", packet, 8)[0], packet[HEADER_SIZE:]
                if kind == PacketType.ASCII_FRAME:
                    self.last = AsciiFrame.decode(payload)
                    self.pictures += 1
                elif kind == PacketType.CLEAR_CONSOLE:
                    self.cleared += 1
                elif kind == PacketType.AUDIO_OPUS_BATCH:
                    for frame in OpusBatch.decode(payload).frames:
                        self.ears.hear(np.array(decoder.decode(frame), np.float32))
                else:
                    # Anything else would make a native client hang up.
                    assert kind in (PacketType.SERVER_STATE, PacketType.PONG, PacketType.REMOTE_LOG), kind
        except OSError:
            pass  # closed by the test

    def text(self) -> tuple[str, int, int]:
        """The last picture: text, columns, rows."""
        assert self.last is not None
        return self.last.text.decode(), self.last.width, self.last.height

    def close(self) -> None:
        """Hang up."""
        self._stopped.set()
        for thread in self._threads[1:]:
            thread.join()
        self._sock.shutdown(socket.SHUT_RDWR)
        self._threads[0].join()
        self._sock.close()
