"""Keys, and the people who are asked about them."""

from __future__ import annotations

import getpass
import logging
import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

from asciichat.crypto.client_keys import load_client_keys
from asciichat.crypto.identity import Identity, load_identity
from asciichat.crypto.known_hosts import KnownHosts, NewHost, default_paths
from asciichat.crypto.public_key import parse_public_key

log = logging.getLogger(__name__)

_PASSPHRASE_VARIABLE = "ASCII_CHAT_KEY_PASSWORD"
_UNCHECKED_VARIABLE = "ASCII_CHAT_INSECURE_NO_HOST_IDENTITY_CHECK"


def somebody_is_there() -> bool:
    """There is a terminal with a person to ask."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def load_own_identity(key: Path | None) -> Identity | None:
    """The private key given on the command line; its passphrase is asked for."""
    if key is None:
        return None

    def passphrase() -> str | None:
        known = os.environ.get(_PASSPHRASE_VARIABLE)
        if known is not None or not somebody_is_there():
            return known
        return getpass.getpass(f"Passphrase of {key}: ")

    return load_identity(key, passphrase)


def load_allowed_clients(specs: str | None) -> tuple[bytes, ...]:
    """The public keys of those who may join; empty: anybody."""
    if not specs:
        return ()
    keys = load_client_keys(specs)
    for reason in keys.skipped:
        log.warning("%s", reason)
    return tuple(key.key for key in keys)


def server_check(host: str, port: int, server_key: str | None) -> Callable[[bytes | None], None] | None:
    """What decides whether a server is the one that is meant; None: any will do."""
    expected = None if server_key is None else parse_public_key(server_key).key
    if expected is None and os.environ.get(_UNCHECKED_VARIABLE) == "1":
        return None
    known = KnownHosts(*default_paths(os.environ, Path.home()))
    if host == "localhost":
        host = "127.0.0.1"  # known by number to be this computer
    return known.verifier(host, port, ask=_ask if somebody_is_there() else None, expected=expected)


def ask_password() -> str:
    """Ask the person at the terminal for the call's password."""
    return getpass.getpass("This call has a password: ")


def remembered(ask: Callable[[], str]) -> Callable[[], str]:
    """What asks once and gives the same answer again: nobody is asked in the middle of a call."""
    return cache(ask)


def _ask(host: NewHost) -> bool:
    if host.identity is None:
        print(f"The server {host.name} shows no identity: nobody can tell it from another.", file=sys.stderr)
    else:
        print(f"The server {host.name} is new. Its key is {host.identity.fingerprint}", file=sys.stderr)
        print(host.identity.randomart, file=sys.stderr)
    print("Go on, and remember it? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")
