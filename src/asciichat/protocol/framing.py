"""Bytes in, packets out: the push parser for what does not pass through the native receive loop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from asciichat._core.packet import (
    HEADER_SIZE,
    Header,
    PacketError,
    check_payload,
    pack,
    unpack_header,
)
from asciichat.protocol.errors import ProtocolError
from asciichat.protocol.payloads import Payload, decode_payload
from asciichat.protocol.types import MAX_PAYLOAD, ErrorCode, PacketType

MAGIC = pack(PacketType.PING, b"")[:8]

SizeRules = Mapping[int, tuple[int, int]]
"""The least and the most bytes of payload of each type that is allowed."""

# What each side may say before the session. CLIENT_CAPABILITIES is how a client begins that does not encrypt.
FROM_CLIENT: SizeRules = {
    PacketType.PROTOCOL_VERSION: (16, 16),
    PacketType.CRYPTO_CLIENT_HELLO: (32, 32),
    PacketType.CRYPTO_CAPABILITIES: (10, 10),
    PacketType.KEY_EXCHANGE_RESP: (32, 169),
    # A native client whose server announced signatures of 0 bytes sends 33.
    PacketType.AUTH_RESPONSE: (33, 137),
    PacketType.NO_ENCRYPTION: (0, 0),
    PacketType.NOISE: (48, 160),
    PacketType.PING: (0, 0),
    PacketType.CLIENT_CAPABILITIES: (168, 168),
}
FROM_SERVER: SizeRules = {
    PacketType.PROTOCOL_VERSION: (16, 16),
    PacketType.CRYPTO_PARAMETERS: (18, 18),
    PacketType.KEY_EXCHANGE_INIT: (32, 128),
    PacketType.AUTH_CHALLENGE: (33, 33),
    PacketType.AUTH_FAILED: (8, 8),
    PacketType.SERVER_AUTH_RESP: (32, 32),
    PacketType.HANDSHAKE_COMPLETE: (0, 0),
    PacketType.NOISE: (16, 193),
    PacketType.ERROR_MESSAGE: (8, 520),
    PacketType.PONG: (0, 0),
}


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet whose framing is right; its payload is not looked at yet."""

    type: int
    payload: bytes

    def decode(self) -> Payload:
        """Return the content (see `decode_payload`)."""
        return decode_payload(self.type, self.payload)

    def pack(self) -> bytes:
        """Return the whole packet as bytes, with client id 0."""
        return pack(self.type, self.payload)

    @property
    def name(self) -> str:
        """The type in words."""
        return type_name(self.type)


def type_name(packet_type: int) -> str:
    """Return the name of a packet type, its number if it has none."""
    try:
        return PacketType(packet_type).name
    except ValueError:
        return f"type {packet_type}"


class PacketReader:
    """Cuts a byte stream into packets; not thread-safe.

    Every check is made as soon as its bytes are there, so the outcome does not depend on how the stream was
    split, and at most one packet is held back.

    Parameters
    ----------
    rules : mapping of int to (int, int), optional
        The allowed types with their least and most bytes of payload. Without it every type is allowed.
    limit : int
        The most bytes of payload of any packet.

    Examples
    --------
    >>> from asciichat.protocol.payloads import ClientLeave, Ping
    >>> wire = Ping().packet() + ClientLeave("good night").packet()
    >>> reader = PacketReader()
    >>> [packet.decode() for piece in (wire[:30], wire[30:]) for packet in reader.feed(piece)]
    [Ping(), ClientLeave(reason='good night')]
    """

    def __init__(self, rules: SizeRules | None = None, *, limit: int = MAX_PAYLOAD) -> None:
        self._rules = rules
        self._limit = limit
        self._buffer = bytearray()
        self._header: Header | None = None
        self._error: ProtocolError | None = None

    def feed(self, data: bytes) -> Iterator[Packet]:
        """Take `data`, and return an iterator over the packets that are whole now.

        The iterator is lazy: a caller that stops early leaves the rest unread, for `take_rest`.

        Raises
        ------
        ProtocolError
            While iterating, at the first fault; the reader is then of no more use, and raises it again.
        """
        if self._error is None:
            self._buffer += data
        return self._packets()

    def take_rest(self) -> bytes:
        """Return the bytes that no packet was made of, and forget them."""
        rest = bytes(self._buffer)
        self._buffer.clear()
        self._header = None
        return rest

    @property
    def pending(self) -> int:
        """Bytes held back, waiting for the rest of their packet."""
        return len(self._buffer)

    def _packets(self) -> Iterator[Packet]:
        while (packet := self._next()) is not None:
            yield packet

    def _next(self) -> Packet | None:
        if self._error is not None:
            raise self._error
        try:
            return self._parse()
        except ProtocolError as error:
            self._error = error
            self._buffer.clear()
            raise

    def _parse(self) -> Packet | None:
        if self._header is None:
            self._header = self._parse_header()
            if self._header is None:
                return None
        header = self._header
        end = HEADER_SIZE + header.length
        if len(self._buffer) < end:
            return None
        payload = bytes(memoryview(self._buffer)[HEADER_SIZE:end])
        try:
            check_payload(header, payload)
        except PacketError as error:
            raise ProtocolError(ErrorCode.PROTOCOL, f"{type_name(header.type)}: {error}") from None
        del self._buffer[:end]
        self._header = None
        return Packet(header.type, payload)

    def _parse_header(self) -> Header | None:
        if not MAGIC.startswith(self._buffer[: len(MAGIC)]):
            raise ProtocolError(ErrorCode.PROTOCOL, "the peer does not speak this protocol (bad magic)")
        if len(self._buffer) < HEADER_SIZE:
            return None
        try:
            header = unpack_header(bytes(self._buffer[:HEADER_SIZE]))
        except PacketError as error:
            raise ProtocolError(ErrorCode.SIZE, f"not a packet: {error}") from None
        self._check_size(header)
        return header

    def _check_size(self, header: Header) -> None:
        name = type_name(header.type)
        least, most = 0, self._limit
        if self._rules is not None:
            rule = self._rules.get(header.type)
            if rule is None:
                raise ProtocolError(ErrorCode.UNKNOWN_PACKET, f"{name} is not allowed here")
            least, most = rule[0], min(rule[1], most)
        if not least <= header.length <= most:
            raise ProtocolError(
                ErrorCode.SIZE, f"{name}: {header.length} bytes of payload, {least} to {most} are allowed"
            )
