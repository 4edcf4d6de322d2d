"""Rekeying: what native peers begin and cannot finish (decoded, never sent), and what asciichat peers do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from asciichat.protocol.payloads.base import Empty, Payload, require_bytes, require_range
from asciichat.protocol.payloads.handshake import KEY_SIZE
from asciichat.protocol.types import PacketType


@dataclass(frozen=True, slots=True)
class _RekeyKey(Payload):
    ephemeral: bytes

    def __post_init__(self) -> None:
        require_bytes(self.TYPE, "the ephemeral key", self.ephemeral, KEY_SIZE)

    def encode(self) -> bytes:
        return self.ephemeral

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        return cls(payload)


class RekeyRequest(_RekeyKey):
    """A native peer's wish for a new key; ignored, as its rekeying cannot complete."""

    __slots__ = ()
    TYPE = PacketType.REKEY_REQUEST


class RekeyResponse(_RekeyKey):
    """The answer to REKEY_REQUEST; never sent by us."""

    __slots__ = ()
    TYPE = PacketType.REKEY_RESPONSE


@dataclass(frozen=True, slots=True)
class RekeyComplete(Payload):
    """The end of a rekeying; never sent by us."""

    TYPE = PacketType.REKEY_COMPLETE

    proof: bytes

    def __post_init__(self) -> None:
        require_range(self.TYPE, "length of the proof", len(self.proof), 1, 65536)

    def encode(self) -> bytes:
        return self.proof

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        return cls(payload)


class KeyUpdate(Empty):
    """The sender's next record is sealed with its next key. After a Noise handshake only; the core sends and takes it."""

    __slots__ = ()
    TYPE = PacketType.KEY_UPDATE
