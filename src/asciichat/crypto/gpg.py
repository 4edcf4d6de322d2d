"""Ed25519 keys that GnuPG keeps: ``gpg:KEYID``.

``gpg`` is asked which keys there are, and gpg-agent (which may ask a person for a passphrase) signs. What goes over its
socket is the Assuan protocol: lines, data percent-escaped.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Self
from urllib.parse import unquote, unquote_to_bytes

from asciichat.crypto.agent import hang_up
from asciichat.crypto.errors import UnusableKeyError
from asciichat.crypto.public_key import PublicKey, parse_public_key
from asciichat.crypto.remote import RemoteSigner, Wait

_SPEC = re.compile(r"gpg:(?:0x)?([0-9A-Fa-f]{8}|[0-9A-Fa-f]{16}|[0-9A-Fa-f]{40})")
_EDDSA, _CURVE = "22", "ed25519"
# What gpg-agent signs is a digest; Ed25519 takes its bytes as they are. Its size says of which kind it has to be.
_DIGESTS = {32: 8, 64: 10}
_TIMEOUT = 60.0  # seconds: a person may have to type a passphrase
_MAX_ANSWER = 64 * 1024


class GpgError(UnusableKeyError):
    """GnuPG is not there, does not have the key, or does not want to sign."""


@dataclass(frozen=True, slots=True)
class _Listed:
    fingerprint: str
    keygrip: str
    uses: frozenset[str]  # c certify, s sign, a authenticate, e encrypt


class GpgIdentity(RemoteSigner):
    """An Ed25519 key in gpg-agent; a `Signer` of the handshake.

    Parameters
    ----------
    spec : str
        ``gpg:`` and 8, 16 or 40 hexadecimal digits of a key or a subkey. Of a key with several Ed25519 parts the one
        for authentication is taken.

    Attributes
    ----------
    signs_for_others : bool
        Its signatures are worth nothing elsewhere, so that it may sign what somebody else chose. A key that signs
        documents must not: 32 bytes that a server chooses can be the digest of one.

    Raises
    ------
    GpgError
        If there is no such secret key, or it is not Ed25519.
    """

    def __init__(self, spec: str) -> None:
        listed = _choose(spec, "--list-secret-keys")
        self.public = _public(listed, spec)
        self.signs_for_others = not listed.uses & {"s", "c"}
        self._keygrip = listed.keygrip

    @property
    def public_key(self) -> bytes:
        """The 32 bytes of the public key."""
        return self.public.key

    def sign_within(self, wait: Wait, message: bytes) -> bytes:
        """Return the 64 bytes of the signature over `message`, which has 32 or 64 bytes.

        Raises
        ------
        GpgError
            If the agent refuses or is gone.
        GivenUpError
            If the wait was given up before it began.
        """
        algorithm = _DIGESTS.get(len(message))
        if algorithm is None:
            raise GpgError(f"GnuPG does not sign {len(message)} bytes with an Ed25519 key.")
        with _Agent(wait) as agent:
            agent.ask(f"SIGKEY {self._keygrip}")
            agent.ask(f"SETHASH {algorithm} {message.hex()}")
            answer = agent.ask("PKSIGN")
        found = re.search(rb"\(1:r32:(.{32})\)\(1:s32:(.{32})\)", answer, re.DOTALL)
        if found is None:
            raise GpgError("GnuPG answered with another kind of signature.")
        return found[1] + found[2]

    def __repr__(self) -> str:
        return f"<GpgIdentity {self.public.fingerprint}>"


def names_gpg(spec: str) -> bool:
    """Return whether `spec` names a GPG key."""
    return spec.startswith("gpg:")


def gpg_public_key(spec: str) -> PublicKey:
    """Return the Ed25519 public key that ``gpg:KEYID`` names in the keyring.

    Raises
    ------
    GpgError
        If there is none.
    """
    return _public(_choose(spec, "--list-keys"), spec)


def _choose(spec: str, listing: str) -> _Listed:
    named = _SPEC.fullmatch(spec)
    if named is None:
        raise GpgError(f"{spec[:60]!r} names no GPG key: write gpg: and 8, 16 or 40 hexadecimal digits.")
    wanted = named[1].upper()
    text = _gpg(f"gpg has no such key: {spec}.", "--with-keygrip", listing, wanted)
    found = _listed(text)
    for key in found:
        if key.fingerprint.endswith(wanted) and not key.uses <= {"e"} and "c" not in key.uses:
            return key  # a subkey that was named itself
    usable = sorted(found, key=lambda key: ("a" not in key.uses, "s" not in key.uses))
    if not usable:
        raise GpgError(
            f"{spec} is no Ed25519 key; only those are understood. Add one: gpg --quick-add-key FINGERPRINT ed25519 auth"
        )
    return usable[0]


def _listed(text: str) -> list[_Listed]:
    """Return the Ed25519 keys in a listing with colons (doc/DETAILS of GnuPG)."""
    found: list[_Listed] = []
    record: list[str] = []
    fingerprint = ""
    for line in text.splitlines():
        fields = line.split(":")
        if fields[0] in ("pub", "sec", "sub", "ssb"):
            record, fingerprint = fields, ""
        elif fields[0] == "fpr" and not fingerprint:
            fingerprint = fields[9]
        elif fields[0] == "grp" and record and record[3] == _EDDSA and record[16] == _CURVE:
            valid = record[1] not in ("r", "e", "d", "i")  # revoked, expired, disabled, invalid
            uses = frozenset(use for use in record[11] if use.islower())
            if valid and uses & {"s", "a", "c"}:
                found.append(_Listed(fingerprint, fields[9], uses))
            record = []
    return found


def _public(listed: _Listed, spec: str) -> PublicKey:
    line = _gpg(f"gpg cannot export {spec}.", "--export-ssh-key", f"{listed.fingerprint}!")
    return PublicKey(parse_public_key(line).key, spec)


def _gpg(complaint: str, *arguments: str) -> str:
    return _run(complaint, "gpg", "--batch", "--no-tty", "--with-colons", *arguments)


def _run(complaint: str, program: str, *arguments: str, wait: Wait | None = None) -> str:
    path = shutil.which(program)
    if path is None:
        raise GpgError("GnuPG is not installed; use a key of OpenSSH, or install gnupg.")
    try:
        with subprocess.Popen(
            [path, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as program_run:
            try:
                with (wait or Wait()).ended_by(program_run.kill):
                    output, _ = program_run.communicate(timeout=_TIMEOUT)
            except BaseException:
                program_run.kill()
                raise
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GpgError(f"{complaint} ({error})") from None
    if program_run.returncode != 0:
        raise GpgError(complaint)
    return output


class _Agent:
    """A conversation with gpg-agent, which is started if it does not run."""

    def __init__(self, wait: Wait) -> None:
        self._wait = wait
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(_TIMEOUT)
        self._lines = self._socket.makefile("rb")

    def __enter__(self) -> Self:
        with ExitStack() as undo:
            undo.callback(self._socket.close)
            undo.callback(self._lines.close)
            self._begin(undo)
            self._undo = undo.pop_all()
        return self

    def _begin(self, undo: ExitStack) -> None:
        _run("gpg-agent cannot be started.", "gpgconf", "--launch", "gpg-agent", wait=self._wait)
        where = _run("gpgconf does not say where.", "gpgconf", "--list-dirs", "agent-socket", wait=self._wait)
        try:
            self._socket.connect(unquote(where.strip()))
            undo.enter_context(self._wait.ended_by(lambda: hang_up(self._socket)))
            self._answer()
            # Where gpg-agent may ask for a passphrase.
            for option, value in (
                ("ttyname", os.environ.get("GPG_TTY")),
                ("display", os.environ.get("DISPLAY")),
            ):
                if value:
                    self.ask(f"OPTION {option}={value}")
        except OSError as error:
            raise GpgError(f"gpg-agent does not answer: {error}.") from None

    def __exit__(self, *_: object) -> None:
        self._undo.close()

    def ask(self, line: str) -> bytes:
        """Return the data of the answer."""
        try:
            self._socket.sendall(line.encode() + b"\n")
            return self._answer()
        except OSError as error:
            raise GpgError(f"gpg-agent does not answer: {error}.") from None

    def _answer(self) -> bytes:
        data = b""
        while len(data) <= _MAX_ANSWER:
            line = self._lines.readline(_MAX_ANSWER)
            word, _, rest = line.rstrip(b"\n").partition(b" ")
            if word == b"OK":
                return data
            if word == b"D":
                data += unquote_to_bytes(rest)
            elif word == b"INQUIRE":
                self._socket.sendall(b"END\n")
            elif word == b"ERR" or not line:
                reason = rest.decode(errors="replace").partition(" ")[2] or "it hung up"
                raise GpgError(f"gpg-agent did not sign: {reason}.")
        raise GpgError("gpg-agent says too much.")
