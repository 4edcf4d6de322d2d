"""Lines of a conversation: whatever somebody writes, it is one line that cannot steer a terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asciichat.protocol.text import MARKS_IN_A_ROW, line_of_text


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
