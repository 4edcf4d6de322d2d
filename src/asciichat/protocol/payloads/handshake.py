"""The packets that set a connection up."""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import Self

from asciichat.protocol.errors import ProtocolError
from asciichat.protocol.payloads.base import (
    Empty,
    Payload,
    invalid,
    require_bits,
    require_bytes,
    require_length,
    require_range,
)
from asciichat.protocol.types import (
    AuthFailure,
    AuthRequirement,
    ErrorCode,
    Feature,
    Mode,
    PacketType,
)

KEY_SIZE = 32
SIGNATURE_SIZE = 64
NONCE_SIZE = 32
HMAC_SIZE = 32
MAX_GPG_ID = 40
NOISE_SIZES = 16, 193
"""The bytes of the shortest and of the longest Noise message."""

NO_IDENTITY = bytes(KEY_SIZE)
"""An identity key that means: none."""

_VERSION = Struct(">HHBBBH7x")
_CAPABILITIES = Struct(">HHHBBBB")
_PARAMETERS = Struct(">BBBBHHHHBBB3x")
_X25519 = _ED25519 = _XSALSA20_POLY1305 = 1
# Sizes of shared secret, nonce, MAC and HMAC.
_SUITE_SIZES = (32, 24, 16, 32)


@dataclass(frozen=True, slots=True)
class ProtocolVersion(Payload):
    """The first packet of each side.

    Parameters
    ----------
    mode : Mode
        What the client wants; the server sends it back. Never 0.
    features : Feature
        Offered by a client, agreed by a server; 0 from and to native peers.
    """

    TYPE = PacketType.PROTOCOL_VERSION

    mode: Mode
    features: Feature = Feature.NONE
    version: int = 1
    revision: int = 0

    def __post_init__(self) -> None:
        require_range(self.TYPE, "mode", self.mode, 1, 0xFF)
        for what in ("features", "version", "revision"):
            require_range(self.TYPE, what, getattr(self, what), 0, 0xFFFF)

    def encode(self) -> bytes:
        return _VERSION.pack(self.version, self.revision, self.mode, 0, 0, self.features)

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        require_length(cls.TYPE, payload, _VERSION.size)
        version, revision, mode, _, _, features = _VERSION.unpack(payload)
        return cls(Mode(mode), Feature(features), version, revision)


@dataclass(frozen=True, slots=True)
class CryptoClientHello(Payload):
    """The server key a client expects. Tolerated, never sent by us: native servers cannot read it."""

    TYPE = PacketType.CRYPTO_CLIENT_HELLO

    identity: bytes

    def __post_init__(self) -> None:
        require_bytes(self.TYPE, "the identity", self.identity, KEY_SIZE)

    def encode(self) -> bytes:
        return self.identity

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        return cls(payload)


@dataclass(frozen=True, slots=True)
class CryptoCapabilities(Payload):
    """The algorithms a client knows, as bit masks, and the ones it prefers, as numbers."""

    TYPE = PacketType.CRYPTO_CAPABILITIES

    key_exchanges: int = 1
    authentications: int = 1
    ciphers: int = 1
    requires_verification: bool = False
    preferred_key_exchange: int = _X25519
    preferred_authentication: int = 0
    preferred_cipher: int = _XSALSA20_POLY1305

    def __post_init__(self) -> None:
        for what in ("key_exchanges", "authentications", "ciphers"):
            require_range(self.TYPE, what, getattr(self, what), 0, 0xFFFF)
        for what in ("preferred_key_exchange", "preferred_authentication", "preferred_cipher"):
            require_range(self.TYPE, what, getattr(self, what), 0, 0xFF)

    def encode(self) -> bytes:
        return _CAPABILITIES.pack(
            self.key_exchanges,
            self.authentications,
            self.ciphers,
            self.requires_verification,
            self.preferred_key_exchange,
            self.preferred_authentication,
            self.preferred_cipher,
        )

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        require_length(cls.TYPE, payload, _CAPABILITIES.size)
        kex, auth, cipher, verify, *preferred = _CAPABILITIES.unpack(payload)
        return cls(kex, auth, cipher, bool(verify), *preferred)


