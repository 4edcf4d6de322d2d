"""The client's side of the handshake."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field

from asciichat.protocol.errors import HandshakeError
from asciichat.protocol.framing import FROM_SERVER, Packet
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
    ErrorMessage,
    HandshakeComplete,
    KeyExchangeInit,
    KeyExchangeResp,
    KeyResponse,
    NoiseMessage,
    PasswordResponse,
    Ping,
    ProtocolVersion,
    ServerAuthResp,
)
from asciichat.protocol.payloads.handshake import NO_IDENTITY, SIGNATURE_SIZE
from asciichat.protocol.text import printable
from asciichat.protocol.types import (
    AuthFailure,
    AuthRequirement,
    ErrorCode,
    Feature,
    Mode,
    PacketType,
)

VerifyServer = Callable[[bytes | None], None]
"""Decides whether the server with this Ed25519 identity (None: it shows none) is the one that was meant;
raises HandshakeError if not. The identity's signature has been checked."""

_FULL = b"SERVER_FULL"
_FULL_LIMIT = 128

_REASONS = {
    AuthFailure.PASSWORD_REQUIRED: "it wants a password (--password)",
    AuthFailure.PASSWORD_WRONG: "the password is wrong",
    AuthFailure.CLIENT_KEY_REQUIRED: "it lets in only clients whose key it knows (--key)",
    AuthFailure.CLIENT_KEY_REJECTED: "it does not know your key; ask its operator to add it",
    AuthFailure.SIGNATURE_INVALID: "it could not verify your key's signature",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientPolicy:
    """Whom a client talks to, and as whom.

    Parameters
    ----------
    verify_server : callable
        Looks the server's identity up (known hosts, an expected key). May take as long as a person needs.
        Not called for a connection in clear.
    encrypt : bool
        False sends no handshake at all: nobody is authenticated, nothing is private.
    identity : Signer, optional
        The key servers know this client by.
    password_key : bytes or callable, optional
        The 32 bytes derived from the password, or what asks for a password and derives them; called only
        if the server wants one. It may return None: there is none.
    require_password : bool
        Refuse a server that does not prove that it knows the password.
    require_identity : bool
        Refuse a server that shows no identity.
    features : Feature
        What to offer. With UNAUTHENTICATED, a server that does not agree is refused.
    """

    verify_server: VerifyServer
    encrypt: bool = True
    identity: Signer | None = None
    password_key: Key | Callable[[], Key | None] | None = field(default=None, repr=False)
    require_password: bool = False
    require_identity: bool = False
    features: Feature = Feature.NONE

    def __post_init__(self) -> None:
        if isinstance(self.password_key, (bytes, bytearray)) and len(self.password_key) != 32:
            raise ValueError("a password key has 32 bytes; derive it from the password first")
        if self.require_password and self.password_key is None:
            raise ValueError("without a password the server cannot prove that it knows it")
        if not self.encrypt and (self.identity or self.password_key or self.require_password):
            raise ValueError("a connection in clear authenticates nobody: leave out the key and the password")
        if Feature.UNAUTHENTICATED in self.features and (
            self.authenticates or self.require_password or self.require_identity
        ):
            raise ValueError("who wants to authenticate nobody has no use for a key or a password")

    @property
    def authenticates(self) -> bool:
        """Whether there is a key or a password to authenticate with, without asking anybody."""
        return self.identity is not None or isinstance(self.password_key, (bytes, bytearray))


class ClientHandshake(Handshake):
    """Connects to one server.

    Parameters
    ----------
    policy : ClientPolicy
        Whom to talk to, and as whom.
    random : callable
        Source of keys and nonces; to be replaced in tests only.
    """

    _PEER = "server"

    def __init__(self, policy: ClientPolicy, *, random: Random = os.urandom) -> None:
        super().__init__(FROM_SERVER, random)
        self._policy: ClientPolicy | None = policy
        self._next: Callable[[Packet, ClientPolicy], None] = self._version
        self._offer: ProtocolVersion
        self._mode = Mode.ENCRYPT | (Mode.AUTHENTICATE if policy.authenticates else Mode(0))
        self._parameters: CryptoParameters | None = None
        # What came before the first packet, while it may still be the line of a full server.
        self._greeting: bytes | None = b""
        # What the server's proof may be over, and the key it has to be made with (None: the session key).
        self._nonces: list[bytes] = []
        self._proof_key: Key | None = None

    def _begin(self) -> None:
        assert self._policy is not None
        if not self._policy.encrypt:
            self._succeed()
            return
        self._offer = ProtocolVersion(self._mode, self._policy.features)
        self._send(self._offer)

    def _receive(self, data: bytes) -> None:
        if self._greeting is not None:
            self._greeting += data
            if _FULL.startswith(self._greeting[: len(_FULL)]):
                if b"\n" in self._greeting or len(self._greeting) >= _FULL_LIMIT:
                    raise self._full(self._greeting)
                return
            data, self._greeting = self._greeting, None
        super()._receive(data)

    def _hung_up(self) -> HandshakeError:
        if self._greeting is not None and self._greeting.startswith(_FULL):
            return self._full(self._greeting)
        return super()._hung_up()

    def _full(self, greeting: bytes) -> HandshakeError:
        line = greeting[:_FULL_LIMIT].partition(b"\n")[0].decode(errors="ignore")
        return HandshakeError(
            f"The server is full ({printable(line)}). Try again when somebody has left.",
            ErrorCode.SESSION_FULL,
        )

    def _step(self, packet: Packet) -> None:
        if packet.type == PacketType.PONG:
            self._pass_over()
            return
        if packet.type == PacketType.ERROR_MESSAGE:
            raise self._told(ErrorMessage.decode(packet.payload))
        if packet.type == PacketType.AUTH_FAILED:
            raise self._refused(AuthFailed.decode(packet.payload).reason)
        assert self._policy is not None
        self._next(packet, self._policy)

    def _forget(self) -> None:
        super()._forget()
        self._policy = None
        self._proof_key = None
        self._nonces.clear()

    def _told(self, message: ErrorMessage) -> HandshakeError:
        try:
            code = ErrorCode(message.code)
        except ValueError:
            code = ErrorCode.HANDSHAKE
        return HandshakeError(f"The server refused the connection: {printable(message.message)}", code)

    def _refused(self, reason: AuthFailure) -> HandshakeError:
        why = "; ".join(words for bit, words in _REASONS.items() if reason & bit) or "it did not say why"
        return HandshakeError(f"The server does not let you in: {why}.", ErrorCode.AUTHENTICATION, reason)

    def _version(self, packet: Packet, policy: ClientPolicy) -> None:
        if packet.type != PacketType.PROTOCOL_VERSION:
            self._unexpected(packet, "PROTOCOL_VERSION")
        answer = ProtocolVersion.decode(packet.payload)
        if answer.mode != self._mode:
            raise HandshakeError("The server did not agree to encrypt and authenticate as asked.")
        if int(answer.features) & ~int(policy.features):
            raise HandshakeError("The server claims an agreement on features that were not offered.")
        if Feature.UNAUTHENTICATED in Feature(policy.features & ~answer.features):
            raise HandshakeError(
                "You want nobody authenticated, and the server did not agree: leave out --no-auth, or have it say so too.",
                ErrorCode.AUTHENTICATION,
            )
        self._features = answer.features
        if Feature.NOISE in answer.features:
            channel = self._begin_noise(self._offer.encode(), packet.payload)
            self._send(NoiseMessage(channel.hello()))
            self._next = self._welcome
            return
        self._marked = Feature.NOISE in policy.features
        self._send(CryptoCapabilities(preferred_authentication=int(bool(self._mode & Mode.AUTHENTICATE))))
        self._next = self._chosen

    def _welcome(self, packet: Packet, policy: ClientPolicy) -> None:
        if packet.type != PacketType.NOISE:
            self._unexpected(packet, "NOISE")
        assert self._channel is not None
        demanded, identity = self._channel.read_welcome(packet.payload)
        self._check_server(identity, policy)
        if demanded & AuthRequirement.CLIENT_KEY and policy.identity is None:
            raise self._missing(AuthFailure.CLIENT_KEY_REQUIRED)
        if demanded & AuthRequirement.PASSWORD:
            self._proof_key = self._password(policy)
        elif policy.require_password:
            raise self._missing(AuthFailure.NONE)
        self._send(NoiseMessage(self._channel.introduce(policy.identity, self._proof_key)))
        self._next = self._confirmation

    def _confirmation(self, packet: Packet, _: ClientPolicy) -> None:
        if packet.type != PacketType.NOISE:
            self._unexpected(packet, "NOISE")
        assert self._channel is not None
        keys = self._channel.read_confirmation(packet.payload)
        knows = Proof.NONE if self._proof_key is None else Proof.PASSWORD
        self._succeed(self._identity_proof | knows, channel=keys)

    def _check_server(self, identity: bytes | None, policy: ClientPolicy) -> None:
        """See whether this is the server that is meant; its signature has been checked."""
        if identity is None and policy.require_identity:
            raise HandshakeError(
                "The server shows no identity, and you want to know whom you talk to.", ErrorCode.CRYPTO
            )
        self._peer_identity = identity
        policy.verify_server(identity)

    def _password(self, policy: ClientPolicy) -> Key:
        """Return the password's key, which somebody may have to be asked for."""
        key = policy.password_key() if callable(policy.password_key) else policy.password_key
        if key is None:
            raise self._missing(AuthFailure.PASSWORD_REQUIRED)
        return key

    def _chosen(self, packet: Packet, policy: ClientPolicy) -> None:
        if packet.type != PacketType.CRYPTO_PARAMETERS:
            self._unexpected(packet, "CRYPTO_PARAMETERS")
        self._parameters = CryptoParameters.decode(packet.payload)
        if self._parameters.demands_client_key and policy.identity is None:
            raise self._missing(AuthFailure.CLIENT_KEY_REQUIRED)
        if self._parameters.has_identity:
            # A native server with a key waits for CLIENT_HELLO, which it cannot read; anything else gets it
            # going.
            self._send(Ping())
        self._next = self._exchange

    def _exchange(self, packet: Packet, policy: ClientPolicy) -> None:
        if packet.type != PacketType.KEY_EXCHANGE_INIT:
            self._unexpected(packet, "KEY_EXCHANGE_INIT")
        assert self._parameters is not None
        init = KeyExchangeInit.decode(packet.payload)
        if (init.identity is not None) != self._parameters.has_identity:
            raise HandshakeError(
                "The server's key exchange is not of the form it announced.", ErrorCode.CRYPTO
            )
        identity = init.claimed_identity
        if (
            identity is not None
            and init.signature is not None
            and not signature_holds(identity, init.signature, init.ephemeral)
        ):
            raise HandshakeError(
                "The server could not prove that it has the key it shows. Somebody may be in between.",
                ErrorCode.CRYPTO,
            )
        self._check_server(identity, policy)
        ephemeral = EphemeralKey(self._random(32))
        self._shared_key = ephemeral.agree(init.ephemeral)
        self._send(self._response(ephemeral.public, policy.identity, self._parameters))
        self._next = self._outcome

    def _response(
        self, public: bytes, identity: Signer | None, parameters: CryptoParameters
    ) -> KeyExchangeResp:
        if not parameters.has_identity and not parameters.demands_client_key:
            return KeyExchangeResp(public)
        if identity is None:
            return KeyExchangeResp(public, NO_IDENTITY, bytes(SIGNATURE_SIZE))
        return KeyExchangeResp(public, identity.public_key, identity.sign(public))

    def _outcome(self, packet: Packet, policy: ClientPolicy) -> None:
        if packet.type == PacketType.HANDSHAKE_COMPLETE:
            HandshakeComplete.decode(packet.payload)
            if policy.require_password:
                raise HandshakeError(
                    "The server did not ask for the password, so it did not prove that it knows it.",
                    ErrorCode.AUTHENTICATION,
                )
            self._succeed(self._identity_proof)
            return
        if packet.type != PacketType.AUTH_CHALLENGE:
            self._unexpected(packet, "AUTH_CHALLENGE or HANDSHAKE_COMPLETE")
        self._answer(AuthChallenge.decode(packet.payload), policy)
        self._next = self._proof

    def _answer(self, challenge: AuthChallenge, policy: ClientPolicy) -> None:
        assert self._shared_key is not None
        if challenge.required & AuthRequirement.CLIENT_KEY and policy.identity is None:
            raise self._missing(AuthFailure.CLIENT_KEY_REQUIRED)
        nonce = self._random(32)
        self._nonces = [nonce]
        if challenge.required & AuthRequirement.PASSWORD:
            key = self._password(policy)
            # With a key demanded too, the signature in KEY_EXCHANGE_RESP has shown it.
            self._proof_key = key
            self._send(PasswordResponse(prove(key, challenge.nonce, self._shared_key), nonce))
            return
        if policy.identity is None:
            raise HandshakeError("The server asks for a proof, but not for what.", ErrorCode.AUTHENTICATION)
        if policy.require_password:
            raise self._missing(AuthFailure.NONE)
        if not getattr(policy.identity, "signs_for_others", True):
            raise HandshakeError(
                "The server does not speak asciichat's own handshake. In the other one it chooses what your key signs, and "
                "signatures of this key are valid for documents too. Use an SSH key.",
                ErrorCode.KEY,
            )
        signature = policy.identity.sign(challenge.nonce)
        self._send(KeyResponse(signature, nonce))
        assert self._parameters is not None
        if not self._parameters.has_identity:
            # A native server that announced signatures of 0 bytes takes the beginning of ours for the nonce.
            self._nonces.append(signature[:32])

    def _proof(self, packet: Packet, _: ClientPolicy) -> None:
        if packet.type != PacketType.SERVER_AUTH_RESP:
            self._unexpected(packet, "SERVER_AUTH_RESP")
        assert self._shared_key is not None
        proof = ServerAuthResp.decode(packet.payload).proof
        key = self._shared_key if self._proof_key is None else self._proof_key
        if not any(proof_holds(proof, key, nonce, self._shared_key) for nonce in self._nonces):
            raise HandshakeError(
                "The server could not prove that it knows the password. Somebody may be in between."
                if self._proof_key is not None
                else "The server could not prove that it is the one the handshake began with.",
                ErrorCode.AUTHENTICATION,
            )
        knows = Proof.NONE if self._proof_key is None else Proof.PASSWORD
        self._succeed(self._identity_proof | knows)

    @property
    def _identity_proof(self) -> Proof:
        return Proof.NONE if self._peer_identity is None else Proof.IDENTITY

    def _missing(self, reason: AuthFailure) -> HandshakeError:
        words = {
            AuthFailure.PASSWORD_REQUIRED: "The server wants a password: give one with --password.",
            AuthFailure.CLIENT_KEY_REQUIRED: (
                "The server lets in only clients whose key it knows: give yours with --key, and have its "
                "operator add it."
            ),
            AuthFailure.NONE: "The server did not ask for the password, so it cannot prove that it knows it.",
        }
        return HandshakeError(words[reason], ErrorCode.AUTHENTICATION, reason)
