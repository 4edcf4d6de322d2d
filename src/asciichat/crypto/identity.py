"""Ed25519 identities: private keys in OpenSSH files."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from asciichat.crypto.agent import AgentError, AgentIdentity, agent_identity
from asciichat.crypto.errors import UnusableKeyError, WrongPassphraseError
from asciichat.crypto.public_key import MAKE_ONE, PublicKey, parse_public_key
from asciichat.protocol.handshake.proof import wipe

AskPassphrase = Callable[[], str | None]
"""Asks for the passphrase of a private key; None: there is none to be had."""

_MAX_FILE = 64 * 1024


class Identity:
    """An Ed25519 private key; a `Signer` of the handshake. Safe to share between threads."""

    def __init__(self, private: Ed25519PrivateKey, comment: str = "") -> None:
        self._private = private
        self.public = PublicKey(private.public_key().public_bytes_raw(), comment)

    @classmethod
    def generate(cls, comment: str = "") -> Identity:
        """Make a new one."""
        return cls(Ed25519PrivateKey.generate(), comment)

    @classmethod
    def from_seed(cls, seed: bytes) -> Identity:
        """Make the one that belongs to the 32 bytes of an Ed25519 seed (RFC 8032)."""
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def public_key(self) -> bytes:
        """The 32 bytes of the public key."""
        return self.public.key

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of the signature over `message`."""
        return self._private.sign(message)

    def __repr__(self) -> str:
        return f"<Identity {self.public.fingerprint}>"

    def _to_openssh(self, passphrase: str | None) -> bytes:
        encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
        if passphrase:
            encryption = serialization.BestAvailableEncryption(passphrase.encode())
        return self._private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, encryption
        )

    def save(self, path: str | os.PathLike[str], passphrase: str | None = None) -> None:
        """Write the private key to `path`, readable by its owner only, and the public one beside it (.pub).

        Each file appears whole or not at all.

        Raises
        ------
        FileExistsError
            If either is there already: a key is never overwritten.
        OSError
            If the files cannot be written.
        """
        private, public = Path(path), _public_beside(Path(path))
        for there in (private, public):
            if there.exists():
                raise _taken(there)
        private.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_new(private, 0o600, self._to_openssh(passphrase))
        _write_new(public, 0o644, self.public.line.encode() + b"\n")


def _public_beside(path: Path) -> Path:
    return path.with_name(path.name + ".pub")


def _taken(path: Path) -> FileExistsError:
    return FileExistsError(f"{path} exists already, and a key is never overwritten. Choose another name.")


