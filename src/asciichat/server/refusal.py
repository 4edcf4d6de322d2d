"""Telling a caller, in words it understands, that every place is taken."""

from __future__ import annotations

from typing import Final

from asciichat.protocol.errors import ProtocolError
from asciichat.protocol.framing import FROM_CLIENT, PacketReader
from asciichat.protocol.payloads import ErrorMessage, ProtocolVersion
from asciichat.protocol.types import ErrorCode, Feature, PacketType

SERVER_FULL: Final = b"SERVER_FULL: Maximum client limit reached\n"
"""What native clients get instead of a packet."""

FULL: Final = ErrorMessage(
    ErrorCode.SESSION_FULL, "every place in the call is taken; try again when somebody has left"
)


class Refusal:
    """Reads a caller's first packet to find out which words it understands. Without I/O; not thread-safe."""

    def __init__(self) -> None:
        self._reader = PacketReader(FROM_CLIENT)

    def feed(self, data: bytes) -> bytes | None:
        """Take what the caller sent; returns what to tell it, or None while its first packet is not whole."""
        try:
            for packet in self._reader.feed(data):
                if packet.type != PacketType.PROTOCOL_VERSION:
                    return SERVER_FULL
                offer = ProtocolVersion.decode(packet.payload)
                return FULL.packet() if offer.features & Feature.FRAMED_REFUSAL else SERVER_FULL
        except ProtocolError:
            return SERVER_FULL
        return None
