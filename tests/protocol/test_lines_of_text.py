"""Lines of a conversation: whatever somebody writes, it is one line that cannot steer a terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asciichat.protocol.text import MARKS_IN_A_ROW, likeness, line_of_text, name_of_person


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("  two\n lines\t\r\n", "two lines"),
        ("\x1b[2J\x1b]0;title\x07red", "[2J]0;titlered"),
        ("a\u202eb\u2066c\u200fd", "abcd"),
        ("a\x9b31mb\x00c", "a31mbc"),
        ("no\u00a0break\u2028para\u2029x", "no break para x"),
        ("e\u0301", "\u00e9"),
        ("ก็ด้ีำ", "ก็ด้ีำ"),
        ("न्यू", "न्यू"),
        ("z" + "\u0335" * 40 + "!", "z" + "\u0335" * MARKS_IN_A_ROW + "!"),
        ("\u0301x", "x"),
        ("\ud800x", "x"),
        ("a \u200b b", "a b"),
        ("\x07\u200b", ""),
        ("a\u3164\uffa0b", "a b"),
        ("\u3164", ""),
        ("\u2800 \u2800", ""),
        ("\u1161" * 40 + "x", "x"),
        ("\u1112\u1161\u11ab", "\ud55c"),
    ],
)
def test_a_line_is_what_was_written_without_what_steers(written, shown):
    assert line_of_text(written, 512) == shown


@given(st.text(st.characters()), st.integers(0, 600))
def test_any_text_becomes_one_harmless_line_that_fits(text, limit):
    line = line_of_text(text, limit)
    assert len(line.encode()) <= limit
    assert line.isprintable()
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp") for char in line)
    assert line == line.strip()


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Zoë", "Zoë"),
        ("한국 사람", "한국 사람"),
        ("Bob: I agree. Ada", "Bob I agree. Ada"),
        ("Bob\uff1a hi", "Bob hi"),
        ("Bob\u2800", "Bob"),
        ("Bob\u3164\u3164Smith", "Bob Smith"),
        ("\u3164\u2800\u115f", ""),
        ("\u1161\u1161", ""),
        ("::", ""),
        ("\u202eboB", "boB"),
        ("z" + "\u0335" * 4000, "z"),
    ],
)
def test_a_name_can_be_seen_and_does_not_look_like_a_line_of_somebody_else(given, shown):
    assert name_of_person(given, 40) == shown


@given(st.text(st.characters()), st.integers(0, 60))
def test_any_name_fits_and_holds_neither_colons_nor_two_blanks(name, limit):
    shown = name_of_person(name, limit)
    assert len(shown.encode()) <= limit
    assert ":" not in shown
    assert "  " not in shown
    assert shown == shown.strip()
    assert shown.isprintable()


def test_names_that_differ_in_size_width_or_font_alone_are_alike():
    assert likeness("Bob") == likeness("BOB") == likeness("Ｂｏｂ") == likeness("𝐁𝐨𝐛") == likeness("B ob")
    assert likeness("Bob") != likeness("Rob")
