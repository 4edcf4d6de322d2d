"""The handshake of either side as a state machine: bytes in, bytes out, and at the end a key or a reason."""

from __future__ import annotations

from asciichat.protocol.errors import HandshakeError
from asciichat.protocol.handshake.client import ClientHandshake, ClientPolicy
from asciichat.protocol.handshake.machine import Handshake, HandshakeResult, Proof
from asciichat.protocol.handshake.proof import Signer
from asciichat.protocol.handshake.server import ServerHandshake, ServerPolicy

__all__ = [
    "ClientHandshake",
    "ClientPolicy",
    "Handshake",
    "HandshakeError",
    "HandshakeResult",
    "Proof",
    "ServerHandshake",
    "ServerPolicy",
    "Signer",
]
