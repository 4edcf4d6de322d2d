"""Identities and public keys: what OpenSSH makes is read, everything else is refused with advice."""

from __future__ import annotations

import os
import shutil
import threading
from base64 import b64decode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from asciichat.crypto.errors import UnusableKeyError, WrongPassphraseError
from asciichat.crypto.identity import (
    Identity,
    load_identity,
    load_or_create_identity,
    open_identity,
)
from asciichat.crypto.public_key import PublicKey, parse_public_key
from asciichat.protocol.handshake.proof import signature_holds

KEYS = Path(__file__).parent.parent / "data" / "keys"
NAMES = ["plain", "aes256-ctr", "aes256-cbc"]
PASSPHRASE = "correct horse"


@pytest.fixture
def keys(tmp_path):
    for path in KEYS.iterdir():
        shutil.copy(path, tmp_path)
    for name in NAMES:
        (tmp_path / name).chmod(0o600)
    return tmp_path


def openssh(private) -> bytes:
    return private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )


def secret_file(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    path.chmod(0o600)
    return path


# Private keys.


@pytest.mark.parametrize("name", NAMES)
def test_a_key_ssh_keygen_made_is_read_and_signs(keys, name):
    identity = load_identity(keys / name, lambda: PASSPHRASE)
    assert identity.public == parse_public_key((keys / f"{name}.pub").read_text())
    assert signature_holds(identity.public_key, identity.sign(b"message"), b"message")


def test_the_passphrase_is_asked_for_only_if_there_is_one_and_only_once(keys):
    asked = []

    def ask():
        asked.append(1)
        return PASSPHRASE

    load_identity(keys / "plain", ask)
    assert not asked
    load_identity(keys / "aes256-ctr", ask)
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("ask", "words"),
    [(None, "none was given"), (lambda: None, "none was given"), (lambda: "wrong", "does not open")],
)
def test_without_the_right_passphrase_there_is_no_key(keys, ask, words):
    with pytest.raises(WrongPassphraseError, match=words):
        load_identity(keys / "aes256-ctr", ask)


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_key_others_can_read_is_refused_and_the_cure_is_named(keys, mode):
    (keys / "plain").chmod(mode)
    with pytest.raises(UnusableKeyError, match="chmod 600"):
        load_identity(keys / "plain")


def test_rsa_and_ecdsa_keys_are_refused_and_the_cure_is_named(tmp_path):
    for kind, private in (
        ("RSA", rsa.generate_private_key(65537, 2048)),
        ("ECDSA", ec.generate_private_key(ec.SECP256R1())),
    ):
        path = secret_file(tmp_path / kind, openssh(private))
        with pytest.raises(UnusableKeyError, match=f"an {kind} key.*ssh-keygen -t ed25519"):
            load_identity(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no private key"),
        (b"hello", "no private key"),
        (b"\xff\xfe\x00", "no private key"),
        (b"-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----\n", r"another form \(RSA\)"),
        (b"-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----\n", r"another form \(PKCS #8\)"),
        (b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n", "damaged"),
        ((KEYS / "plain.pub").read_bytes(), "is a public key"),
        (b"x" * 65537, "too long"),
    ],
)
def test_what_is_no_private_key_is_refused_in_words(tmp_path, content, words):
    with pytest.raises(UnusableKeyError, match=words):
        load_identity(secret_file(tmp_path / "key", content))


def test_a_key_that_is_not_there_or_no_file_is_refused_in_words(tmp_path):
    with pytest.raises(UnusableKeyError, match="No such file"):
        load_identity(tmp_path / "nothing")
    with pytest.raises(UnusableKeyError, match="directory"):
        load_identity(tmp_path)


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_damaged_key_file_is_refused_or_is_still_the_key(tmp_path_factory, position, flip):
    content = bytearray((KEYS / "plain").read_bytes())
    content[position % len(content)] ^= flip
    path = secret_file(tmp_path_factory.getbasetemp() / "damaged", bytes(content))
    try:
        identity = load_identity(path, lambda: PASSPHRASE)
    except UnusableKeyError:
        return
    assert signature_holds(identity.public_key, identity.sign(b"message"), b"message")


@pytest.mark.parametrize("passphrase", [None, PASSPHRASE])
def test_a_new_key_is_saved_for_its_owner_alone_and_read_again(tmp_path, passphrase):
    identity = Identity.generate("me@here")
    path = tmp_path / "new" / "id"
    identity.save(path, passphrase)
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_identity(path, lambda: passphrase).public_key == identity.public_key
    assert parse_public_key(path.with_name("id.pub").read_text()).comment == "me@here"
    assert (b"bcrypt" in b64decode(path.read_bytes().split(b"\n", 2)[1])) == bool(passphrase)


@pytest.mark.parametrize("there", ["id", "id.pub"])
def test_a_key_is_never_overwritten(tmp_path, there):
    (tmp_path / there).write_text("precious")
    with pytest.raises(FileExistsError, match="never overwritten"):
        Identity.generate().save(tmp_path / "id")
    assert (tmp_path / there).read_text() == "precious"
    assert sorted(path.name for path in tmp_path.iterdir()) == [there]


