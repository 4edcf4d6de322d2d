"""Text from strangers, made harmless."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asciichat.terminal.text import harmless_frame, harmless_line

SAFE = ["\x1b[0m", "\x1b[38;2;1;2;3m", "\x1b[38:2::1:2:3m", "\x1b[12b", "\n", "▀", "a", " ", "ä", "😀"]


@given(st.lists(st.sampled_from(SAFE)).map("".join))
def test_what_frames_are_made_of_is_left_as_it_is(text):
    assert harmless_frame(text) == text


@pytest.mark.parametrize(
    "attack",
    [
        "\x1b]52;c;cm0gLXJm\x07",  # put something on the clipboard
        "\x1b[6n",  # ask where the cursor is: the answer is typed
        "\x1b[21t",  # ask for the window's title
        "\x1bP$q\x1b\\",
        "\x1b[?1049l",
        "\x1b[2J",
        "\x1b[10;10H",
        "\x1bc",
        "\x9b6n",  # CSI as one character
        "\x07",
        "\x0e",
        "\r",
        "\x08",
        "\x7f",
        "\x1b",
        "\x1b[",
        "\x1b[>4;1m\x1b[>c",
        "\x1b[99999b",  # one character, to be written for ever
    ],
)
def test_what_commands_a_terminal_is_taken_out(attack):
    cleaned = harmless_frame(f"before{attack}after")
    assert cleaned.startswith("before")
    assert cleaned.endswith("after")
    for forbidden in ("\x1b", "\x9b", "\x07", "\r", "\x08", "\x7f", "\x0e"):
        assert forbidden not in cleaned


@given(st.text(st.characters(max_codepoint=0x100), max_size=40))
def test_no_text_gets_through_with_more_than_colours(text):
    import re

    cleaned = harmless_frame(text)
    rest = re.sub(r"\x1b\[(?:[0-9;:]*m|\d{0,4}b)", "", cleaned)
    assert all(
        character == "\n" or not (ord(character) < 32 or 127 <= ord(character) < 160) for character in rest
    )
    assert harmless_frame(cleaned) == cleaned


def test_a_message_keeps_to_its_line():
    assert harmless_line("hello\nworld\x1b[2J\x07") == "hello world [2J "
