"""Which server has which identity: the native program's known_hosts file.

A line is ``ADDRESS:PORT x25519 64-HEX-DIGITS ascii-chat``, or ``ADDRESS:PORT no-identity 64-ZEROS
ascii-chat``; the digits are those of the Ed25519 key, whatever the label says. IPv6 addresses stand in
brackets. ``#`` begins a comment.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from asciichat.crypto.public_key import PublicKey
from asciichat.protocol.errors import HandshakeError
from asciichat.protocol.handshake.client import VerifyServer
from asciichat.protocol.types import ErrorCode

_KEY = "x25519"
_NONE = "no-identity"
_MAX_FILE = 4 * 1024 * 1024


class HostKeyError(HandshakeError):
    """The server is not known, or not the one it was: the connection is given up."""


class UnknownHostError(HostKeyError):
    """Nobody has vouched for this server."""


class HostChangedError(HostKeyError):
    """The server has another identity than it had, or none any more."""


class Standing(Enum):
    """What known_hosts says of a server."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class NewHost:
    """A server somebody has to vouch for.

    Parameters
    ----------
    name : str
        Address and port, as in the file.
    identity : PublicKey or None
        Whose fingerprint and picture to show; None if the server shows no identity, so that nobody can ever
        tell it from another.
    """

    name: str
    identity: PublicKey | None


Ask = Callable[[NewHost], bool]
"""Asks a person whether to trust a new host."""


def host_name(address: str, port: int) -> str:
    """Return how known_hosts names a server: ``192.0.2.1:27224``, ``[2001:db8::1]:27224``."""
    plain = address.strip("[]").partition("%")[0]
    try:
        ip = ipaddress.ip_address(plain)
    except ValueError:
        return f"{plain.lower()}:{port}"
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is None:
            return f"[{ip}]:{port}"
        ip = ip.ipv4_mapped
    return f"{ip}:{port}"


def is_loopback(address: str) -> bool:
    """Return whether `address` is this machine, by number: names are not looked up."""
    try:
        ip = ipaddress.ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return False
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return (mapped or ip).is_loopback


def config_directory(environ: Mapping[str, str], home: Path) -> Path:
    """Return the directory native clients keep their configuration in, and we our keys and pins."""
    return default_paths(environ, home)[0].parent


def default_paths(environ: Mapping[str, str], home: Path) -> list[Path]:
    """Return where native clients keep known_hosts: the first is written, all are read."""
    config = environ.get("XDG_CONFIG_HOME", "")
    base = Path(config) if Path(config).is_absolute() else home / ".config"
    return [base / "ascii-chat" / "known_hosts", home / ".ascii-chat" / "known_hosts"]


