"""The arithmetic of the handshake: key agreement, signatures, password proofs."""

from __future__ import annotations

import hmac
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from asciichat.protocol.errors import HandshakeError
from asciichat.protocol.types import ErrorCode

Key = bytes | bytearray


class Signer(Protocol):
    """An Ed25519 identity: a private key in memory, or an agent that has one."""

    @property
    def public_key(self) -> bytes:
        """The 32 bytes of the public key."""

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of the signature over `message`."""


class EphemeralKey:
    """One side's X25519 key of one connection.

    Parameters
    ----------
    secret : bytes
        32 random bytes.
    """

    def __init__(self, secret: bytes) -> None:
        self._private = X25519PrivateKey.from_private_bytes(secret)
        self.public = self._private.public_key().public_bytes_raw()

    def agree(self, peer: bytes) -> bytearray:
        """Return the session key: the plain X25519 product with the peer's ephemeral key.

        Raises
        ------
        HandshakeError
            If the peer's key is one of those that make the product zero whatever ours is (RFC 7748,
            section 6.1).
        """
        try:
            return bytearray(self._private.exchange(X25519PublicKey.from_public_bytes(peer)))
        except ValueError:
            raise HandshakeError(
                "The other side sent an ephemeral key that no honest program makes.", ErrorCode.CRYPTO
            ) from None


def signature_holds(identity: bytes, signature: bytes, message: bytes) -> bool:
    """Return whether `signature` is the Ed25519 signature of `identity` over `message`."""
    try:
        Ed25519PublicKey.from_public_bytes(identity).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def prove(key: Key, nonce: bytes, session_key: Key) -> bytes:
    """Return the proof that its sender knows `key`: HMAC-SHA256 over the peer's nonce and the session key."""
    mac = hmac.new(key, nonce, "sha256")
    mac.update(session_key)
    return mac.digest()


def proof_holds(proof: bytes, key: Key, nonce: bytes, session_key: Key) -> bool:
    """Return whether `proof` is what `prove` returns; takes the same time for every wrong one."""
    return hmac.compare_digest(proof, prove(key, nonce, session_key))


def wipe(*secrets: bytearray | None) -> None:
    """Overwrite secrets with zeros."""
    for secret in secrets:
        if secret is not None:
            secret[:] = bytes(len(secret))
