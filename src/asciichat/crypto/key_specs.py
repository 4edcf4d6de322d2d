"""Public keys as people name them on a command line: the key itself, a file, a published list, a GPG key."""

from __future__ import annotations

import os
from pathlib import Path

from asciichat.crypto.errors import UnusableKeyError
from asciichat.crypto.gpg import gpg_public_key, names_gpg
from asciichat.crypto.public_key import PublicKey, parse_public_key
from asciichat.crypto.web_keys import WebKeys

_MAX_FILE = 1024 * 1024


def find_public_keys(specs: str, web: WebKeys | None = None) -> tuple[list[PublicKey], list[str]]:
    """Return all keys that `specs` names, and why lines of files were left out, one sentence each.

    Parameters
    ----------
    specs : str
        Separated by commas: public keys (`parse_public_key`), files with one key a line like ``authorized_keys``,
        ``github:USER``, ``gitlab:USER``, ``https://…``, ``gpg:KEYID``.
    web : WebKeys, optional
        Fetches published keys; without it they are refused.

    Raises
    ------
    UnusableKeyError
        If a key that is named cannot be used. Lines of a file that cannot be used (other kinds of keys, options)
        are skipped instead.
    """
    keys: list[PublicKey] = []
    skipped: list[str] = []
    for spec in filter(None, (part.strip() for part in specs.split(","))):
        if web is not None and web.names(spec):
            keys += web.keys(spec)
        elif names_gpg(spec):
            keys.append(gpg_public_key(spec))
        elif _is_file(path := Path(spec).expanduser()):
            _read(path, keys, skipped)
        else:
            keys.append(_parse(spec))
    return keys, skipped


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a key is no name for a file
        return False


def _parse(spec: str) -> PublicKey:
    if os.sep in spec and not spec.startswith(("ssh-", "AAAA")):
        raise UnusableKeyError(f"The list of keys {spec} is not there.")
    return parse_public_key(spec)


def _read(path: Path, keys: list[PublicKey], skipped: list[str]) -> None:
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_FILE + 1)
    except OSError as error:
        raise UnusableKeyError(f"The list of keys {path} cannot be read: {error.strerror}.") from None
    if len(data) > _MAX_FILE:
        raise UnusableKeyError(f"{path} is too long for a list of keys.")
    if b"PRIVATE KEY" in data:  # whose lines must not be quoted in a complaint
        raise UnusableKeyError(f"{path} is a private key. Give the public one; it ends in .pub.")
    for number, line in enumerate(data.decode(errors="replace").splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            keys.append(parse_public_key(line))
        except UnusableKeyError as error:
            skipped.append(f"{path}, line {number}: {error}")
