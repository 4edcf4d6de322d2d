"""Keys, passwords and known hosts: who is who, for the handshakes of `asciichat.protocol`.

Identities are Ed25519 keys in OpenSSH files (`identity`), written down by people as lines (`public_key`);
servers are remembered in the native program's file (`known_hosts`), clients are listed (`client_keys`),
passwords become keys (`password`) and are judged (`strength`). Each further way to get at a key is a module of its own:
an ssh-agent (`agent`), published lists (`web_keys`), GnuPG (`gpg`).
"""

from __future__ import annotations

from asciichat.crypto.agent import AgentError, AgentIdentity, agent_identity, agent_keys
from asciichat.crypto.client_keys import ClientKeys, load_client_keys
from asciichat.crypto.errors import UnusableKeyError, UnusablePasswordError, WrongPassphraseError
from asciichat.crypto.gpg import GpgError, GpgIdentity
from asciichat.crypto.identity import Identity, load_identity, load_or_create_identity, open_identity
from asciichat.crypto.key_specs import find_public_keys
from asciichat.crypto.known_hosts import (
    HostChangedError,
    HostKeyError,
    KnownHosts,
    NewHost,
    Standing,
    UnknownHostError,
)
from asciichat.crypto.password import Password, password_key
from asciichat.crypto.public_key import PublicKey, parse_public_key
from asciichat.crypto.remote import RemoteSigner
from asciichat.crypto.web_keys import WebKeys

__all__ = [
    "AgentError",
    "AgentIdentity",
    "ClientKeys",
    "GpgError",
    "GpgIdentity",
    "HostChangedError",
    "HostKeyError",
    "Identity",
    "KnownHosts",
    "NewHost",
    "Password",
    "PublicKey",
    "RemoteSigner",
    "Standing",
    "UnknownHostError",
    "UnusableKeyError",
    "UnusablePasswordError",
    "WebKeys",
    "WrongPassphraseError",
    "agent_identity",
    "agent_keys",
    "find_public_keys",
    "load_client_keys",
    "load_identity",
    "load_or_create_identity",
    "open_identity",
    "parse_public_key",
    "password_key",
]
