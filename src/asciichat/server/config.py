"""What an operator decides about a server."""

from __future__ import annotations

from dataclasses import dataclass, field

from asciichat.crypto.password import require_password
from asciichat.protocol.handshake import Signer
from asciichat.protocol.settings import require_signer, require_text, require_whole
from asciichat.server.limits import Limits
from asciichat.server.scheduling import Scheduling

DEFAULT_PORT = 27224
DEFAULT_ADDRESSES = ("127.0.0.1", "::1")
MAX_CLIENTS = 32
"""Slots a room has."""


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """A server's settings.

    Attributes
    ----------
    addresses
        IP addresses to listen on.
    port
        TCP port, 0 to 65535; 0 lets the system choose one (the same for every address).
    max_clients
        1 to 32.
    password
        8 to 256 bytes in UTF-8, or None.
    identity
        The server's Ed25519 key, or None.
    client_keys
        Ed25519 public keys (32 bytes each) that may enter; empty: any.
    encrypt
        False also admits clients that do not encrypt. Excludes `password` and `client_keys`.
    names
        Show names, and who speaks, also to native clients; ours choose for themselves.
    authenticate
        False agrees with clients that want nobody authenticated. Excludes `password`, `identity` and `client_keys`.
    audio_mixer
        False: no sound is mixed, nobody hears anybody.
    automatic_level
        Quiet and loud talkers are brought to one loudness.
    opus_bitrate, opus_complexity
        Of the sound sent to each client: 6000 to 510000 bits a second; 0 to 10.
    opus_dtx
        Send next to nothing in silence (discontinuous transmission).
    opus_loss
        Percentage of lost frames, 0 to 100, to be prepared for: above 0 each frame carries a coarse copy of the one
        before (in-band FEC), at bitrates up to some 40000.
    scheduling
        How the system is asked to run clients' threads.
    """

    addresses: tuple[str, ...] = DEFAULT_ADDRESSES
    port: int = DEFAULT_PORT
    max_clients: int = 9
    password: str | None = field(default=None, repr=False)
    identity: Signer | None = field(default=None, repr=False)
    client_keys: tuple[bytes, ...] = ()
    encrypt: bool = True
    names: bool = False
    authenticate: bool = True
    audio_mixer: bool = True
    automatic_level: bool = True
    opus_bitrate: int = 96000
    opus_complexity: int = 5
    opus_dtx: bool = False
    opus_loss: int = 0
    limits: Limits = field(default_factory=Limits)
    scheduling: Scheduling = field(default_factory=Scheduling)

    def __post_init__(self) -> None:
        if not self.addresses:
            raise ValueError("a server needs at least one address to listen on")
        for address in self.addresses:
            require_text("an address to listen on", address)
        require_whole("a port", self.port, 0, 65535)
        require_whole("max_clients", self.max_clients, 1, MAX_CLIENTS)
        require_whole("opus_bitrate", self.opus_bitrate, 6000, 510000)
        require_whole("opus_complexity", self.opus_complexity, 0, 10)
        require_whole("opus_loss", self.opus_loss, 0, 100)
        require_signer("identity", self.identity)
        if self.password is not None:
            require_password(self.password)
        for settings, kind in ((self.limits, Limits), (self.scheduling, Scheduling)):
            if not isinstance(settings, kind):
                raise TypeError(f"{kind.__name__.lower()} are {kind.__name__}(…), not {settings!r}")
        if not self.encrypt and (self.password is not None or self.client_keys):
            raise ValueError(
                "a server that lets clients in without encryption cannot ask for a password or a key"
            )
        if not self.authenticate and (self.password is not None or self.identity or self.client_keys):
            raise ValueError("a server that authenticates nobody has no password, no key and no list of keys")
        if self.client_keys and self.identity is None:
            raise ValueError(
                "a server that asks clients for their keys needs a key of its own (--key): "
                "without one native clients do not sign"
            )
        if any(not isinstance(key, bytes) or len(key) != 32 for key in self.client_keys):
            raise ValueError("client_keys are Ed25519 public keys, each the bytes of one: 32")
