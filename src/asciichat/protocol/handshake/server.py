"""The server's side of the handshake."""

from __future__ import annotations

import os
from collections.abc import Callable, Container
from dataclasses import dataclass, field
from functools import partial
from typing import NoReturn

from asciichat.protocol.errors import HandshakeError, ProtocolError
from asciichat.protocol.framing import FROM_CLIENT, Packet
from asciichat.protocol.handshake.channel import UnprovedIdentityError, WrongPasswordError
from asciichat.protocol.handshake.machine import Handshake, Proof, Random
from asciichat.protocol.handshake.proof import (
    EphemeralKey,
    Key,
    Signer,
    proof_holds,
    prove,
    signature_holds,
)
from asciichat.protocol.payloads import (
    AuthChallenge,
    AuthFailed,
    CryptoCapabilities,
    CryptoParameters,
    HandshakeComplete,
    KeyExchangeInit,
    KeyExchangeResp,
    KeyResponse,
    NoiseMessage,
    PasswordResponse,
    ProtocolVersion,
    ServerAuthResp,
)
from asciichat.protocol.types import AuthFailure, AuthRequirement, ErrorCode, Feature, Mode, PacketType

_SUITE = 1  # the bit of X25519, of Ed25519 and of XSalsa20-Poly1305 in their masks


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerPolicy:
    """Whom a server lets in; one for all its connections.

    Parameters
    ----------
    identity : Signer, optional
        The key clients know this server by.
    password_key : bytes, optional
        The 32 bytes derived from the password (`asciichat.crypto.password`); None asks for no password.
    client_keys : container of bytes, optional
        The Ed25519 public keys that are let in, 32 bytes each; None asks for no key. Needs an identity.
    allow_plaintext : bool
        Let clients in that do not encrypt. Not together with a password or client keys, which such clients
        would get past.
    sign_elsewhere : bool
        The handshake does not ask `identity` to sign, but waits for the signature (`Handshake.to_sign`).
    features : Feature
        What to agree on with clients that offer it. UNAUTHENTICATED excludes an identity, a password and client keys.
    """

    identity: Signer | None = None
    password_key: Key | None = field(default=None, repr=False)
    client_keys: Container[bytes] | None = None
    allow_plaintext: bool = False
    sign_elsewhere: bool = False
    features: Feature = Feature.NONE

    def __post_init__(self) -> None:
        if self.password_key is not None and len(self.password_key) != 32:
            raise ValueError("a password key has 32 bytes; derive it from the password first")
        if self.client_keys is not None and self.identity is None:
            # A native client does not sign for a server that announces no identity.
            raise ValueError("a server that demands client keys needs an identity key of its own")
        if self.allow_plaintext and (self.password_key is not None or self.client_keys is not None):
            raise ValueError("clients in clear would get past the password or the client keys")
        if Feature.UNAUTHENTICATED in self.features and (self.identity is not None or self.required):
            raise ValueError("a server that authenticates nobody has no identity, password or client keys")

    @property
    def required(self) -> AuthRequirement:
        """What a client has to prove."""
        required = AuthRequirement.NONE
        if self.password_key is not None:
            required |= AuthRequirement.PASSWORD
        if self.client_keys is not None:
            required |= AuthRequirement.CLIENT_KEY
        return required


