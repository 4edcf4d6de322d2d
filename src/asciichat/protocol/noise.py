"""``Noise_XXpsk3_25519_ChaChaPoly_SHA256`` of the Noise Protocol Framework, revision 34.

The names are those of its specification (https://noiseprotocol.org/noise.html), sections 5 and 9. What is done with
it is said in docs/protocol.md.
"""

from __future__ import annotations

import hashlib
import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

PROTOCOL_NAME = b"Noise_XXpsk3_25519_ChaChaPoly_SHA256"  # 36 bytes: longer than a hash, so it is hashed
_PATTERN = (("e",), ("e", "ee", "s", "es"), ("s", "se", "psk"))
_DH, _TAG, _KEY = 32, 16, 32


class NoiseError(ValueError):
    """A message that is not the one that belongs here.

    Parameters
    ----------
    message : str
        What is wrong.
    payload : bool
        Everything before the message's payload was right.
    """

    def __init__(self, message: str, *, payload: bool = False) -> None:
        super().__init__(message)
        self.payload = payload


class CipherState:
    """A key and the number of the next message it seals or opens."""

    def __init__(self, key: bytearray | None = None) -> None:
        self.key = key
        self.n = 0

    def encrypt(self, ad: bytes, text: bytes) -> bytes:
        """Return the ciphertext and its tag; the text itself while there is no key."""
        if self.key is None:
            return text
        return ChaCha20Poly1305(self.key).encrypt(self._nonce(), text, ad)

    def decrypt(self, ad: bytes, sealed: bytes) -> bytes:
        """Return the text.

        Raises
        ------
        NoiseError
            If it was not sealed with this key, this number and `ad`.
        """
        if self.key is None:
            return sealed
        try:
            return ChaCha20Poly1305(self.key).decrypt(self._nonce(), sealed, ad)
        except InvalidTag:
            raise NoiseError("a message is damaged, or sealed with another key") from None

    def _nonce(self) -> bytes:
        nonce = bytes(4) + self.n.to_bytes(8, "little")
        self.n += 1
        return nonce


class SymmetricState:
    """The chaining key, the handshake hash, and the key both come to."""

    def __init__(self) -> None:
        self.h = hashlib.sha256(PROTOCOL_NAME).digest()
        self._ck = bytearray(self.h)
        self._cipher = CipherState()

    def mix_hash(self, data: bytes) -> None:
        """Make `data` a part of the transcript."""
        self.h = hashlib.sha256(self.h + data).digest()

    def mix_key(self, secret: bytes | bytearray) -> None:
        """Make `secret` a part of the key."""
        ck, key = _hkdf(self._ck, secret, 2)
        self._replace(ck, key)

    def mix_key_and_hash(self, secret: bytes | bytearray) -> None:
        """Make `secret` a part of both."""
        ck, hashed, key = _hkdf(self._ck, secret, 3)
        self.mix_hash(bytes(hashed))
        self._replace(ck, key)

    def encrypt_and_hash(self, text: bytes) -> bytes:
        """Seal `text` and make it a part of the transcript."""
        sealed = self._cipher.encrypt(self.h, text)
        self.mix_hash(sealed)
        return sealed

    def decrypt_and_hash(self, sealed: bytes) -> bytes:
        """Undo `encrypt_and_hash`."""
        text = self._cipher.decrypt(self.h, sealed)
        self.mix_hash(sealed)
        return text

    def split(self) -> tuple[CipherState, CipherState]:
        """Return the two directions: from the initiator, from the responder."""
        first, second = _hkdf(self._ck, b"", 2)
        return CipherState(first), CipherState(second)

    def wipe(self) -> None:
        """Overwrite the keys."""
        for secret in (self._ck, self._cipher.key):
            if secret is not None:
                secret[:] = bytes(len(secret))

    def _replace(self, ck: bytearray, key: bytearray) -> None:
        self.wipe()
        self._ck = ck
        self._cipher = CipherState(key)


