"""Identities whose private keys an ssh-agent keeps.

The protocol: draft-ietf-sshm-ssh-agent. A message is its length (u32), its type (u8), and strings, each with
its length (u32) before it.
"""

from __future__ import annotations

import contextlib
import os
import socket
from struct import Struct, pack

from asciichat.crypto.errors import UnusableKeyError
from asciichat.crypto.public_key import PublicKey, from_blob
from asciichat.crypto.remote import RemoteSigner, Wait

_LENGTH = Struct(">I")
_REQUEST_IDENTITIES, _IDENTITIES = 11, 12
_SIGN_REQUEST, _SIGNATURE = 13, 14
_MAX_MESSAGE = 256 * 1024
_TIMEOUT = 30.0  # seconds; some agents ask a person


class AgentError(UnusableKeyError):
    """The agent is not there, does not have the key, or does not want to sign."""


class AgentIdentity(RemoteSigner):
    """An Ed25519 key an agent holds; a `Signer` of the handshake.

    Parameters
    ----------
    public : PublicKey
        Which of the agent's keys.
    path : path
        The agent's socket, as in ``SSH_AUTH_SOCK``.
    """

    def __init__(self, public: PublicKey, path: str | os.PathLike[str]) -> None:
        self.public = public
        self._path = os.fspath(path)

    @property
    def public_key(self) -> bytes:
        """The 32 bytes of the public key."""
        return self.public.key

    def sign_within(self, wait: Wait, message: bytes) -> bytes:
        """Return the 64 bytes of the signature over `message`; each call is a connection to the agent.

        Raises
        ------
        AgentError
            If the agent refuses or is gone.
        GivenUpError
            If the wait was given up before it began.
        """
        request = bytes([_SIGN_REQUEST]) + _string(self.public.blob) + _string(message) + pack(">I", 0)
        answer = _ask(self._path, request, _SIGNATURE, wait)
        reader = _Reader(_Reader(answer).string())
        kind, signature = reader.string(), reader.string()
        if kind != b"ssh-ed25519" or len(signature) != 64:
            raise AgentError("The ssh-agent answered with another kind of signature.")
        return signature

    def __repr__(self) -> str:
        return f"<AgentIdentity {self.public.fingerprint}>"


def agent_keys(path: str | os.PathLike[str]) -> list[PublicKey]:
    """Return the Ed25519 keys the agent behind the socket `path` holds; others are left out.

    Raises
    ------
    AgentError
        If there is no agent, or it does not answer as one.
    """
    reader = _Reader(_ask(os.fspath(path), bytes([_REQUEST_IDENTITIES]), _IDENTITIES, Wait()))
    keys = []
    for _ in range(reader.number()):
        blob, comment = reader.string(), reader.string()
        try:
            keys.append(PublicKey(from_blob(blob), comment.decode(errors="replace")))
        except UnusableKeyError:
            continue
    return keys


def agent_identity(path: str | os.PathLike[str], public: PublicKey) -> AgentIdentity | None:
    """Return the identity for `public` if the agent holds its private key, else None."""
    return AgentIdentity(public, path) if public in agent_keys(path) else None


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def number(self) -> int:
        return int.from_bytes(self._take(4), "big")

    def string(self) -> bytes:
        return self._take(self.number())

    def _take(self, size: int) -> bytes:
        taken = self._data[self._at : self._at + size]
        if len(taken) != size:
            raise AgentError("The ssh-agent's answer is cut off.")
        self._at += size
        return taken


def _string(data: bytes) -> bytes:
    return _LENGTH.pack(len(data)) + data


def hang_up(sock: socket.socket) -> None:
    """Make whoever waits for the other side of `sock` see its end."""
    with contextlib.suppress(OSError):  # it hung up first
        sock.shutdown(socket.SHUT_RDWR)


def _ask(path: str, request: bytes, expected: int, wait: Wait) -> bytes:
    """Return what the agent answers, without length and type."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as agent:
            agent.settimeout(_TIMEOUT)
            agent.connect(path)  # at once, or not at all: with a time-out, a full queue is an error
            with wait.ended_by(lambda: hang_up(agent)):
                agent.sendall(_string(request))
                (length,) = _LENGTH.unpack(_receive(agent, 4))
                if not 1 <= length <= _MAX_MESSAGE:
                    raise AgentError("What answers at the ssh-agent's socket is no ssh-agent.")
                answer = _receive(agent, length)
    except OSError as error:
        raise AgentError(f"The ssh-agent at {path} does not answer: {error.strerror or error}.") from None
    if answer[0] != expected:
        raise AgentError("The ssh-agent refused. Is the key loaded (ssh-add -l), and was its use confirmed?")
    return answer[1:]


def _receive(agent: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        chunk = agent.recv(size - len(data))
        if not chunk:
            raise AgentError("The ssh-agent hung up in the middle of its answer.")
        data += chunk
    return data
