"""Keys, and the people who are asked about them."""

from __future__ import annotations

import getpass
import logging
import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from pathlib import Path

from asciichat.crypto.client_keys import ClientKeys, load_client_keys
from asciichat.crypto.gpg import GpgIdentity, names_gpg
from asciichat.crypto.identity import open_identity
from asciichat.crypto.known_hosts import KnownHosts, NewHost, config_directory, default_paths
from asciichat.crypto.password import MIN_BYTES
from asciichat.crypto.strength import advice
from asciichat.crypto.web_keys import WebKeys
from asciichat.protocol.handshake import Signer

from .exits import USAGE, CommandError

log = logging.getLogger(__name__)

_PASSPHRASE_VARIABLE = "ASCII_CHAT_KEY_PASSWORD"
_UNCHECKED_VARIABLE = "ASCII_CHAT_INSECURE_NO_HOST_IDENTITY_CHECK"


def somebody_is_there() -> bool:
    """There is a terminal with a person to ask."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def own_directory() -> Path:
    """Where keys made here, pins and known hosts are kept."""
    return config_directory(os.environ, Path.home())


def own_key_file() -> Path:
    """Where ``asciichat key new`` puts a key that is given no other name."""
    return own_directory() / "id_ed25519"


def load_own_identity(key: str | None) -> Signer | None:
    """The key given on the command line: by way of the ssh-agent, of gpg-agent, or from its file."""
    if key is None:
        return None
    if names_gpg(key):
        identity = GpgIdentity(key)
        identity.sign(os.urandom(64))  # a passphrase is asked for now, not in the middle of a handshake
        return identity
    path = Path(key).expanduser()
    return open_identity(path, lambda: ask_passphrase(path), agent=os.environ.get("SSH_AUTH_SOCK"))


def ask_passphrase(path: Path) -> str | None:
    """The passphrase of a private key; None: there is none to be had."""
    known = os.environ.get(_PASSPHRASE_VARIABLE)
    if known is not None or not somebody_is_there():
        return known
    return getpass.getpass(f"Passphrase of {path}: ")


def new_passphrase(path: Path, *, demanded: bool) -> str | None:
    """The passphrase for a new private key; None: it gets none.

    Raises
    ------
    CommandError
        One is demanded and there is nobody to give it, or it was typed in two ways.
    """
    known = os.environ.get(_PASSPHRASE_VARIABLE)
    if known or not somebody_is_there():
        if demanded and not known:
            raise CommandError(
                f"There is no terminal to type a passphrase at; give it as {_PASSPHRASE_VARIABLE}.", USAGE
            )
        return known or None
    first = getpass.getpass(
        f"Passphrase for {path} ({'' if demanded else 'nothing for none'}): ".replace(" ()", "")
    )
    if demanded and not first:
        raise CommandError("An empty passphrase protects nothing.", USAGE)
    if first and getpass.getpass("The same again: ") != first:
        raise CommandError("The two were not the same; no key was made.", USAGE)
    return first or None


def warn_of_weakness(password: str | None) -> None:
    """Say so if a password will not stand long. One that is too short to be taken is refused elsewhere."""
    short = password is None or len(password.encode(errors="replace")) < MIN_BYTES
    sentence = None if password is None or short else advice(password)
    if sentence is not None:
        log.warning("%s", sentence)


def find_keys(specs: str) -> ClientKeys:
    """The public keys that are named; what could not be used is told about."""
    keys = load_client_keys(specs, WebKeys(own_directory() / "published_keys"))
    for reason in keys.skipped:
        log.warning("%s", reason)
    return keys


def load_allowed_clients(specs: str | None) -> tuple[bytes, ...]:
    """The public keys of those who may join; empty: anybody."""
    return tuple(key.key for key in find_keys(specs)) if specs is not None else ()


def server_check(
    host: str,
    port: int,
    server_key: str | None,
    *,
    ticket_key: bytes | None = None,
    strict: bool = False,
    aside: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> Callable[[bytes | None], None] | None:
    """What decides whether a server is the one that is meant; None: any will do.

    Parameters
    ----------
    host, port
        The server.
    server_key
        The keys that will do, as they are named on the command line; None: what is remembered, or a person says.
    ticket_key
        The key it must have, from a ticket.
    strict
        Nobody is asked.
    aside
        Frees the terminal while a person is asked.

    Raises
    ------
    CommandError
        A strict check is asked for and the environment turns all checks off.
    """
    if ticket_key is not None:
        expected: tuple[bytes, ...] = (ticket_key,)
    else:
        expected = tuple(key.key for key in find_keys(server_key)) if server_key is not None else ()
    if not expected and os.environ.get(_UNCHECKED_VARIABLE) == "1":
        if strict:
            raise CommandError(
                f"--require-server-identity and {_UNCHECKED_VARIABLE} contradict each other.", USAGE
            )
        print(f"{_UNCHECKED_VARIABLE} is set: nobody checks who the server is.", file=sys.stderr)
        return None
    known = KnownHosts(*default_paths(os.environ, Path.home()))
    if host == "localhost":
        host = "127.0.0.1"  # known by number to be this computer

    def ask(new: NewHost) -> bool:
        with aside():
            return _ask(new)

    return known.verifier(
        host, port, ask=ask if somebody_is_there() else None, expected=expected, strict=strict
    )


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
