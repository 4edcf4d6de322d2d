"""The password key."""

from __future__ import annotations

import threading

import pytest

from asciichat.crypto import password as module
from asciichat.crypto.errors import UnusablePasswordError
from asciichat.crypto.password import Password, password_key

VECTOR = "db53648f70f33023f5ea585b6879e1adac36b517d0c2ac555e0836e9fdc81146"


def test_the_key_is_that_of_native_peers():
    assert password_key("testpassword1").hex() == password_key(b"testpassword1").hex() == VECTOR


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "too short"), ("sevench", "too short"), ("x" * 257, "too long"), ("é" * 129, "too long")],
)
def test_a_password_native_peers_would_refuse_is_refused(text, words):
    with pytest.raises(UnusablePasswordError, match=words):
        Password(text)
    with pytest.raises(UnusablePasswordError, match=words):
        password_key(text.encode())


@pytest.mark.parametrize("text", ["eightchr", "x" * 256, "ééééé"])
def test_length_counts_in_bytes(text):
    assert len(Password(text).key()) == 32


def test_the_key_is_derived_once_whoever_asks_and_the_text_is_forgotten(monkeypatch):
    derived = []

    def count(text):
        derived.append(bytes(text))
        return password_key(text)

    monkeypatch.setattr(module, "password_key", count)
    password = Password("testpassword1")
    text = password._text
    keys = []
    threads = [threading.Thread(target=lambda: keys.append(password.key())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert derived == [b"testpassword1"]
    assert {bytes(key).hex() for key in keys} == {VECTOR} and len({id(key) for key in keys}) == 1
    assert password._text is None and not any(text)


def test_a_wiped_password_is_gone():
    password = Password("testpassword1")
    key = password.key()
    password.wipe()
    assert not any(key)
    with pytest.raises(RuntimeError, match="wiped"):
        password.key()


def test_a_password_does_not_show_itself():
    assert "testpassword1" not in repr(Password("testpassword1"))
