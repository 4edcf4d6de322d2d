"""Packet framing: the 22-byte header, CRC and size rules. Safe from any number of threads."""

from typing import Final, NamedTuple

from typing_extensions import Buffer

HEADER_SIZE: Final[int]
RECEIVE_LIMIT: Final[int]
"""Bytes a payload may have: 5 MiB."""

class PacketError(ValueError):
    """Bytes that are not a packet, or not one that is allowed here."""

class Header(NamedTuple):
    """A packet's header."""

    type: int
    length: int
    crc: int
    client_id: int

def pack(type: int, payload: Buffer = b"") -> bytes:
    """A whole packet: header with CRC, then the payload (at most 5 MiB). Raises ValueError outside these limits."""

def unpack_header(data: Buffer) -> Header:
    """The header in the first 22 bytes. Raises PacketError on a wrong magic or a length over 5 MiB."""

def check_payload(header: Header, payload: Buffer) -> None:
    """Raises PacketError when this is not the payload the header promises."""

def check_size(type: int, length: int, *, from_server: bool) -> None:
    """Raises PacketError when this side may not send this type with this length within a session."""

def is_handshake(type: int) -> bool:
    """Is it never sealed, and allowed in clear on an encrypted connection?"""