class KnownHosts:
    """The file, read anew for every question. Lines of several processes do not mix; no locking is needed.

    Parameters
    ----------
    path : path
        Where to read, and to write what is new. Need not exist.
    also : paths
        Where to read as well.
    """

    def __init__(self, path: str | os.PathLike[str], *also: str | os.PathLike[str]) -> None:
        self._path = Path(path)
        self._also = [Path(other) for other in also]

    def standing(self, address: str, port: int, identity: bytes | None) -> Standing:
        """Return what is known of the server at `address`, which shows `identity`.

        A server that was recorded without identity and now has one is unknown: nobody vouched for that key.
        """
        recorded = list(self._lookup(host_name(address, port)))
        keys = {key for key in recorded if key is not None}
        if keys:
            # Whoever had a key once cannot go back to none, even if it was recorded without before.
            return Standing.KNOWN if identity in keys else Standing.CHANGED
        return Standing.KNOWN if identity is None and recorded else Standing.UNKNOWN

    def record(self, address: str, port: int, identity: bytes | None) -> None:
        """Write down that the server at `address` has `identity`.

        Raises
        ------
        OSError
            If the file cannot be written.
        """
        label, key = (_NONE, bytes(32)) if identity is None else (_KEY, identity)
        line = f"{host_name(address, port)} {label} {key.hex()} ascii-chat\n"
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "r+b", buffering=0) as file:
            if os.name == "posix":
                os.fchmod(descriptor, 0o600)
            size = file.seek(0, os.SEEK_END)
            torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
            file.write((b"\n" if torn else b"") + line.encode())

    def verifier(
        self,
        address: str,
        port: int,
        *,
        ask: Ask | None,
        expected: Collection[bytes] = (),
        strict: bool = False,
    ) -> VerifyServer:
        """Return the check a client's handshake makes of the server at `address`.

        Parameters
        ----------
        ask : callable or None
            Asks a person about a new host; a yes is recorded. None: there is nobody to ask, and new hosts are
            refused.
        expected : collection of bytes
            The Ed25519 keys the user has named, if any; they alone then decide.
        strict : bool
            Only a server known beforehand will do: nobody is asked, and a server without identity is refused, even on
            this machine.

        Notes
        -----
        The check raises HostChangedError (exit status 64 of the native program) for a server that was another
        before, UnknownHostError (60) for one nobody vouches for, HostKeyError (60) for another than expected.
        A server without identity on this machine is recorded without asking, as the native client does.
        """

        def verify(identity: bytes | None) -> None:
            if expected:
                self._check_expected(identity, expected)
                return
            if strict and identity is None:
                raise UnknownHostError(
                    f"The server {host_name(address, port)} shows no identity, and you want to know whom you talk to.",
                    ErrorCode.CRYPTO,
                )
            match self.standing(address, port, identity):
                case Standing.KNOWN:
                    return
                case Standing.CHANGED:
                    raise self._changed(address, port, identity)
            if not (identity is None and is_loopback(address)):
                self._vouch(NewHost(host_name(address, port), _public(identity)), None if strict else ask)
            self.record(address, port, identity)

        return verify

    def _check_expected(self, identity: bytes | None, expected: Collection[bytes]) -> None:
        if identity not in expected:
            named = " or ".join(PublicKey(key).fingerprint for key in expected)
            shown = "shows no key" if identity is None else f"has the key {PublicKey(identity).fingerprint}"
            raise HostKeyError(
                f"The server {shown}; the one you named is {named}. The connection was given up.",
                ErrorCode.CRYPTO,
            )

    def _vouch(self, host: NewHost, ask: Ask | None) -> None:
        if ask is not None:
            if ask(host):
                return
            raise UnknownHostError(f"You did not vouch for {host.name}.", ErrorCode.CRYPTO)
        shown = "shows no identity" if host.identity is None else f"has the key {host.identity.fingerprint}"
        raise UnknownHostError(
            f"The server {host.name} is new and {shown}. Connect once from a terminal to vouch for it, or "
            "name its key with --server-key.",
            ErrorCode.CRYPTO,
        )

    def _changed(self, address: str, port: int, identity: bytes | None) -> HostChangedError:
        name = host_name(address, port)
        now = "shows none" if identity is None else f"has {PublicKey(identity).fingerprint}"
        old = ", ".join(PublicKey(key).fingerprint for key in self._lookup(name) if key is not None)
        return HostChangedError(
            f"THE SERVER {name} IS NOT THE ONE IT WAS. Its key was {old}; now it {now}. Somebody may be "
            "listening in between. If its operator has really changed the key, remove the line of "
            f"{name} from {self._path}.",
            ErrorCode.VERIFICATION,
        )

    def _lookup(self, name: str) -> Iterator[bytes | None]:
        """Yield the identities recorded for a server; None for one recorded without."""
        for path in (self._path, *self._also):
            for line in self._lines(path):
                words = line.split()
                if len(words) < 3 or words[0].lower() != name:
                    continue
                try:
                    key = bytes.fromhex(words[2])
                except ValueError:
                    continue
                if words[1] == _NONE:
                    yield None
                elif words[1] == _KEY and len(key) == 32:
                    yield key

    def _lines(self, path: Path) -> list[str]:
        try:
            with path.open("rb") as file:
                data = file.read(_MAX_FILE + 1)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise HostKeyError(f"{path} cannot be read: {error.strerror}.", ErrorCode.KEY) from None
        if len(data) > _MAX_FILE:
            raise HostKeyError(f"{path} is too long to be read.", ErrorCode.KEY)
        lines = data.decode(errors="replace").splitlines()
        return [line for line in lines if not line.lstrip().startswith("#")]


def _public(identity: bytes | None) -> PublicKey | None:
    return None if identity is None else PublicKey(identity)
