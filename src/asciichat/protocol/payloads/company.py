"""Who is in the call, who speaks, and what they write. Between asciichat peers only."""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import Final, Self

from asciichat.protocol.payloads.base import (
    Payload,
    invalid,
    require_bits,
    require_length,
    require_range,
)
from asciichat.protocol.text import encode_text
from asciichat.protocol.types import PacketType, PresenceFlag

MAX_SLOT: Final = 31
MAX_NAME: Final = 40
"""Bytes in UTF-8."""
MAX_TEXT: Final = 512
"""Bytes in UTF-8."""
SERVER_SLOT: Final = 255
"""The slot of what the server itself writes."""

_PRESENCE = Struct(">BB")
_SPEAKING = Struct(">I")
_TEXT = Struct(">BBB")
_OWN = 1


def _exactly(packet_type: PacketType, what: str, data: bytes) -> str:
    """Text that only a peer of ours sends: it has no reason to be broken."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise invalid(packet_type, f"the {what} is not UTF-8") from None
    if "\0" in text:
        raise invalid(packet_type, f"the {what} holds a NUL character")
    return text


@dataclass(frozen=True, slots=True)
class Presence(Payload):
    """One person in the call, or one who has left it: then only the slot and no flag.

    Parameters
    ----------
    slot : int
        0 to 31.
    flags
        PRESENT and what else is true.
    name : str
        At most 40 bytes in UTF-8; not empty for who is present.
    """

    TYPE = PacketType.PRESENCE

    slot: int
    flags: PresenceFlag = PresenceFlag.NONE
    name: str = ""

    def __post_init__(self) -> None:
        require_range(self.TYPE, "slot", self.slot, 0, MAX_SLOT)
        require_bits(self.TYPE, "flags", self.flags, PresenceFlag)
        length = len(encode_text("a name", self.name, MAX_NAME))
        if PresenceFlag.PRESENT not in self.flags and (self.flags or length):
            raise invalid(self.TYPE, "says more of somebody who is not there")
        if PresenceFlag.PRESENT in self.flags and not length:
            raise invalid(self.TYPE, "the name is empty")

    def encode(self) -> bytes:
        return _PRESENCE.pack(self.slot, self.flags) + self.name.encode()

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        require_length(cls.TYPE, payload, _PRESENCE.size, _PRESENCE.size + MAX_NAME)
        slot, flags = _PRESENCE.unpack_from(payload)
        return cls(slot, PresenceFlag(flags), _exactly(cls.TYPE, "name", payload[_PRESENCE.size :]))


@dataclass(frozen=True, slots=True)
class Speaking(Payload):
    """Who speaks: bit n of `slots` stands for slot n."""

    TYPE = PacketType.SPEAKING

    slots: int

    def __post_init__(self) -> None:
        require_range(self.TYPE, "slots", self.slots, 0, 0xFFFFFFFF)

    def encode(self) -> bytes:
        return _SPEAKING.pack(self.slots)

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        require_length(cls.TYPE, payload, _SPEAKING.size)
        return cls(*_SPEAKING.unpack(payload))


@dataclass(frozen=True, slots=True)
class TextLine(Payload):
    """A line of the conversation. A client leaves everything but the text to the server.

    Parameters
    ----------
    text : str
        1 to 512 bytes in UTF-8.
    slot : int
        Of who wrote it: 0 to 31, or 255 for the server.
    name : str
        Of who wrote it, at most 40 bytes in UTF-8.
    own : bool
        The receiver wrote it.
    """

    TYPE = PacketType.TEXT

    text: str
    slot: int = 0
    name: str = ""
    own: bool = False

    def __post_init__(self) -> None:
        if self.slot != SERVER_SLOT:
            require_range(self.TYPE, "slot", self.slot, 0, MAX_SLOT)
        encode_text("a name", self.name, MAX_NAME)
        if not encode_text("a text", self.text, MAX_TEXT):
            raise invalid(self.TYPE, "the text is empty")

    def encode(self) -> bytes:
        name = self.name.encode()
        return _TEXT.pack(self.slot, _OWN if self.own else 0, len(name)) + name + self.text.encode()

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        require_length(cls.TYPE, payload, _TEXT.size + 1, _TEXT.size + MAX_NAME + MAX_TEXT)
        slot, flags, length = _TEXT.unpack_from(payload)
        if flags & ~_OWN:
            raise invalid(cls.TYPE, f"flags {flags:#x} are not understood")
        name, text = payload[_TEXT.size : _TEXT.size + length], payload[_TEXT.size + length :]
        if len(name) != length:
            raise invalid(cls.TYPE, f"promises a name of {length} bytes, holds {len(name)}")
        return cls(
            _exactly(cls.TYPE, "text", text), slot, _exactly(cls.TYPE, "name", name), bool(flags & _OWN)
        )
