"""``asciichat key``: make an identity, and look at keys."""

from __future__ import annotations

import getpass
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from .exits import FILE, CommandError, failures

if TYPE_CHECKING:
    from asciichat.crypto.public_key import PublicKey

key = App(
    name="key",
    help="Make the key you are known by, and show keys.",
    help_format="plaintext",
    help_formatter="plain",
)


@key.command
def new(
    file: Path | None = None,
    /,
    *,
    passphrase: Annotated[bool | None, Parameter(negative="--no-passphrase")] = None,
    comment: str | None = None,
) -> int:
    """Make an Ed25519 key for --key. It is never written over another.

    Parameters
    ----------
    file
        Where the private key goes; the public one goes beside it (.pub). Unless given: id_ed25519 in the
        configuration directory.
    passphrase
        Protect the private key with a passphrase, or do not; you are asked unless this is given. Without a
        terminal it is taken from ASCII_CHAT_KEY_PASSWORD.
    comment
        What stands behind the public key; your name and this computer's, unless given.
    """
    from asciichat.crypto.identity import Identity

    from .security import new_passphrase, own_key_file

    path = own_key_file() if file is None else file.expanduser()
    for there in (path, path.with_name(path.name + ".pub")):
        if there.exists():  # before a passphrase is asked for
            raise CommandError(f"{there} is there already, and a key is never written over.", FILE)
    secret = None if passphrase is False else new_passphrase(path, demanded=passphrase is True)
    identity = Identity.generate(_whose() if comment is None else comment)
    try:
        identity.save(path, secret)
    except OSError as error:
        raise CommandError(f"The key cannot be written to {path}: {error.strerror or error}.", FILE) from None
    print(f"The private key is {path}; give it with --key, and keep it to yourself.", file=sys.stderr)
    print(f"The public key is {path}.pub; give it to those who are to know you.", file=sys.stderr)
    print(identity.public.fingerprint)
    print(identity.public.randomart)
    print(identity.public.line)
    return 0


@key.command
def show(spec: str | None = None, /) -> int:
    """Show keys: fingerprint, picture and public line.

    Parameters
    ----------
    spec
        A key file, private or public, a list of keys, a key, github:USER, gitlab:USER, an https address or
        gpg:KEYID. Unless given: the key that "asciichat key new" made.
    """
    from .security import find_keys, own_key_file

    shown: list[PublicKey]
    with failures():
        if spec is None and not own_key_file().exists():
            raise CommandError("There is no key yet. Make one: asciichat key new", FILE)
        path = own_key_file() if spec is None else Path(spec).expanduser()
        shown = _of_private_key(path) or list(find_keys(str(path) if spec is None else spec))
    for public in shown:
        print(f"{public.fingerprint} {public.comment}".rstrip())
        print(public.randomart)
        print(public.line)
    return 0


def _of_private_key(path: Path) -> list[PublicKey]:
    """The public key of a private one: from beside it, where no passphrase is needed, else from itself."""
    from asciichat.crypto.identity import load_identity
    from asciichat.crypto.key_specs import find_public_keys

    from .security import ask_passphrase

    try:
        with path.open("rb") as file:
            if b"PRIVATE KEY" not in file.read(65536):
                return []
    except (OSError, ValueError):
        return []
    beside = path.with_name(path.name + ".pub")
    if beside.is_file():
        return find_public_keys(str(beside))[0]
    return [load_identity(path, lambda: ask_passphrase(path)).public]


def _whose() -> str:
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # a user without a name
        user = "asciichat"
    return f"{user}@{socket.gethostname()}"
