"""known_hosts: the native file, and decisions that are never a guess."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asciichat.crypto.known_hosts import (
    HostChangedError,
    HostKeyError,
    KnownHosts,
    Standing,
    UnknownHostError,
    default_paths,
    host_name,
    is_loopback,
)
from asciichat.crypto.public_key import PublicKey
from asciichat.protocol.handshake import ClientHandshake, ServerHandshake, ServerPolicy
from asciichat.protocol.handshake.client import ClientPolicy
from asciichat.protocol.types import ErrorCode

KEY, OTHER = bytes(range(32)), bytes(range(32, 64))
HOST = ("192.0.2.7", 27224)


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "ascii-chat" / "known_hosts"


def yes(_host):
    return True


def no(_host):
    return False


def never(_host):
    raise AssertionError("nobody should have been asked")


# The file.


def test_what_is_recorded_stands_in_the_native_form(path):
    known = KnownHosts(path)
    known.record("192.0.2.7", 27224, KEY)
    known.record("::1", 27224, None)
    assert path.read_text() == (
        f"192.0.2.7:27224 x25519 {KEY.hex()} ascii-chat\n[::1]:27224 no-identity {'0' * 64} ascii-chat\n"
    )
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0


def test_a_file_others_could_read_is_closed_when_it_is_written(path):
    path.parent.mkdir()
    path.write_text("# mine\n")
    path.chmod(0o644)
    KnownHosts(path).record(*HOST, KEY)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text().startswith("# mine\n192.0.2.7:27224 ")


def test_a_last_line_without_end_is_not_run_into(path):
    path.parent.mkdir()
    path.write_text(f"192.0.2.8:1 x25519 {KEY.hex()} ascii-chat")
    known = KnownHosts(path)
    known.record(*HOST, OTHER)
    assert known.standing("192.0.2.8", 1, KEY) is Standing.KNOWN
    assert known.standing(*HOST, OTHER) is Standing.KNOWN


def test_comments_empty_and_broken_lines_are_passed_over(path):
    path.parent.mkdir()
    path.write_bytes(
        b"# 192.0.2.7:27224 x25519 " + OTHER.hex().encode() + b"\n\n"
        b"192.0.2.7:27224\n192.0.2.7:27224 x25519 zz\n192.0.2.7:27224 x25519 aabb x\n\xff\xfe\n"
        b"192.0.2.7:27224 rsa " + OTHER.hex().encode() + b"\n"
        b"192.0.2.7:27224 x25519 " + KEY.hex().encode() + b"\n"
    )
    assert KnownHosts(path).standing(*HOST, KEY) is Standing.KNOWN
    assert KnownHosts(path).standing(*HOST, OTHER) is Standing.CHANGED


@given(st.binary(max_size=400))
def test_no_file_content_makes_a_stranger_known(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "noise"
    path.write_bytes(content)
    assert KnownHosts(path).standing(*HOST, KEY) is not Standing.KNOWN


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from([None, KEY, OTHER])), max_size=8))
def test_the_file_remembers_what_it_was_told_and_mixes_up_no_hosts(tmp_path_factory, records):
    path = tmp_path_factory.mktemp("hosts") / "known_hosts"
    known = KnownHosts(path)
    told: dict[int, set] = {}
    for host, identity in records:
        known.record("2001:db8::1", host, identity)
        told.setdefault(host, set()).add(identity)
    for host in range(4):
        keys = told.get(host, set()) - {None}
        for identity in (KEY, OTHER):
            expected = Standing.UNKNOWN if not keys else Standing.CHANGED
            expected = Standing.KNOWN if identity in keys else expected
            assert known.standing("2001:db8::1", host, identity) is expected


def test_a_second_file_is_read_too_but_not_written(path, tmp_path):
    old = tmp_path / "old"
    KnownHosts(old).record(*HOST, KEY)
    before = old.read_text()
    known = KnownHosts(path, old)
    assert known.standing(*HOST, KEY) is Standing.KNOWN
    known.record("192.0.2.9", 1, OTHER)
    assert old.read_text() == before


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_cannot_be_read_is_no_empty_file(path):
    path.parent.mkdir()
    path.write_text("")
    path.chmod(0)
    with pytest.raises(HostKeyError, match="cannot be read"):
        KnownHosts(path).standing(*HOST, KEY)


def test_a_directory_in_the_place_of_the_file_is_no_empty_file(path):
    path.mkdir(parents=True)
    with pytest.raises(HostKeyError, match="cannot be read"):
        KnownHosts(path).standing(*HOST, KEY)


# Names.


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("192.0.2.7", "192.0.2.7:27224"),
        ("::1", "[::1]:27224"),
        ("[::1]", "[::1]:27224"),
        ("2001:DB8:0:0::1", "[2001:db8::1]:27224"),
        ("fe80::1%eth0", "[fe80::1]:27224"),
        ("::ffff:192.0.2.7", "192.0.2.7:27224"),
        ("Example.ORG", "example.org:27224"),
    ],
)
def test_one_server_has_one_name(address, name):
    assert host_name(address, 27224) == name


@pytest.mark.parametrize(
    ("address", "ours"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("192.0.2.7", False),
        ("localhost", False),
        ("127.0.0.1.example.org", False),
    ],
)
def test_loopback_is_told_by_the_number(address, ours):
    assert is_loopback(address) is ours


@pytest.mark.parametrize(
    ("environ", "first"),
    [
        ({}, "/home/me/.config/ascii-chat/known_hosts"),
        ({"XDG_CONFIG_HOME": "/etc/xdg"}, "/etc/xdg/ascii-chat/known_hosts"),
        ({"XDG_CONFIG_HOME": "relative"}, "/home/me/.config/ascii-chat/known_hosts"),
    ],
)
def test_the_place_is_that_of_the_native_program(environ, first):
    assert default_paths(environ, Path("/home/me")) == [
        Path(first),
        Path("/home/me/.ascii-chat/known_hosts"),
    ]


# Decisions.


def test_a_known_server_passes_without_a_question(path):
    known = KnownHosts(path)
    known.record(*HOST, KEY)
    known.verifier(*HOST, ask=never)(KEY)


def test_a_new_server_somebody_vouches_for_is_recorded_and_not_asked_about_again(path):
    known = KnownHosts(path)
    seen = []
    known.verifier(*HOST, ask=lambda host: seen.append(host) or True)(KEY)
    assert [(host.name, host.identity) for host in seen] == [("192.0.2.7:27224", PublicKey(KEY))]
    known.verifier(*HOST, ask=never)(KEY)


@pytest.mark.parametrize("ask", [None, no])
@pytest.mark.parametrize("identity", [KEY, None])
def test_a_new_server_nobody_vouches_for_is_refused_and_not_recorded(path, ask, identity):
    with pytest.raises(UnknownHostError) as caught:
        KnownHosts(path).verifier(*HOST, ask=ask)(identity)
    assert caught.value.code is ErrorCode.CRYPTO
    assert not path.exists()


@pytest.mark.parametrize("now", [OTHER, None])
def test_a_server_that_changed_is_refused_loudly_without_a_question(path, now):
    known = KnownHosts(path)
    known.record(*HOST, KEY)
    before = path.read_text()
    with pytest.raises(HostChangedError, match="IS NOT THE ONE IT WAS") as caught:
        known.verifier(*HOST, ask=never)(now)
    assert caught.value.code is ErrorCode.VERIFICATION
    assert PublicKey(KEY).fingerprint in str(caught.value) and str(path) in str(caught.value)
    assert path.read_text() == before


def test_a_server_that_had_a_key_cannot_go_back_to_none_even_if_it_once_had_none(path):
    known = KnownHosts(path)
    known.record(*HOST, None)
    known.verifier(*HOST, ask=yes)(KEY)
    with pytest.raises(HostChangedError):
        known.verifier(*HOST, ask=never)(None)


def test_a_server_that_had_no_identity_and_now_shows_one_is_asked_about(path):
    known = KnownHosts(path)
    known.record(*HOST, None)
    known.verifier(*HOST, ask=never)(None)
    with pytest.raises(UnknownHostError):
        known.verifier(*HOST, ask=no)(KEY)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_server_without_identity_on_this_machine_is_recorded_without_a_question(path, address):
    known = KnownHosts(path)
    known.verifier(address, 27224, ask=None)(None)
    assert known.standing(address, 27224, None) is Standing.KNOWN


def test_even_on_this_machine_a_new_identity_needs_somebody_to_vouch_for_it(path):
    with pytest.raises(UnknownHostError):
        KnownHosts(path).verifier("127.0.0.1", 27224, ask=None)(KEY)


def test_an_expected_key_alone_decides(path):
    known = KnownHosts(path)
    known.verifier(*HOST, ask=never, expected=[KEY])(KEY)
    assert not path.exists()
    for shown in (OTHER, None):
        with pytest.raises(HostKeyError, match="the one you named") as caught:
            known.verifier("127.0.0.1", 27224, ask=never, expected=[KEY])(shown)
        assert caught.value.code is ErrorCode.CRYPTO


def test_a_refusal_ends_the_handshake_with_its_words(path):
    known = KnownHosts(path)
    known.record(*HOST, KEY)
    client = ClientHandshake(ClientPolicy(verify_server=known.verifier(*HOST, ask=None)))
    server = ServerHandshake(ServerPolicy())
    to_server = client.start() + server.start()
    while client.failure is None:
        to_server = client.feed(server.feed(to_server))
    assert isinstance(client.failure, HostChangedError) and to_server == b""
