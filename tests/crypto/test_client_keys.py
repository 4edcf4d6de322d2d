"""The list of clients a server lets in."""

from __future__ import annotations

import pytest

from asciichat.crypto.client_keys import ClientKeys, load_client_keys
from asciichat.crypto.errors import UnusableKeyError
from asciichat.crypto.public_key import PublicKey

ANN, BOB, EVE = (PublicKey(bytes([n]) * 32, name) for n, name in ((1, "ann"), (2, "bob"), (3, "eve")))


def test_keys_and_files_come_in_one_list(tmp_path):
    path = tmp_path / "authorized_keys"
    path.write_text(f"# friends\n\n{BOB.line}\n  {EVE.line}  \n")
    keys = load_client_keys(f"{ANN.line}, {path}")
    assert sorted(key.comment for key in keys) == ["ann", "bob", "eve"] and len(keys) == 3
    assert ANN.key in keys and BOB.key in keys and bytes(32) not in keys
    assert keys.comment(BOB.key) == "bob" and keys.comment(bytes(32)) == ""
    assert keys.skipped == ()


@pytest.mark.parametrize("form", [lambda key: key.line.split()[1], lambda key: key.key.hex()])
def test_a_key_may_come_in_any_form(form):
    assert ANN.key in load_client_keys(form(ANN))


def test_lines_of_a_file_that_cannot_be_used_are_skipped_and_named(tmp_path):
    path = tmp_path / "authorized_keys"
    path.write_text(f"ssh-rsa AAAA old\n{ANN.line}\nno-pty {BOB.line}\n")
    keys = load_client_keys(str(path))
    assert ANN.key in keys and BOB.key not in keys
    assert [reason.partition(": ")[0] for reason in keys.skipped] == [f"{path}, line 1", f"{path}, line 3"]
    assert "RSA" in keys.skipped[0] and "options" in keys.skipped[1]


def test_a_key_with_restrictions_is_not_let_in_without_them(tmp_path):
    path = tmp_path / "authorized_keys"
    path.write_text(f'from="192.0.2.1" {ANN.line}\n{BOB.line}\n')
    assert ANN.key not in load_client_keys(str(path))


def test_a_bad_key_given_directly_is_an_error():
    with pytest.raises(UnusableKeyError, match="RSA"):
        load_client_keys(f"{ANN.line},ssh-rsa AAAA")


def test_a_list_that_comes_out_empty_is_an_error_and_never_an_open_door(tmp_path):
    path = tmp_path / "authorized_keys"
    path.write_text("ssh-rsa AAAA old\n# nobody\n")
    for specs in (str(path), "", " , "):
        with pytest.raises(UnusableKeyError, match="no usable key"):
            load_client_keys(specs)
    with pytest.raises(UnusableKeyError):
        ClientKeys([])


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UnusableKeyError, match="is not there"):
        load_client_keys(str(tmp_path / "missing"))


def test_a_name_too_long_for_a_file_is_no_crash():
    with pytest.raises(UnusableKeyError):
        load_client_keys("x" * 5000)
