"""A connection that says what it likes."""

from __future__ import annotations

import socket
import struct

from asciichat._core.packet import HEADER_SIZE, pack, unpack_header
from asciichat._core.seal import Seal
from asciichat.protocol.handshake import ClientHandshake, ClientPolicy
from asciichat.protocol.payloads import ClientCapabilities, StreamStart
from asciichat.protocol.types import ColorLevel, PacketType, Stream

CAPABILITIES = ClientCapabilities(width=80, height=24, color_level=ColorLevel.TRUECOLOR).encode()
ANYBODY = ClientPolicy(verify_server=lambda _: None)


def header(kind: int, length: int, crc: int = 0) -> bytes:
    """A packet header that says what it likes."""
    return struct.pack(">QHIII", 0x0000000A5C11C4A1, kind, length, crc, 0)


class Line:
    """One connection.

    Parameters
    ----------
    policy
        With what to shake hands; None: not at all.
    source
        The address it comes from, for servers that tell sources apart.
    room
        Bytes its receive buffer has; 0: what is usual.
    """

    def __init__(
        self, port: int, policy: ClientPolicy | None = ANYBODY, *, source: str = "127.0.0.1", room: int = 0
    ) -> None:
        self.sock = socket.socket()
        if room:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.bind((source, 0))
        self.sock.connect(("127.0.0.1", port))
        self.address = "{}:{}".format(*self.sock.getsockname())
        self.sock.settimeout(10)
        self._heard = b""
        if policy is not None:
            self._join(ClientHandshake(policy))

    def _join(self, handshake: ClientHandshake) -> None:
        self.sock.sendall(handshake.start())
        while not handshake.done:
            self.sock.sendall(handshake.feed(self.sock.recv(65536)))
            assert handshake.failure is None, handshake.failure
        result = handshake.result
        assert result is not None and result.keys is not None
        sending, receiving = (bytes(key) for key in result.keys)
        self.seal = Seal(sending, receiving, records=result.records, marked=result.marked)
        self._heard = result.leftover
        self.sealed(PacketType.CLIENT_CAPABILITIES, CAPABILITIES)
        self.sealed(PacketType.STREAM_START, StreamStart(Stream.VIDEO | Stream.AUDIO).encode())

    def sealed(self, kind: int, payload: bytes = b"") -> None:
        """Send a packet as it should be."""
        self.sock.sendall(self.seal.seal(pack(kind, payload)))

    def raw(self, data: bytes) -> None:
        """Send anything."""
        self.sock.sendall(data)

    def packet(self) -> bytes:
        """The next packet from the server, as it stands on the wire."""
        self._hear(HEADER_SIZE)
        size = HEADER_SIZE + unpack_header(self._heard[:HEADER_SIZE]).length
        self._hear(size)
        taken, self._heard = self._heard[:size], self._heard[size:]
        return taken

    def _hear(self, size: int) -> None:
        while len(self._heard) < size:
            data = self.sock.recv(65536)
            assert data, "the server hung up"
            self._heard += data

    def hung_up(self) -> bool:
        """Wait until the server hangs up."""
        try:
            while self.sock.recv(65536):
                pass
        except ConnectionResetError:
            pass
        self.sock.close()
        return True
