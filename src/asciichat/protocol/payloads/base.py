"""What all payloads have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from operator import index
from typing import ClassVar, Self, TypeVar

from asciichat._core.packet import pack
from asciichat.protocol.errors import ProtocolError
from asciichat.protocol.types import ErrorCode, PacketType

_Enum = TypeVar("_Enum", bound=IntEnum)


class Payload(ABC):
    """The content of one packet; immutable, valid by construction.

    Constructors and `decode` raise ProtocolError for what the protocol does not allow, so that
    ``decode(encode(x)) == x`` holds for every instance.
    """

    __slots__ = ()
    TYPE: ClassVar[PacketType]

    @abstractmethod
    def encode(self) -> bytes:
        """Return the bytes after the packet header."""

    @classmethod
    @abstractmethod
    def decode(cls, payload: bytes) -> Self:
        """Read what `encode`, or a native peer, wrote."""

    def packet(self) -> bytes:
        """Return the whole packet: header and payload."""
        return pack(self.TYPE, self.encode())


def invalid(packet_type: PacketType, what: str) -> ProtocolError:
    """Return the error that says what is wrong with a packet."""
    return ProtocolError(ErrorCode.PROTOCOL, f"{packet_type.name}: {what}")


def require_length(packet_type: PacketType, payload: bytes, least: int, most: int | None = None) -> None:
    """Raise ProtocolError unless `payload` has `least` to `most` bytes (exactly `least` without `most`)."""
    most = least if most is None else most
    if not least <= len(payload) <= most:
        allowed = str(least) if least == most else f"{least} to {most}"
        raise invalid(packet_type, f"{len(payload)} bytes of payload, {allowed} are allowed")


def require_range(packet_type: PacketType, what: str, value: int, least: int, most: int) -> None:
    """Raise ProtocolError unless `value` is a whole number and `least` <= `value` <= `most`."""
    try:
        index(value)
    except TypeError:
        raise invalid(
            packet_type, f"{what} is {value!r}, whole numbers from {least} to {most} are allowed"
        ) from None
    if not least <= value <= most:
        raise invalid(packet_type, f"{what} is {value}, {least} to {most} are allowed")


def require_bytes(packet_type: PacketType, what: str, value: bytes, length: int) -> None:
    """Raise ProtocolError unless `value` has `length` bytes."""
    if len(value) != length:
        raise invalid(packet_type, f"{what} has {len(value)} bytes, not {length}")


def require_bits(packet_type: PacketType, what: str, value: int, allowed: type[IntFlag]) -> None:
    """Raise ProtocolError if `value` holds bits that are not members of `allowed`."""
    mask = sum(member.value for member in allowed)
    if int(value) & ~mask:
        raise invalid(packet_type, f"{what} is {value:#x}, known bits are {mask:#x}")


def enum_member(packet_type: PacketType, what: str, kind: type[_Enum], value: int) -> _Enum:
    """Return the member of `kind` for a value from outside; raise ProtocolError if there is none."""
    try:
        return kind(value)
    except ValueError:
        raise invalid(packet_type, f"{what} {value} is unknown") from None


@dataclass(frozen=True, slots=True)
class Empty(Payload):
    """A payload of no bytes."""

    def encode(self) -> bytes:
        return b""

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        require_length(cls.TYPE, payload, 0)
        return cls()