class ServerHandshake(Handshake):
    """Answers one client.

    A failure that the client is told about (AUTH_FAILED) is in what `feed` returns; any other closes without
    a word, as native servers do.

    Parameters
    ----------
    policy : ServerPolicy
        Whom to let in.
    random : callable
        Source of keys and nonces; to be replaced in tests only.
    """

    _PEER = "client"

    def __init__(self, policy: ServerPolicy, *, random: Random = os.urandom) -> None:
        super().__init__(FROM_CLIENT, random)
        self._policy: ServerPolicy | None = policy
        self._next: Callable[[Packet, ServerPolicy], None] = self._first
        self._challenge: AuthChallenge | None = None

    def _begin(self) -> None:
        pass

    def _step(self, packet: Packet) -> None:
        if packet.type == PacketType.NO_ENCRYPTION:
            self._refuse("The client asked not to encrypt.", AuthFailure.NONE)
        assert self._policy is not None
        self._next(packet, self._policy)

    def _forget(self) -> None:
        super()._forget()
        self._policy = None
        self._challenge = None

    def _refuse(self, message: str, reason: AuthFailure) -> NoReturn:
        self._send(AuthFailed(reason))
        raise HandshakeError(message, ErrorCode.AUTHENTICATION, reason)

    def _first(self, packet: Packet, policy: ServerPolicy) -> None:
        if packet.type == PacketType.CLIENT_CAPABILITIES:
            if not policy.allow_plaintext:
                raise HandshakeError(
                    "The client does not encrypt, and this server demands it.", ErrorCode.AUTHENTICATION
                )
            self._succeed(first_packet=packet)
            return
        if packet.type != PacketType.PROTOCOL_VERSION:
            self._unexpected(packet, "PROTOCOL_VERSION")
        offer = ProtocolVersion.decode(packet.payload)
        if not offer.mode & Mode.ENCRYPT:
            raise HandshakeError("The client wants to authenticate without encryption, which nobody can.")
        self._features = Feature(offer.features & policy.features)
        answer = ProtocolVersion(offer.mode, self._features)
        self._send(answer)
        if Feature.NOISE in self._features:
            self._begin_noise(packet.payload, answer.encode())
            self._next = self._hello
            return
        self._marked = Feature.NOISE in policy.features
        self._next = self._capabilities

    def _hello(self, packet: Packet, policy: ServerPolicy) -> None:
        if packet.type != PacketType.NOISE:
            self._unexpected(packet, "NOISE")
        assert self._channel is not None
        self._channel.read_hello(packet.payload)
        to_sign = self._channel.begin_welcome()
        if policy.identity is None:
            self._welcome(policy, None)
        else:
            self._sign(to_sign, policy, self._welcome)

    def _welcome(self, policy: ServerPolicy, signature: bytes | None) -> None:
        assert self._channel is not None
        self._send(NoiseMessage(self._channel.welcome(policy.required, policy.identity, signature)))
        self._next = self._introduction

    def _sign(
        self, message: bytes, policy: ServerPolicy, then: Callable[[ServerPolicy, bytes], None]
    ) -> None:
        """Go on with `then` once there is the identity's signature over `message`."""
        assert policy.identity is not None
        if policy.sign_elsewhere:
            self.to_sign, self._when_signed = message, partial(then, policy)
        else:
            then(policy, policy.identity.sign(message))

    def _introduction(self, packet: Packet, policy: ServerPolicy) -> None:
        if packet.type != PacketType.NOISE:
            self._unexpected(packet, "NOISE")
        assert self._channel is not None
        try:
            self._peer_identity = self._channel.read_introduction(packet.payload, policy.password_key)
        except WrongPasswordError as error:
            self._refuse(str(error), AuthFailure.PASSWORD_WRONG)
        except UnprovedIdentityError as error:
            self._refuse(str(error), AuthFailure.SIGNATURE_INVALID)
        if policy.client_keys is not None:
            self._check_listed(policy.client_keys)
        proved = Proof.NONE if self._peer_identity is None else Proof.IDENTITY
        if policy.password_key is not None:
            proved |= Proof.PASSWORD
        message, keys = self._channel.confirm()
        self._send(NoiseMessage(message))
        self._succeed(proved, channel=keys)

    def _capabilities(self, packet: Packet, policy: ServerPolicy) -> None:
        if packet.type != PacketType.CRYPTO_CAPABILITIES:
            self._unexpected(packet, "CRYPTO_CAPABILITIES")
        capabilities = CryptoCapabilities.decode(packet.payload)
        if not capabilities.key_exchanges & capabilities.ciphers & _SUITE:
            raise HandshakeError(
                "The client knows neither X25519 nor XSalsa20-Poly1305, or only one of them.",
                ErrorCode.CRYPTO,
            )
        self._ephemeral = EphemeralKey(self._random(32))
        self._send(CryptoParameters(policy.identity is not None, policy.client_keys is not None))
        # Not after CLIENT_HELLO, as native servers with an identity do: their clients would wait for ever.
        if policy.identity is None:
            self._exchange(policy, None)
        else:
            self._sign(self._ephemeral.public, policy, self._exchange)

    def _exchange(self, policy: ServerPolicy, signature: bytes | None) -> None:
        assert self._ephemeral is not None
        public = self._ephemeral.public
        if policy.identity is None or signature is None:
            self._send(KeyExchangeInit(public))
        else:
            self._send(KeyExchangeInit(public, policy.identity.public_key, signature))
        self._next = self._response

    def _response(self, packet: Packet, policy: ServerPolicy) -> None:
        if packet.type in (PacketType.CRYPTO_CLIENT_HELLO, PacketType.PING):
            self._pass_over()
            return
        if packet.type != PacketType.KEY_EXCHANGE_RESP:
            self._unexpected(packet, "KEY_EXCHANGE_RESP")
        response = KeyExchangeResp.decode(packet.payload)
        identity = response.claimed_identity
        if identity is not None and response.signature is not None:
            if not signature_holds(identity, response.signature, response.ephemeral):
                self._refuse(
                    "The client's signature over its ephemeral key is wrong.", AuthFailure.SIGNATURE_INVALID
                )
            self._peer_identity = identity
        assert self._ephemeral is not None
        self._shared_key = self._ephemeral.agree(response.ephemeral)
        self._ephemeral = None
        if not policy.required and identity is None:
            self._send(HandshakeComplete())
            self._succeed()
            return
        self._challenge = AuthChallenge(policy.required, self._random(32))
        self._send(self._challenge)
        self._next = self._answer

    def _answer(self, packet: Packet, policy: ServerPolicy) -> None:
        if packet.type != PacketType.AUTH_RESPONSE:
            self._unexpected(packet, "AUTH_RESPONSE")
        assert self._challenge is not None and self._shared_key is not None
        proved = Proof.NONE if self._peer_identity is None else Proof.IDENTITY
        if policy.password_key is not None:
            nonce = self._check_password(packet, policy.password_key)
            proved |= Proof.PASSWORD
        else:
            nonce = self._check_signature(packet)
        if policy.client_keys is not None:
            self._check_listed(policy.client_keys)
        # Without a password the proof says no more than that this is the same server.
        key = self._shared_key if policy.password_key is None else policy.password_key
        self._send(ServerAuthResp(prove(key, nonce, self._shared_key)))
        self._succeed(proved)

    def _check_password(self, packet: Packet, password_key: Key) -> bytes:
        """Return the client's nonce if its answer proves the password."""
        assert self._challenge is not None and self._shared_key is not None
        try:
            answer = PasswordResponse.decode(packet.payload)
        except ProtocolError:
            self._refuse("The client did not answer with a password.", AuthFailure.PASSWORD_REQUIRED)
        if not proof_holds(answer.proof, password_key, self._challenge.nonce, self._shared_key):
            self._refuse("The client gave a wrong password.", AuthFailure.PASSWORD_WRONG)
        return answer.client_nonce

    def _check_signature(self, packet: Packet) -> bytes:
        """Return the client's nonce if its answer proves its identity."""
        assert self._challenge is not None
        if self._peer_identity is None:
            self._refuse("The client has no key to show.", AuthFailure.CLIENT_KEY_REQUIRED)
        try:
            answer = KeyResponse.decode(packet.payload)
        except ProtocolError:
            self._refuse("The client did not sign the challenge.", AuthFailure.SIGNATURE_INVALID)
        if not signature_holds(self._peer_identity, answer.signature, self._challenge.nonce):
            self._refuse("The client's signature over the challenge is wrong.", AuthFailure.SIGNATURE_INVALID)
        return answer.client_nonce

    def _check_listed(self, client_keys: Container[bytes]) -> None:
        if self._peer_identity is None:
            self._refuse("The client has no key to show.", AuthFailure.CLIENT_KEY_REQUIRED)
        if self._peer_identity not in client_keys:
            self._refuse(
                f"The client's key {self._peer_identity.hex()} is not on the list.",
                AuthFailure.CLIENT_KEY_REJECTED,
            )
