"""Files that people hand us or that others may have written: private keys, public keys, lists of keys, known hosts. Any
bytes at all are read or refused in words."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

from asciichat.crypto.client_keys import load_client_keys
from asciichat.crypto.errors import UnusableKeyError
from asciichat.crypto.identity import load_identity
from asciichat.crypto.known_hosts import KnownHosts
from asciichat.crypto.public_key import parse_public_key
from asciichat.protocol.errors import HandshakeError, ProtocolError

_FILE = Path(tempfile.mkdtemp()) / "file"
_REFUSALS = (UnusableKeyError, HandshakeError, ProtocolError)


def target(data: bytes) -> None:
    """One input."""
    _FILE.write_bytes(data)
    _FILE.chmod(0o600)
    with contextlib.suppress(*_REFUSALS):
        load_identity(_FILE, lambda: None)
    with contextlib.suppress(*_REFUSALS):
        assert list(load_client_keys(str(_FILE))), "a list that comes out empty is an error"
    with contextlib.suppress(*_REFUSALS):
        parse_public_key(data.decode("latin-1"))
    hosts = KnownHosts(_FILE)
    with contextlib.suppress(*_REFUSALS):
        hosts.verifier("192.0.2.1", 27224, ask=None, expected=None)(bytes(range(32)))