def _write_new(path: Path, mode: int, content: bytes) -> None:
    """Write a file that was not there; whoever opens it finds all of it."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, mode)
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        os.link(name, path)
    except FileExistsError:
        raise _taken(path) from None
    finally:
        Path(name).unlink()


def load_or_create_identity(
    path: str | os.PathLike[str], passphrase: AskPassphrase | None = None, *, comment: str = ""
) -> Identity:
    """Read the key at `path`; if there is no file, make a key without passphrase and save it there.

    Several processes that begin at the same time end up with the same key.

    Raises
    ------
    UnusableKeyError
        As `load_identity`.
    OSError
        If a new key cannot be saved.
    """
    if not Path(path).exists():
        try:
            Identity.generate(comment).save(path)
        except FileExistsError:
            if not Path(path).exists():  # only a public key is there
                raise
    return load_identity(path, passphrase)


def open_identity(
    path: str | os.PathLike[str],
    passphrase: AskPassphrase | None = None,
    *,
    agent: str | os.PathLike[str] | None = None,
) -> Identity | AgentIdentity:
    """Return who to be: the key at `path`, by way of the ssh-agent if that holds it.

    Parameters
    ----------
    path : path
        A private key, or the public one (.pub) of a key the agent holds.
    passphrase : callable, optional
        Asked if the agent does not hold the key and it is encrypted.
    agent : path, optional
        The agent's socket (``SSH_AUTH_SOCK``); an agent that does not answer is passed over if there is a
        private key to read.

    Raises
    ------
    UnusableKeyError
        As `load_identity`; or if `path` is a public key and the agent does not hold its private one.
    """
    path = Path(path)
    for beside in (path, _public_beside(path)):
        public = _read_public(beside)
        if public is None:
            continue
        try:
            identity = agent_identity(agent, public) if agent else None
        except AgentError:
            if beside is path:
                raise
            continue
        if identity is not None:
            return identity
        if beside is path:
            raise UnusableKeyError(
                f"{path} is a public key, and no ssh-agent holds its private one. "
                "Give the private key, or ssh-add it."
            )
    return load_identity(path, passphrase)


def _read_public(path: Path) -> PublicKey | None:
    """Return the public key in a file, None if it holds something else."""
    try:
        with path.open("rb") as file:
            return parse_public_key(file.read(_MAX_FILE).decode())
    except (OSError, ValueError):
        return None


def load_identity(path: str | os.PathLike[str], passphrase: AskPassphrase | None = None) -> Identity:
    """Read an OpenSSH Ed25519 private key.

    Parameters
    ----------
    path : path
        The file, as ``ssh-keygen -t ed25519`` or ``asciichat key new`` made it.
    passphrase : callable, optional
        Asked once, and only if the key is encrypted.

    Raises
    ------
    UnusableKeyError
        If there is no such key in the file, or others could read it.
    WrongPassphraseError
        If the passphrase is wrong or missing.
    """
    path = Path(path)
    data = _read_private(path)
    try:
        return _parse_private(data, path, passphrase)
    finally:
        wipe(data)


def _read_private(path: Path) -> bytearray:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if not stat.S_ISREG(mode):
                raise UnusableKeyError(f"{path} is not a file.")
            data = bytearray(_MAX_FILE + 1)
            del data[file.readinto(data) :]
    except OSError as error:
        raise UnusableKeyError(f"The key {path} cannot be read: {error.strerror}.") from None
    if len(data) > _MAX_FILE:
        raise UnusableKeyError(f"{path} is too long for a key.")
    if os.name == "posix" and mode & 0o077 and b"PRIVATE KEY" in data:
        wipe(data)
        raise UnusableKeyError(f"Others can read the key {path}, so it is not secret. Say: chmod 600 {path}")
    return data


def _parse_private(data: bytearray, path: Path, passphrase: AskPassphrase | None) -> Identity:
    if b"-----BEGIN OPENSSH PRIVATE KEY-----" not in data:
        raise UnusableKeyError(_what_it_is(data, path))
    try:
        key = _decode(data, path, None)
    except TypeError:  # it is encrypted
        answer = passphrase() if passphrase is not None else None
        if not answer:
            raise WrongPassphraseError(f"The key {path} has a passphrase, and none was given.") from None
        key = _decode(data, path, answer.encode())
    if not isinstance(key, Ed25519PrivateKey):
        kind = type(key).__name__.removesuffix("PrivateKey")
        kind = "ECDSA" if kind.startswith("E") else kind
        raise UnusableKeyError(f"{path} is an {kind} key; only Ed25519 keys are understood. {MAKE_ONE}")
    return Identity(key)


def _decode(data: bytearray, path: Path, passphrase: bytes | None) -> serialization.SSHPrivateKeyTypes:
    """Return the key in `data`; raise TypeError if it is encrypted and there is no passphrase."""
    try:
        return serialization.load_ssh_private_key(data, passphrase)
    except UnsupportedAlgorithm as error:
        raise UnusableKeyError(f"The key {path} cannot be opened: {error}.") from None
    except ValueError:
        if passphrase is not None:
            raise WrongPassphraseError(f"The passphrase does not open the key {path}.") from None
        raise UnusableKeyError(f"The key {path} is damaged.") from None


def _what_it_is(data: bytearray, path: Path) -> str:
    """Say what a file is that holds no OpenSSH private key."""
    text = data.decode(errors="replace")
    if "PRIVATE KEY-----" in text:
        kind = text.partition("-----BEGIN ")[2].partition("PRIVATE KEY-----")[0].strip()
        return f"{path} is a private key of another form ({kind or 'PKCS #8'}). {MAKE_ONE}"
    try:
        parse_public_key(text)
    except UnusableKeyError:
        return f"{path} holds no private key. {MAKE_ONE}"
    return f"{path} is a public key. Give the private one; its name does not end in .pub."