def test_a_server_makes_its_key_on_first_use_and_has_the_same_ever_after(tmp_path):
    path = tmp_path / "config" / "server"
    first = load_or_create_identity(path, comment="server")
    assert load_or_create_identity(path).public_key == first.public_key
    assert sorted(p.name for p in path.parent.iterdir()) == ["server", "server.pub"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_servers_that_start_at_the_same_time_agree_on_their_first_key(tmp_path):
    path, keys, ready = tmp_path / "server", [], threading.Barrier(8)

    def start():
        ready.wait()
        keys.append(load_or_create_identity(path).public_key)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8 and len(set(keys)) == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["server", "server.pub"]
    assert parse_public_key((tmp_path / "server.pub").read_text()).key == keys[0]


def test_a_key_that_cannot_be_read_is_not_replaced_by_a_new_one(tmp_path):
    path = secret_file(tmp_path / "server", b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n")
    with pytest.raises(UnusableKeyError, match="damaged"):
        load_or_create_identity(path)
    with pytest.raises(FileExistsError):
        (tmp_path / "other.pub").write_text("precious")
        load_or_create_identity(tmp_path / "other")


def test_without_an_agent_a_key_is_opened_from_its_file(keys):
    assert open_identity(keys / "aes256-ctr", lambda: PASSPHRASE).public_key
    identity = open_identity(keys / "plain", agent=keys / "no-agent-here")
    assert identity.public == parse_public_key((keys / "plain.pub").read_text())


@pytest.mark.parametrize("agent", [None, "nobody.sock"])
def test_a_public_key_alone_is_nobody_to_be_without_an_agent(keys, agent):
    with pytest.raises(UnusableKeyError, match="ssh-agent"):
        open_identity(keys / "plain.pub", agent=agent and keys / agent)


def test_an_identity_does_not_show_its_secret():
    identity = Identity.from_seed(b"\x11" * 32)
    assert repr(identity) == f"<Identity {identity.public.fingerprint}>"
    assert identity.public_key.hex() == "d04ab232742bb4ab3a1368bd4615e4e6d0224ab71a016baf8520a332c9778737"


# Public keys.


@pytest.mark.parametrize("name", NAMES)
def test_fingerprint_and_picture_are_those_of_ssh_keygen(name):
    key = parse_public_key((KEYS / f"{name}.pub").read_text())
    said, picture = (KEYS / f"{name}.art").read_text().rstrip("\n").split("\n", 1)
    assert said == f"256 {key.fingerprint} {key.comment} (ED25519)"
    assert key.randomart == picture


@given(st.binary(min_size=32, max_size=32), st.from_regex(r"[\w@.]{0,20}", fullmatch=True))
def test_every_way_of_writing_a_key_is_read(key, comment):
    public = PublicKey(key, comment)
    blob = public.line.split()[1]
    assert parse_public_key(public.line) == public
    assert parse_public_key(public.line).comment == comment
    for form in (blob, key.hex(), key.hex().upper(), f"  {public.line}\n"):
        assert parse_public_key(form) == public


def test_a_picture_has_a_start_and_an_end_and_the_bishop_stays_in_its_field():
    for seed in range(64):
        rows = PublicKey(bytes([seed]) * 32).randomart.splitlines()
        assert len(rows) == 11 and {len(row) for row in rows} == {19}
        assert "".join(rows[1:-1]).count("E") == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty line"),
        ("ssh-rsa AAAAB3NzaC1yc2E me", "RSA key.*ssh-keygen -t ed25519"),
        ("ecdsa-sha2-nistp256 AAAA me", "ECDSA key.*ssh-keygen -t ed25519"),
        ("ssh-dss AAAA", "DSA"),
        ("sk-ssh-ed25519@openssh.com AAAA", "hardware"),
        ("ssh-ed25519", "no key follows"),
        ("ssh-ed25519 !!!!", "damaged"),
        ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGEl", "damaged"),
        ("ssh-ed25519 AAAAB3NzaC1yc2EAAAADAQABAAAAIGElDB3OweznRhaMoSjLrwDDLFIgCJoAg3AMSuQounpU", "damaged"),
        ("AAAAC3NzaC1lZDI1NTE5AAAAIGEl", "damaged"),
        ('from="10.0.0.1" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA', "options"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----", "private key"),
        ("ab" * 31, "No Ed25519"),
        ("zz" * 32, "No Ed25519"),
        ("github:somebody", "No Ed25519"),
    ],
)
def test_what_is_no_public_key_is_refused_in_words(text, words):
    with pytest.raises(UnusableKeyError, match=words):
        parse_public_key(text)


@given(st.text(max_size=200))
def test_any_text_is_a_key_or_refused(text):
    try:
        key = parse_public_key(text)
    except UnusableKeyError as error:
        assert str(error)
    else:
        assert len(key.key) == 32