@dataclass(frozen=True, slots=True)
class CryptoParameters(Payload):
    """What the server chose. There is one suite: X25519, Ed25519, XSalsa20-Poly1305, HMAC-SHA256.

    Parameters
    ----------
    has_identity : bool
        KEY_EXCHANGE_INIT will hold an identity and its signature.
    demands_client_key : bool
        Only clients with a listed key are let in.
    """

    TYPE = PacketType.CRYPTO_PARAMETERS

    has_identity: bool = False
    demands_client_key: bool = False

    def encode(self) -> bytes:
        return _PARAMETERS.pack(
            _X25519,
            _ED25519 if self.has_identity else 0,
            _XSALSA20_POLY1305,
            self.demands_client_key,
            KEY_SIZE,
            KEY_SIZE if self.has_identity else 0,
            SIGNATURE_SIZE if self.has_identity else 0,
            *_SUITE_SIZES,
        )

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        require_length(cls.TYPE, payload, _PARAMETERS.size)
        kex, _, cipher, verify, kex_size, auth_size, signature_size, *sizes = _PARAMETERS.unpack(payload)
        identity_sizes = (auth_size, signature_size)
        if (
            (kex, cipher, kex_size) != (_X25519, _XSALSA20_POLY1305, KEY_SIZE)
            or identity_sizes not in ((0, 0), (KEY_SIZE, SIGNATURE_SIZE))
            or tuple(sizes) != _SUITE_SIZES
        ):
            raise ProtocolError(
                ErrorCode.CRYPTO,
                "CRYPTO_PARAMETERS: the server wants something other than X25519, Ed25519, XSalsa20-Poly1305",
            )
        return cls(identity_sizes != (0, 0), bool(verify))


@dataclass(frozen=True, slots=True)
class _KeyExchange(Payload):
    ephemeral: bytes
    identity: bytes | None = None
    signature: bytes | None = None

    def __post_init__(self) -> None:
        require_bytes(self.TYPE, "the ephemeral key", self.ephemeral, KEY_SIZE)
        if (self.identity is None) != (self.signature is None):
            raise invalid(self.TYPE, "identity and signature come together or not at all")
        if self.identity is not None and self.signature is not None:
            require_bytes(self.TYPE, "the identity", self.identity, KEY_SIZE)
            require_bytes(self.TYPE, "the signature", self.signature, SIGNATURE_SIZE)

    def encode(self) -> bytes:
        return self.ephemeral + (self.identity or b"") + (self.signature or b"")

    @property
    def claimed_identity(self) -> bytes | None:
        """The identity key, None if there is none or it is all zero."""
        return None if self.identity == NO_IDENTITY else self.identity


class KeyExchangeInit(_KeyExchange):
    """The server's ephemeral key, with its identity and the signature if it has one."""

    __slots__ = ()
    TYPE = PacketType.KEY_EXCHANGE_INIT

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        if len(payload) == KEY_SIZE:
            return cls(payload)
        require_length(cls.TYPE, payload, 2 * KEY_SIZE + SIGNATURE_SIZE)
        return cls(payload[:32], payload[32:64], payload[64:])


@dataclass(frozen=True, slots=True)
class KeyExchangeResp(_KeyExchange):
    """The client's ephemeral key; the long form holds identity, signature and perhaps the name of a GPG key.

    In the long form, zeros stand for an identity the client does not have.
    """

    TYPE = PacketType.KEY_EXCHANGE_RESP

    gpg_id: bytes = b""

    def __post_init__(self) -> None:
        _KeyExchange.__post_init__(self)
        require_range(self.TYPE, "length of the GPG id", len(self.gpg_id), 0, MAX_GPG_ID)
        if self.gpg_id and self.identity is None:
            raise invalid(self.TYPE, "a GPG id without an identity")

    def encode(self) -> bytes:
        short = _KeyExchange.encode(self)
        return short if self.identity is None else short + bytes([len(self.gpg_id)]) + self.gpg_id

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        if len(payload) == KEY_SIZE:
            return cls(payload)
        fixed = 2 * KEY_SIZE + SIGNATURE_SIZE
        require_length(cls.TYPE, payload, fixed, fixed + 1 + MAX_GPG_ID)
        return cls(payload[:32], payload[32:64], payload[64:128], _gpg_id(cls.TYPE, payload[fixed:]))


def _gpg_id(packet_type: PacketType, tail: bytes) -> bytes:
    """Return the GPG id in `tail`: a length byte and that many bytes, or nothing at all."""
    if tail and len(tail) != 1 + tail[0]:
        raise invalid(packet_type, f"a GPG id of {tail[0]} bytes is promised, {len(tail) - 1} are there")
    return tail[1:]


