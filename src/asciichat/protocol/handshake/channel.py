"""The handshake between asciichat peers: what goes into the messages of Noise, and what is made of them.

See "Noise" in docs/protocol.md. One object is one side of one connection; who is let in, and who is called, is decided
by the machines that use it.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field

from asciichat.protocol.errors import HandshakeError
from asciichat.protocol.handshake.proof import Key, Signer, signature_holds, wipe
from asciichat.protocol.noise import HandshakeState, NoiseError
from asciichat.protocol.payloads.handshake import KEY_SIZE, NO_IDENTITY, SIGNATURE_SIZE
from asciichat.protocol.types import AuthRequirement, ErrorCode

_NAME = b"asciichat/1"
_LABEL = b"asciichat noise 1 "
_PSK = b"asciichat noise 1 psk"
_NO_PSK = bytes(KEY_SIZE)
_VOUCHER = KEY_SIZE + SIGNATURE_SIZE


class WrongPasswordError(HandshakeError):
    """The last message of the client fits everything but the password."""


class UnprovedIdentityError(HandshakeError):
    """An identity whose owner did not sign for it."""


@dataclass(frozen=True, slots=True, eq=False)
class ChannelKeys:
    """A key for each direction. Whoever takes them owns them, and wipes them.

    Parameters
    ----------
    sending, receiving : bytearray
        32 bytes each.
    sent, received : int
        How many records each has seen already.
    """

    sending: bytearray = field(repr=False)
    receiving: bytearray = field(repr=False)
    sent: int
    received: int

    def wipe(self) -> None:
        """Overwrite the keys."""
        wipe(self.sending, self.receiving)


class Channel:
    """One side of a Noise handshake.

    Parameters
    ----------
    server : bool
        Which side.
    offer, answer : bytes
        The payloads of the client's and of the server's PROTOCOL_VERSION, as they were sent and received.
    static, ephemeral : bytes
        32 random bytes each.
    """

    def __init__(self, *, server: bool, offer: bytes, answer: bytes, static: bytes, ephemeral: bytes) -> None:
        self._server = server
        self._state = HandshakeState(
            initiator=not server, prologue=_NAME + offer + answer, static=static, ephemeral=ephemeral
        )

    # --- the client's side -----------------------------------------------------------------------------------------

    def hello(self) -> bytes:
        """Return the client's first message."""
        return self._state.write_message()

    def read_welcome(self, message: bytes) -> tuple[AuthRequirement, bytes | None]:
        """Return what the server demands, and its identity, whose owner has signed."""
        payload, h = self._read(message)
        if len(payload) != 1 + _VOUCHER or payload[0] & ~3:
            raise HandshakeError("The server's answer is not of the form it has to have.", ErrorCode.CRYPTO)
        return AuthRequirement(payload[0]), _identity(payload[1:], b"server", h)

    def introduce(self, identity: Signer | None, password_key: Key | None) -> bytes:
        """Return the client's last message."""
        self._use_password(password_key)
        h = self._state.begin_message()
        signature = None if identity is None else identity.sign(_to_sign(b"client", h))
        return self._state.end_message(_voucher(identity, signature))

    def read_confirmation(self, message: bytes) -> ChannelKeys:
        """Return the keys; the server has shown that it has them, and that it knows the password."""
        sending, receiving = self._state.split()
        try:
            text = receiving.decrypt(b"", message)
        except NoiseError:
            text = b"-"
        if text:
            raise HandshakeError(
                "The server could not prove that it is the one the handshake began with.",
                ErrorCode.AUTHENTICATION,
            )
        assert sending.key is not None and receiving.key is not None
        return ChannelKeys(sending.key, receiving.key, 0, 1)

    # --- the server's side -----------------------------------------------------------------------------------------

    def read_hello(self, message: bytes) -> None:
        """Take the client's first message."""
        if self._read(message)[0]:
            raise HandshakeError("The client says more than it has to.", ErrorCode.CRYPTO)

    def begin_welcome(self) -> bytes:
        """Begin the server's first message, and return what its identity has to sign."""
        return _to_sign(b"server", self._state.begin_message())

    def welcome(self, demanded: AuthRequirement, identity: Signer | None, signature: bytes | None) -> bytes:
        """Return the server's first message."""
        return self._state.end_message(bytes([demanded]) + _voucher(identity, signature))

    def read_introduction(self, message: bytes, password_key: Key | None) -> bytes | None:
        """Return the client's identity, whose owner has signed.

        Raises
        ------
        WrongPasswordError
            If the client does not know the password.
        UnprovedIdentityError
            If the signature is wrong.
        HandshakeError
            For anything else that must not be.
        """
        self._use_password(password_key)
        try:
            payload, h = self._state.read_message(message)
        except NoiseError as error:
            if error.payload and password_key is not None:
                raise WrongPasswordError(
                    "The client gave a wrong password.", ErrorCode.AUTHENTICATION
                ) from None
            raise self._unreadable(error) from None
        if len(payload) != _VOUCHER:
            raise HandshakeError("The client's answer is not of the form it has to have.", ErrorCode.CRYPTO)
        return _identity(payload, b"client", h)

    def confirm(self) -> tuple[bytes, ChannelKeys]:
        """Return the server's last message, and the keys."""
        sending, receiving = self._state.split()
        message = sending.encrypt(b"", b"")
        assert sending.key is not None and receiving.key is not None
        return message, ChannelKeys(sending.key, receiving.key, 1, 0)

    # --- both ------------------------------------------------------------------------------------------------------

    def wipe(self) -> None:
        """Forget what is secret, but not the keys that were handed out."""
        wipe(self._state.psk if isinstance(self._state.psk, bytearray) else None)
        self._state.wipe()

    def _use_password(self, password_key: Key | None) -> None:
        if password_key is None:
            self._state.psk = _NO_PSK
        else:
            self._state.psk = bytearray(hmac.digest(password_key, _PSK, "sha256"))

    def _read(self, message: bytes) -> tuple[bytes, bytes]:
        try:
            return self._state.read_message(message)
        except NoiseError as error:
            raise self._unreadable(error) from None

    def _unreadable(self, error: NoiseError) -> HandshakeError:
        who = "client" if self._server else "server"
        return HandshakeError(
            f"What the {who} sent does not fit what was said before ({error}). Somebody may be in between.",
            ErrorCode.CRYPTO,
        )


def _to_sign(role: bytes, h: bytes) -> bytes:
    """Return 64 bytes that stand for the transcript: no signature of the native handshake is over so many."""
    return hashlib.sha512(_LABEL + role + h).digest()


def _voucher(identity: Signer | None, signature: bytes | None) -> bytes:
    if identity is None or signature is None:
        return bytes(_VOUCHER)
    return identity.public_key + signature


def _identity(voucher: bytes, role: bytes, h: bytes) -> bytes | None:
    identity, signature = voucher[:KEY_SIZE], voucher[KEY_SIZE:]
    if identity == NO_IDENTITY:
        return None
    if not signature_holds(identity, signature, _to_sign(role, h)):
        raise UnprovedIdentityError(
            f"The {role.decode()} could not prove that it has the key it shows. Somebody may be in between.",
            ErrorCode.CRYPTO,
        )
    return identity
