"""Advice about passwords."""

from __future__ import annotations

import pytest

from asciichat.crypto.strength import advice


@pytest.mark.parametrize(
    ("password", "time"),
    [
        ("password1", "moments"),
        ("asciichat", "moments"),
        ("Summer2026!", "minutes|hours|days"),
        ("x" * 256, "moments"),
    ],
)
def test_a_password_that_is_easily_guessed_is_said_to_be(password, time):
    sentence = advice(password)
    assert sentence is not None and any(word in sentence for word in time.split("|"))
    assert password not in sentence


@pytest.mark.parametrize(
    "password",
    ["correct horse battery staple", "four random words", "Kq7!vLm2#xWz9$Rt", "Straßenbahnübergang Käse 71"],
)
def test_nothing_is_said_about_a_good_one(password):
    assert advice(password) is None