@dataclass(frozen=True, slots=True)
class AuthChallenge(Payload):
    """What a client has to prove, and the nonce to prove it over."""

    TYPE = PacketType.AUTH_CHALLENGE

    required: AuthRequirement
    nonce: bytes

    def __post_init__(self) -> None:
        require_bits(self.TYPE, "flags", self.required, AuthRequirement)
        require_bytes(self.TYPE, "the nonce", self.nonce, NONCE_SIZE)

    def encode(self) -> bytes:
        return bytes([self.required]) + self.nonce

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        require_length(cls.TYPE, payload, 1 + NONCE_SIZE)
        return cls(AuthRequirement(payload[0]), payload[1:])


@dataclass(frozen=True, slots=True)
class PasswordResponse(Payload):
    """The answer to a challenge, by password."""

    TYPE = PacketType.AUTH_RESPONSE

    proof: bytes
    client_nonce: bytes

    def __post_init__(self) -> None:
        require_bytes(self.TYPE, "the proof", self.proof, HMAC_SIZE)
        require_bytes(self.TYPE, "the nonce", self.client_nonce, NONCE_SIZE)

    def encode(self) -> bytes:
        return self.proof + self.client_nonce

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        # A native server reads the first 64 of up to 105 bytes.
        require_length(cls.TYPE, payload, HMAC_SIZE + NONCE_SIZE, 105)
        return cls(payload[:32], payload[32:64])


@dataclass(frozen=True, slots=True)
class KeyResponse(Payload):
    """The answer to a challenge, by the client's identity key."""

    TYPE = PacketType.AUTH_RESPONSE

    signature: bytes
    client_nonce: bytes
    gpg_id: bytes = b""

    def __post_init__(self) -> None:
        require_bytes(self.TYPE, "the signature", self.signature, SIGNATURE_SIZE)
        require_bytes(self.TYPE, "the nonce", self.client_nonce, NONCE_SIZE)
        require_range(self.TYPE, "length of the GPG id", len(self.gpg_id), 0, MAX_GPG_ID)

    def encode(self) -> bytes:
        return self.signature + self.client_nonce + bytes([len(self.gpg_id)]) + self.gpg_id

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        fixed = SIGNATURE_SIZE + NONCE_SIZE
        require_length(cls.TYPE, payload, fixed + 1, fixed + 1 + MAX_GPG_ID)
        return cls(payload[:64], payload[64:96], _gpg_id(cls.TYPE, payload[fixed:]))


@dataclass(frozen=True, slots=True)
class ServerAuthResp(Payload):
    """The server's proof that it knows the password, or at least the session key."""

    TYPE = PacketType.SERVER_AUTH_RESP

    proof: bytes

    def __post_init__(self) -> None:
        require_bytes(self.TYPE, "the proof", self.proof, HMAC_SIZE)

    def encode(self) -> bytes:
        return self.proof

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        return cls(payload)


@dataclass(frozen=True, slots=True)
class AuthFailed(Payload):
    """The server does not let the client in."""

    TYPE = PacketType.AUTH_FAILED

    reason: AuthFailure

    def __post_init__(self) -> None:
        require_range(self.TYPE, "reason", self.reason, 0, 0xFF)

    def encode(self) -> bytes:
        return bytes([self.reason]) + bytes(7)

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        require_length(cls.TYPE, payload, 8)
        return cls(AuthFailure(payload[0]))


@dataclass(frozen=True, slots=True)
class NoiseMessage(Payload):
    """A message of the Noise handshake between asciichat peers, which `asciichat.protocol.noise` reads."""

    TYPE = PacketType.NOISE

    message: bytes

    def __post_init__(self) -> None:
        require_range(self.TYPE, "length of the message", len(self.message), *NOISE_SIZES)

    def encode(self) -> bytes:
        return self.message

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        return cls(payload)


class HandshakeComplete(Empty):
    """Nothing is left to prove: from here on everything is sealed."""

    __slots__ = ()
    TYPE = PacketType.HANDSHAKE_COMPLETE


class NoEncryption(Empty):
    """A wish to go on in clear, which is refused."""

    __slots__ = ()
    TYPE = PacketType.NO_ENCRYPTION
