"""The contents of packets: one immutable class for each type, with `encode` and `decode`.

>>> from asciichat.protocol.payloads import TextLine, decode_payload
>>> line = TextLine("hello")
>>> decode_payload(line.TYPE, line.encode()) == line
True
>>> decode_payload(line.TYPE, b"")
Traceback (most recent call last):
    ...
asciichat.protocol.errors.ProtocolError: TEXT: 0 bytes of payload, 4 to 555 are allowed
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from asciichat.protocol.errors import ProtocolError
from asciichat.protocol.payloads.audio import AudioBatch, OpusBatch
from asciichat.protocol.payloads.base import Payload
from asciichat.protocol.payloads.company import Presence, Speaking, TextLine
from asciichat.protocol.payloads.handshake import (
    AuthChallenge,
    AuthFailed,
    CryptoCapabilities,
    CryptoClientHello,
    CryptoParameters,
    HandshakeComplete,
    KeyExchangeInit,
    KeyExchangeResp,
    KeyResponse,
    NoEncryption,
    NoiseMessage,
    PasswordResponse,
    ProtocolVersion,
    ServerAuthResp,
)
from asciichat.protocol.payloads.media import AsciiFrame, ImageFrame, ImageFrameH265, PictureSize
from asciichat.protocol.payloads.rekey import KeyUpdate, RekeyComplete, RekeyRequest, RekeyResponse
from asciichat.protocol.payloads.session import (
    ClearConsole,
    ClientJoin,
    ClientLeave,
    ErrorMessage,
    Ping,
    Pong,
    RemoteLog,
    ServerState,
    StreamStart,
    StreamStop,
)
from asciichat.protocol.payloads.terminal import ClientCapabilities
from asciichat.protocol.payloads.view import ViewOptions
from asciichat.protocol.types import ErrorCode

__all__ = [
    "PAYLOADS",
    "AsciiFrame",
    "AudioBatch",
    "AuthChallenge",
    "AuthFailed",
    "ClearConsole",
    "ClientCapabilities",
    "ClientJoin",
    "ClientLeave",
    "CryptoCapabilities",
    "CryptoClientHello",
    "CryptoParameters",
    "ErrorMessage",
    "HandshakeComplete",
    "ImageFrame",
    "ImageFrameH265",
    "KeyExchangeInit",
    "KeyExchangeResp",
    "KeyResponse",
    "KeyUpdate",
    "NoEncryption",
    "NoiseMessage",
    "OpusBatch",
    "PasswordResponse",
    "Payload",
    "PictureSize",
    "Ping",
    "Pong",
    "Presence",
    "ProtocolVersion",
    "RekeyComplete",
    "RekeyRequest",
    "RekeyResponse",
    "RemoteLog",
    "ServerAuthResp",
    "ServerState",
    "Speaking",
    "StreamStart",
    "StreamStop",
    "TextLine",
    "ViewOptions",
    "decode_payload",
]

PAYLOADS: Mapping[int, type[Payload]] = MappingProxyType(
    {
        kind.TYPE: kind
        for kind in (
            AsciiFrame,
            AudioBatch,
            AuthChallenge,
            AuthFailed,
            ClearConsole,
            ClientCapabilities,
            ClientJoin,
            ClientLeave,
            CryptoCapabilities,
            CryptoClientHello,
            CryptoParameters,
            ErrorMessage,
            HandshakeComplete,
            ImageFrame,
            ImageFrameH265,
            KeyExchangeInit,
            KeyExchangeResp,
            KeyUpdate,
            NoEncryption,
            NoiseMessage,
            OpusBatch,
            PictureSize,
            Ping,
            Pong,
            Presence,
            ProtocolVersion,
            RekeyComplete,
            RekeyRequest,
            RekeyResponse,
            RemoteLog,
            ServerAuthResp,
            ServerState,
            Speaking,
            StreamStart,
            StreamStop,
            TextLine,
            ViewOptions,
        )
    }
)
"""The class of each type. AUTH_RESPONSE has two, and ENCRYPTED belongs to `asciichat._core.seal`."""


def decode_payload(packet_type: int, payload: bytes) -> Payload:
    """Return the content of a packet of any type that has one class.

    Raises
    ------
    ProtocolError
        If the payload is not what its type allows, or the type has no class here: ENCRYPTED, the text
        messages nobody receives, AUTH_RESPONSE (`PasswordResponse` or `KeyResponse`, depending on what was
        asked) and the unknown.
    """
    kind = PAYLOADS.get(packet_type)
    if kind is None:
        raise ProtocolError(ErrorCode.UNKNOWN_PACKET, f"packet type {packet_type} has no payload to decode")
    return kind.decode(payload)
