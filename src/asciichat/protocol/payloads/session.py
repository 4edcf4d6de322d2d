"""Session packets that carry neither picture nor sound."""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import Self

from asciichat.protocol.payloads.base import (
    Empty,
    Payload,
    enum_member,
    invalid,
    require_bits,
    require_length,
    require_range,
)
from asciichat.protocol.text import decode_text, encode_text
from asciichat.protocol.types import (
    JoinAbility,
    LogDirection,
    LogLevel,
    PacketType,
    Stream,
)

_STREAMS = Struct(">I")
_STATE = Struct(">II24x")
_ERROR = Struct(">II")
_LOG = Struct(">BBHI")
_JOIN = Struct(">I32sI")

_LOG_TRUNCATED = 1


class Ping(Empty):
    """Are you there? Answered with PONG."""

    __slots__ = ()
    TYPE = PacketType.PING


class Pong(Empty):
    """The answer to PING; unasked for, a server's sign of life."""

    __slots__ = ()
    TYPE = PacketType.PONG


class ClearConsole(Empty):
    """Wipe the screen before the next frame."""

    __slots__ = ()
    TYPE = PacketType.CLEAR_CONSOLE


@dataclass(frozen=True, slots=True)
class _Streams(Payload):
    streams: Stream

    def __post_init__(self) -> None:
        require_bits(self.TYPE, "stream type", self.streams, Stream)
        if not self.streams:
            raise invalid(self.TYPE, "names neither video nor audio")

    def encode(self) -> bytes:
        return _STREAMS.pack(self.streams)

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        require_length(cls.TYPE, payload, _STREAMS.size)
        return cls(Stream(_STREAMS.unpack(payload)[0]))


class StreamStart(_Streams):
    """From now on pictures, sound or both may come from this client."""

    __slots__ = ()
    TYPE = PacketType.STREAM_START


class StreamStop(_Streams):
    """No more pictures, sound or both from this client."""

    __slots__ = ()
    TYPE = PacketType.STREAM_STOP


@dataclass(frozen=True, slots=True)
class ServerState(Payload):
    """How many clients are connected, and how many send video. A hint."""

    TYPE = PacketType.SERVER_STATE

    connected: int
    active: int

    def __post_init__(self) -> None:
        for what in ("connected", "active"):
            require_range(self.TYPE, what, getattr(self, what), 0, 0xFFFFFFFF)

    def encode(self) -> bytes:
        return _STATE.pack(self.connected, self.active)

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        require_length(cls.TYPE, payload, _STATE.size)
        return cls(*_STATE.unpack(payload))


@dataclass(frozen=True, slots=True)
class ErrorMessage(Payload):
    """The connection is about to end, and why. `code` may be one that ErrorCode does not know."""

    TYPE = PacketType.ERROR_MESSAGE

    code: int
    message: str

    def __post_init__(self) -> None:
        require_range(self.TYPE, "code", self.code, 0, 0xFFFFFFFF)
        encode_text("an error message", self.message, 512)

    def encode(self) -> bytes:
        text = self.message.encode()
        return _ERROR.pack(self.code, len(text)) + text

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        require_length(cls.TYPE, payload, _ERROR.size, _ERROR.size + 512)
        code, length = _ERROR.unpack_from(payload)
        text = payload[_ERROR.size :]
        if length != len(text):
            raise invalid(cls.TYPE, f"promises {length} bytes of text, holds {len(text)}")
        if 0 in text:
            raise invalid(cls.TYPE, "the text holds a NUL character")
        return cls(code, decode_text(text))


@dataclass(frozen=True, slots=True)
class RemoteLog(Payload):
    """A line for the other side's log."""

    TYPE = PacketType.REMOTE_LOG

    level: LogLevel
    direction: LogDirection
    message: str
    truncated: bool = False

    def __post_init__(self) -> None:
        encode_text("a log line", self.message, 511)

    def encode(self) -> bytes:
        text = self.message.encode()
        flags = _LOG_TRUNCATED if self.truncated else 0
        return _LOG.pack(self.level, self.direction, flags, len(text)) + text

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        require_length(cls.TYPE, payload, _LOG.size, _LOG.size + 512)
        level, direction, flags, length = _LOG.unpack_from(payload)
        text = payload[_LOG.size :]
        if length != len(text):
            raise invalid(cls.TYPE, f"promises {length} bytes of text, holds {len(text)}")
        return cls(
            enum_member(cls.TYPE, "level", LogLevel, level),
            enum_member(cls.TYPE, "direction", LogDirection, direction),
            decode_text(text[:511]),
            bool(flags & _LOG_TRUNCATED),
        )


@dataclass(frozen=True, slots=True)
class ClientJoin(Payload):
    """A client's name and what it can do. Accepted, never required; sent to servers of ours alone."""

    TYPE = PacketType.CLIENT_JOIN

    client_id: int
    name: str
    abilities: JoinAbility

    def __post_init__(self) -> None:
        require_range(self.TYPE, "client id", self.client_id, 0, 0xFFFFFFFF)
        if not encode_text("a name", self.name, 31):
            raise invalid(self.TYPE, "the name is empty")
        require_bits(self.TYPE, "abilities", self.abilities, JoinAbility)
        if not self.abilities:
            raise invalid(self.TYPE, "names no ability")

    def encode(self) -> bytes:
        return _JOIN.pack(self.client_id, self.name.encode(), self.abilities)

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        require_length(cls.TYPE, payload, _JOIN.size)
        client_id, name, abilities = _JOIN.unpack(payload)
        return cls(client_id, decode_text(name[:31]), JoinAbility(abilities))


@dataclass(frozen=True, slots=True)
class ClientLeave(Payload):
    """A client goes, perhaps saying why. Accepted, never sent by us."""

    TYPE = PacketType.CLIENT_LEAVE

    reason: str = ""

    def __post_init__(self) -> None:
        encode_text("a reason", self.reason, 256)

    def encode(self) -> bytes:
        return self.reason.encode()

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        require_length(cls.TYPE, payload, 0, 256)
        return cls(decode_text(payload))
