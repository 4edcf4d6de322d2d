"""Public keys that people publish: ``github:USER``, ``gitlab:USER``, ``https://…``.

They are fetched once and pinned into a file. Later runs ask again, go on with what is pinned if nobody answers, and refuse
to go on if the answer is another.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NoReturn

from asciichat.crypto.errors import UnusableKeyError
from asciichat.crypto.public_key import MAKE_ONE, PublicKey, parse_public_key

if TYPE_CHECKING:
    import ssl

log = logging.getLogger(__name__)

SERVICES: Mapping[str, str] = MappingProxyType(
    {"github": "https://github.com/{}.keys", "gitlab": "https://gitlab.com/{}.keys"}
)
"""Where each service publishes the keys of a user."""

_USER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,253}[A-Za-z0-9])?")


class WebKeys:
    """Fetches and pins published keys.

    Parameters
    ----------
    directory : path
        Where pins are kept, one file for each source; made when the first is.
    services : mapping of str to str
        The address of each service's list of keys; ``{}`` stands for the user.
    context : ssl.SSLContext, optional
        Whose certificates to trust; the system's unless given.
    timeout : float
        Seconds for the whole answer.
    """

    def __init__(
        self,
        directory: str | os.PathLike[str],
        *,
        services: Mapping[str, str] = SERVICES,
        context: ssl.SSLContext | None = None,
        timeout: float = 10.0,
    ) -> None:
        self._directory = Path(directory)
        self._services = services
        self._context = context
        self._timeout = timeout

    def names(self, spec: str) -> bool:
        """Return whether `spec` is of a form that is looked up here."""
        return spec.startswith("https://") or spec.partition(":")[0] in self._services

    def keys(self, spec: str) -> list[PublicKey]:
        """Return the Ed25519 keys published at `spec`.

        Raises
        ------
        UnusableKeyError
            If there are none, they cannot be had, or they are others than those pinned.
        """
        # TLS and HTTP take 9 MiB: who names no such key does without.
        from asciichat.crypto.https import UnreachableError, fetch

        address, pin = self._place(spec)
        pinned = _read_pin(pin)
        try:
            fetched = _usable(spec, fetch(address, timeout=self._timeout, context=self._context))
        except UnreachableError as error:
            if pinned is None:
                raise UnusableKeyError(f"The keys of {spec} cannot be had: {error}.") from None
            log.warning("the keys of %s cannot be had (%s): those pinned in %s are used", spec, error, pin)
            return pinned
        if pinned is None:
            if not fetched:
                raise UnusableKeyError(f"{spec} publishes no Ed25519 key. {MAKE_ONE}")
            self._write_pin(pin, address, fetched)
            log.warning("the keys of %s are pinned in %s", spec, pin)
        elif set(pinned) != set(fetched):
            _refuse_change(spec, pin, pinned, fetched)
        return fetched

    def _place(self, spec: str) -> tuple[str, Path]:
        """Return the address of a list of keys, and the file it is pinned in."""
        if spec.startswith("https://"):
            return spec, self._directory / f"url-{hashlib.sha256(spec.encode()).hexdigest()[:32]}.keys"
        service, _, user = spec.partition(":")
        if user.endswith(".gpg"):
            raise UnusableKeyError(
                f"{spec}: PGP keys are not fetched. Import the key into gpg and name it gpg:ID."
            )
        if not _USER.fullmatch(user):
            raise UnusableKeyError(f"{user[:40]!r} is no name of a user of {service}.")
        # A service's names differ in more than their case for nobody; a file system's may not at all.
        return self._services[service].format(user), self._directory / f"{service}-{user.lower()}.keys"

    def _write_pin(self, pin: Path, address: str, keys: list[PublicKey]) -> None:
        lines = [f"# {address}", *(key.line for key in keys)]
        pin.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{pin.name}.", dir=pin.parent)  # 0600
        with os.fdopen(descriptor, "w") as file:
            file.write("\n".join(lines) + "\n")
        Path(name).replace(pin)


def _usable(spec: str, text: str) -> list[PublicKey]:
    keys: dict[bytes, PublicKey] = {}
    for line in text.splitlines():
        try:
            key = parse_public_key(line)
        except UnusableKeyError:
            continue  # people publish all their keys; those of another kind are not meant for us
        keys[key.key] = PublicKey(key.key, spec)
    return list(keys.values())


def _read_pin(pin: Path) -> list[PublicKey] | None:
    """Return the pinned keys, None if there is no pin. A pin that cannot be read is no missing one."""
    try:
        lines = pin.read_text().splitlines()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise UnusableKeyError(f"The pinned keys {pin} cannot be read: {error}.") from None
    return [parse_public_key(line) for line in lines if line.strip() and not line.startswith("#")]


def _refuse_change(spec: str, pin: Path, old: list[PublicKey], new: list[PublicKey]) -> NoReturn:
    was, now = (", ".join(key.fingerprint for key in keys) or "none" for keys in (old, new))
    raise UnusableKeyError(
        f"THE KEYS OF {spec} ARE NOT THOSE THEY WERE. They were {was}; now they are {now}. Somebody may have taken the "
        f"account over. If their owner says that they really changed, delete {pin}."
    )
