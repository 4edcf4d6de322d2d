"""Passwords, and the key that stands for one."""

from __future__ import annotations

import threading

from nacl.bindings import crypto_pwhash_alg, crypto_pwhash_ALG_ARGON2ID13

from asciichat.crypto.errors import UnusablePasswordError
from asciichat.protocol.handshake.proof import wipe

MIN_BYTES = 8
MAX_BYTES = 256

# Native peers use these for everybody. Their salt makes one dictionary serve against all servers; it cannot
# be changed without them.
_SALT = b"ascii-chat-passw"
_PASSES = 2
_MEMORY = 64 * 1024 * 1024


def password_key(password: str | bytes | bytearray) -> bytearray:
    """Return the 32-byte key both sides know if both know the password.

    Argon2id 1.3, 2 passes, 64 MiB, 1 lane (RFC 9106; libsodium's ``crypto_pwhash``). Takes some 70 ms and 64
    MiB: once, before the handshake, and not on a media thread.

    Raises
    ------
    UnusablePasswordError
        If the password does not have 8 to 256 bytes.
    TypeError
        If it is neither text nor bytes.
    """
    if not isinstance(password, str | bytes | bytearray):  # bytes(12) would be twelve zeros
        raise TypeError(f"a password is a str or bytes, not {type(password).__name__}")
    text = password.encode() if isinstance(password, str) else bytes(password)
    _require_length(text)
    return bytearray(crypto_pwhash_alg(32, text, _SALT, _PASSES, _MEMORY, crypto_pwhash_ALG_ARGON2ID13))


def require_password(password: str) -> None:
    """Raise UnusablePasswordError unless the password has 8 to 256 bytes, TypeError if it is no str; neither shows it."""
    if not isinstance(password, str):
        raise TypeError(f"a password is a str, not {type(password).__name__}")
    _require_length(password.encode())


def _require_length(password: bytes | bytearray) -> None:
    if len(password) < MIN_BYTES:
        raise UnusablePasswordError(
            f"The password is too short: it takes {MIN_BYTES} to {MAX_BYTES} bytes. Four random words are better."
        )
    if len(password) > MAX_BYTES:
        raise UnusablePasswordError(f"The password is too long: it takes {MIN_BYTES} to {MAX_BYTES} bytes.")


class Password:
    """A password whose key is derived once, when it is first needed; the text is then forgotten. Thread-safe.

    Parameters
    ----------
    text : str
        8 to 256 bytes of UTF-8.

    Raises
    ------
    UnusablePasswordError
        If it is shorter or longer.
    """

    def __init__(self, text: str) -> None:
        require_password(text)
        self._text: bytearray | None = bytearray(text.encode())
        self._key: bytearray | None = None
        self._lock = threading.Lock()

    def key(self) -> bytearray:
        """Return the key; it belongs to this object, which wipes it.

        Raises
        ------
        RuntimeError
            After `wipe`.
        """
        with self._lock:
            if self._key is None:
                if self._text is None:
                    raise RuntimeError("this password has been wiped")
                self._key = password_key(self._text)
                wipe(self._text)
                self._text = None
            return self._key

    def wipe(self) -> None:
        """Overwrite the key and the text."""
        with self._lock:
            wipe(self._text, self._key)
            self._text = self._key = None

    def __repr__(self) -> str:
        return "<Password>"
