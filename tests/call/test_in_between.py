"""Somebody on the line between two asciichat peers, with real sockets."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

import asciichat
from asciichat import Server
from asciichat._core.packet import HEADER_SIZE, pack
from asciichat.crypto import Identity
from asciichat.protocol.types import Feature, PacketType

Change = Callable[[bytes], bytes]


class Line:
    """Hands on what both sides say; `first` may change what the client says first."""

    def __init__(self, port: int, first: Change = lambda data: data) -> None:
        self._port = port
        self._first = first
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        client, _ = self._door.accept()
        with client, socket.create_connection(("127.0.0.1", self._port)) as server:
            server.sendall(self._first(client.recv(65536)))
            back = threading.Thread(target=self._hand_on, args=(server, client))
            back.start()
            self._hand_on(client, server)
            back.join()

    @staticmethod
    def _hand_on(source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the other direction has ended the connection

    def close(self) -> None:
        self._thread.join(10)
        self._door.close()


@pytest.fixture
def line() -> Iterator[Callable[..., Line]]:
    lines: list[Line] = []

    def make(*args: object) -> Line:
        lines.append(Line(*args))  # type: ignore[arg-type]
        return lines[-1]

    yield make
    for made in lines:
        made.close()


def without_offer(data: bytes) -> bytes:
    payload = bytearray(data[HEADER_SIZE:])
    payload[8] &= ~int(Feature.NOISE)
    return pack(PacketType.PROTOCOL_VERSION, bytes(payload))


def test_two_asciichat_peers_speak_noise_and_hear_each_other(
    serve: Callable[..., Server], line: Callable[..., Line]
) -> None:
    said: list[bytes] = []
    server = serve(identity=Identity.generate(), password="correct horse")
    way = line(server.port, lambda data: said.append(data) or data)
    with asciichat.connect("127.0.0.1", way.port, password="correct horse") as call:
        assert call.next_event(5) is not None
    assert said[0][HEADER_SIZE + 8] & Feature.NOISE


def test_an_offer_removed_on_the_way_ends_the_call(
    serve: Callable[..., Server], line: Callable[..., Line]
) -> None:
    """Even at the first contact, and although neither knew what the other can do."""
    server = serve(identity=Identity.generate())
    way = line(server.port, without_offer)
    with (
        pytest.raises(asciichat.CallError),
        asciichat.connect("127.0.0.1", way.port) as call,
    ):
        assert list(call) == []
