"""Keys in GnuPG: the real one, in a home of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from asciichat.crypto.client_keys import load_client_keys
from asciichat.crypto.errors import UnusableKeyError
from asciichat.crypto.gpg import GpgError, GpgIdentity, gpg_public_key
from asciichat.crypto.remote import Wait
from asciichat.protocol.handshake import ClientHandshake, ClientPolicy, ServerHandshake, ServerPolicy
from asciichat.protocol.handshake.proof import signature_holds
from asciichat.protocol.types import Feature

with_gpg = pytest.mark.skipif(shutil.which("gpg") is None, reason="GnuPG (gpg) is not installed")


def gpg(*arguments: str) -> str:
    return subprocess.run(
        ["gpg", "--batch", "--quiet", "--passphrase", "", *arguments],
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def fingerprints(*arguments: str) -> list[str]:
    listing = gpg("--with-colons", "--list-secret-keys", *arguments)
    return [line.split(":")[9] for line in listing.splitlines() if line.startswith("fpr:")]


@pytest.fixture(scope="module")
def keyring() -> Iterator[dict[str, str]]:
    """Ann signs with her key and has a second part to authenticate with; Bob signs only; Carol has RSA."""
    # A socket's name must be short: not under the tests' own directory.
    home = tempfile.mkdtemp(prefix="gpg")
    before = os.environ.get("GNUPGHOME")
    os.environ["GNUPGHOME"] = home
    try:
        for name, algorithm in (("ann", "ed25519"), ("bob", "ed25519"), ("carol", "rsa2048")):
            gpg("--quick-generate-key", f"{name}@example.org", algorithm, "sign", "never")
        [ann] = fingerprints("ann@example.org")
        gpg("--quick-add-key", ann, "ed25519", "auth", "never")
        gpg("--quick-add-key", ann, "rsa2048", "encrypt", "never")
        ann, sub, _ = fingerprints("ann@example.org")
        yield {
            "ann": ann,
            "second": sub,
            "bob": fingerprints("bob@example.org")[0],
            "carol": fingerprints("carol@example.org")[0],
        }
    finally:
        subprocess.run(["gpgconf", "--kill", "gpg-agent"], check=False)
        if before is None:
            del os.environ["GNUPGHOME"]
        else:
            os.environ["GNUPGHOME"] = before
        shutil.rmtree(home, ignore_errors=True)


@with_gpg
@pytest.mark.parametrize("digits", [8, 16, 40])
@pytest.mark.parametrize("size", [32, 64])
def test_gpg_agent_signs_as_any_ed25519_key(keyring, digits, size):
    identity = GpgIdentity(f"gpg:{keyring['bob'][-digits:]}")
    message = os.urandom(size)
    assert signature_holds(identity.public_key, identity.sign(message), message)
    assert identity.public == gpg_public_key(f"gpg:0x{keyring['bob'][-digits:].lower()}")


@with_gpg
def test_the_part_for_authentication_is_taken_if_there_is_one(keyring):
    whole, part = GpgIdentity(f"gpg:{keyring['ann']}"), GpgIdentity(f"gpg:{keyring['second']}")
    assert whole.public == part.public != GpgIdentity(f"gpg:{keyring['bob']}").public
    assert whole.signs_for_others and not GpgIdentity(f"gpg:{keyring['bob']}").signs_for_others


@with_gpg
def test_a_key_of_another_kind_is_refused_with_what_to_do(keyring):
    with pytest.raises(GpgError, match="quick-add-key"):
        GpgIdentity(f"gpg:{keyring['carol']}")
    with pytest.raises(GpgError, match="only those are understood"):
        gpg_public_key(f"gpg:{keyring['carol']}")


@with_gpg
def test_a_key_that_is_not_there_is_said_to_be_missing(keyring):
    with pytest.raises(GpgError, match="no such key"):
        GpgIdentity("gpg:0123456789ABCDEF")


@with_gpg
def test_what_the_agent_cannot_sign_is_refused(keyring):
    with pytest.raises(GpgError, match="65 bytes"):
        GpgIdentity(f"gpg:{keyring['bob']}").sign(bytes(65))


@with_gpg
def test_who_waits_for_a_gpg_agent_that_hangs_can_be_told_to_give_up(keyring):
    identity, begun = GpgIdentity(f"gpg:{keyring['bob']}"), threading.Event()
    identity.sign(bytes(32))
    said = subprocess.run(
        ["gpg-connect-agent", "getinfo pid", "/bye"], check=True, capture_output=True, text=True
    ).stdout
    agent = int(said.partition("D ")[2].split()[0])

    class Watched(Wait):
        @contextmanager
        def ended_by(self, end):
            with super().ended_by(end):
                begun.set()
                yield

    wait, failures = Watched(), []

    def ask() -> None:
        with pytest.raises(GpgError) as caught:
            identity.sign_within(wait, bytes(32))
        failures.append(caught.value)

    os.kill(agent, signal.SIGSTOP)
    try:
        thread = threading.Thread(target=ask)
        thread.start()
        assert begun.wait(5)
        wait.give_up()
        thread.join(10)
        assert failures
    finally:
        os.kill(agent, signal.SIGCONT)
    assert signature_holds(identity.public_key, identity.sign(bytes(32)), bytes(32))


@with_gpg
def test_a_handshake_between_two_keys_of_gpg(keyring):
    ann, bob = (GpgIdentity(f"gpg:{keyring[name]}") for name in ("ann", "bob"))
    listed = load_client_keys(f"gpg:{keyring['bob']}")
    server = ServerHandshake(
        ServerPolicy(identity=ann, client_keys={key.key for key in listed}, features=Feature.NOISE)
    )
    seen: list[bytes | None] = []
    client = ClientHandshake(ClientPolicy(identity=bob, verify_server=seen.append, features=Feature.NOISE))
    server.start()
    to_server = client.start()
    while to_server:
        to_server = client.feed(server.feed(to_server))
    assert server.result is not None and client.result is not None
    assert seen == [ann.public_key] and server.result.peer_identity == bob.public_key


@pytest.mark.parametrize(
    "spec", ["gpg:", "gpg:12345", "gpg:ann", "gpg:--version", "gpg:0123456Z", "gpg:A1B2C3D4 "]
)
def test_what_is_no_key_id_never_reaches_gpg(spec, monkeypatch):
    monkeypatch.setattr(subprocess, "Popen", None)
    with pytest.raises(UnusableKeyError, match="names no GPG key"):
        GpgIdentity(spec)


def test_without_gpg_a_sentence_says_so(monkeypatch, tmp_path: Path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GpgError, match="not installed"):
        GpgIdentity("gpg:0123456789ABCDEF")