class HandshakeState:
    """One side of a handshake; not thread-safe.

    Parameters
    ----------
    initiator : bool
        Whether this side begins.
    prologue : bytes
        What both sides must have seen alike before.
    static, ephemeral : bytes
        The 32 bytes of this side's X25519 private keys.
    psk : bytes
        32 bytes both sides know; may be set later (`psk`), before the third message.
    """

    def __init__(
        self,
        *,
        initiator: bool,
        prologue: bytes,
        static: bytes,
        ephemeral: bytes,
        psk: bytes | bytearray = bytes(_KEY),
    ) -> None:
        self.psk = psk
        self._initiator = initiator
        self._symmetric = SymmetricState()
        self._symmetric.mix_hash(prologue)
        self._own = {
            "s": X25519PrivateKey.from_private_bytes(static),
            "e": X25519PrivateKey.from_private_bytes(ephemeral),
        }
        self._peer: dict[str, bytes] = {}
        self._turn = 0
        self._begun = b""

    @property
    def h(self) -> bytes:
        """The handshake hash: 32 bytes that stand for everything said so far."""
        return self._symmetric.h

    @property
    def finished(self) -> bool:
        """Whether all messages are written and read."""
        return self._turn == len(_PATTERN)

    def write_message(self, payload: bytes = b"") -> bytes:
        """Return the next message."""
        self.begin_message()
        return self.end_message(payload)

    def begin_message(self) -> bytes:
        """Make the next message up to its payload, and return the handshake hash that stands for all before it."""
        for token in self._tokens(writing=True):
            if token in ("e", "s"):
                public = self._own[token].public_key().public_bytes_raw()
                self._begun += self._write_key(token, public)
            else:
                self._mix(token)
        return self.h

    def end_message(self, payload: bytes) -> bytes:
        """Return the message that `begin_message` began, with this payload."""
        begun, self._begun = self._begun, b""
        return begun + self._symmetric.encrypt_and_hash(payload)

    def read_message(self, message: bytes) -> tuple[bytes, bytes]:
        """Return the payload of the next message, and the handshake hash before it.

        Raises
        ------
        NoiseError
            If it is not the one that belongs here: the handshake is over.
        """
        for token in self._tokens(writing=False):
            if token in ("e", "s"):
                size = _DH if token == "e" else _DH + _TAG
                if len(message) < size:
                    raise NoiseError("a message is cut short")
                self._peer[token] = self._read_key(token, message[:size])
                message = message[size:]
            else:
                self._mix(token)
        before = self.h
        try:
            return self._symmetric.decrypt_and_hash(message), before
        except NoiseError as error:
            raise NoiseError(str(error), payload=True) from None

    def split(self) -> tuple[CipherState, CipherState]:
        """Return the states of the two directions, this side's for sending first."""
        assert self.finished
        first, second = self._symmetric.split()
        return (first, second) if self._initiator else (second, first)

    def wipe(self) -> None:
        """Overwrite what can be; the rest is forgotten."""
        self._symmetric.wipe()
        self._own.clear()
        self.psk = b""

    def _tokens(self, *, writing: bool) -> tuple[str, ...]:
        assert not self.finished and writing == (self._initiator == (self._turn % 2 == 0))
        tokens = _PATTERN[self._turn]
        self._turn += 1
        return tokens

    def _write_key(self, token: str, public: bytes) -> bytes:
        if token == "s":
            return self._symmetric.encrypt_and_hash(public)
        self._mix_ephemeral(public)
        return public

    def _read_key(self, token: str, data: bytes) -> bytes:
        if token == "s":
            return self._symmetric.decrypt_and_hash(data)
        self._mix_ephemeral(data)
        return data

    def _mix_ephemeral(self, public: bytes) -> None:
        self._symmetric.mix_hash(public)
        self._symmetric.mix_key(public)  # as in every pattern with a psk (section 9.2)

    def _mix(self, token: str) -> None:
        if token == "psk":
            self._symmetric.mix_key_and_hash(self.psk)
            return
        # The first letter is the initiator's key, the second the responder's.
        own, peer = (token[0], token[1]) if self._initiator else (token[1], token[0])
        try:
            product = self._own[own].exchange(X25519PublicKey.from_public_bytes(self._peer[peer]))
        except ValueError:
            raise NoiseError("the other side sent a key that no honest program makes") from None
        self._symmetric.mix_key(product)


def _hkdf(ck: bytes | bytearray, secret: bytes | bytearray, count: int) -> list[bytearray]:
    """Return `count` keys of 32 bytes (section 4.3; RFC 5869 with an empty info)."""
    temporary = hmac.digest(ck, secret, "sha256")
    keys: list[bytearray] = []
    last = b""
    for number in range(1, count + 1):
        last = hmac.digest(temporary, last + bytes([number]), "sha256")
        keys.append(bytearray(last))
    return keys
