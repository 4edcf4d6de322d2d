"""The list of clients a server lets in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from asciichat.crypto.errors import UnusableKeyError
from asciichat.crypto.key_specs import find_public_keys
from asciichat.crypto.public_key import PublicKey
from asciichat.crypto.web_keys import WebKeys


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


def load_client_keys(specs: str, web: WebKeys | None = None) -> ClientKeys:
    """Read a list of clients.

    Parameters
    ----------
    specs : str
        Separated by commas; see `find_public_keys`.
    web : WebKeys, optional
        Fetches published keys; without it they are refused.

    Raises
    ------
    UnusableKeyError
        If a key given directly is none, a file cannot be read, or no key is left. Lines of a file that cannot
        be used (other kinds of keys, options) are skipped: `ClientKeys.skipped` says which.
    """
    return ClientKeys(*find_public_keys(specs, web))
