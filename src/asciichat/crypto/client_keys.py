"""The list of clients a server lets in."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from asciichat.crypto.errors import UnusableKeyError
from asciichat.crypto.public_key import PublicKey, parse_public_key

_MAX_FILE = 1024 * 1024


class ClientKeys:
    """Ed25519 public keys; a container of their 32 bytes, as `ServerPolicy.client_keys` wants it.

    Parameters
    ----------
    keys : iterable of PublicKey
        At least one: an empty list would let nobody in.
    skipped : iterable of str
        Why lines of the files were left out, one sentence each, for a warning.
    """

    def __init__(self, keys: Iterable[PublicKey], skipped: Iterable[str] = ()) -> None:
        self._keys = {key.key: key for key in keys}
        self.skipped = tuple(skipped)
        if not self._keys:
            raise UnusableKeyError(
                " ".join(["There is no usable key in the list of clients.", *self.skipped])
            )

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def __iter__(self) -> Iterator[PublicKey]:
        return iter(self._keys.values())

    def __len__(self) -> int:
        return len(self._keys)

    def comment(self, key: bytes) -> str:
        """Return what was written behind a key, often whose it is; "" for a key that is not listed."""
        listed = self._keys.get(key)
        return "" if listed is None else listed.comment


def load_client_keys(specs: str) -> ClientKeys:
    """Read a list of clients.

    Parameters
    ----------
    specs : str
        Separated by commas: public keys (`parse_public_key`), and files with one key a line, like
        ``authorized_keys``.

    Raises
    ------
    UnusableKeyError
        If a key given directly is none, a file cannot be read, or no key is left. Lines of a file that cannot
        be used (other kinds of keys, options) are skipped: `ClientKeys.skipped` says which.
    """
    keys: list[PublicKey] = []
    skipped: list[str] = []
    for spec in filter(None, (part.strip() for part in specs.split(","))):
        path = Path(spec).expanduser()
        if _is_file(path):
            _read(path, keys, skipped)
        else:
            keys.append(_parse(spec))
    return ClientKeys(keys, skipped)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a key is no name for a file
        return False


def _parse(spec: str) -> PublicKey:
    if os.sep in spec and not spec.startswith(("ssh-", "AAAA")):
        raise UnusableKeyError(f"The list of clients {spec} is not there.")
    return parse_public_key(spec)


def _read(path: Path, keys: list[PublicKey], skipped: list[str]) -> None:
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_FILE + 1)
    except OSError as error:
        raise UnusableKeyError(f"The list of clients {path} cannot be read: {error.strerror}.") from None
    if len(data) > _MAX_FILE:
        raise UnusableKeyError(f"{path} is too long for a list of clients.")
    for number, line in enumerate(data.decode(errors="replace").splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            keys.append(parse_public_key(line))
        except UnusableKeyError as error:
            skipped.append(f"{path}, line {number}: {error}")
