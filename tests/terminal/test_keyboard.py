"""From a terminal's bytes to the names of keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asciichat.terminal.keys import KeyDecoder, Pasted


@pytest.mark.parametrize(
    ("data", "keys"),
    [
        (b"q", ["q"]),
        (b"Q?1", ["Q", "?", "1"]),
        ("ä€😀".encode(), ["ä", "€", "😀"]),
        (b"\x03", ["ctrl-c"]),
        (b"\r\n\t\x7f", ["enter", "enter", "tab", "backspace"]),
        (b"\x1b[A\x1b[B\x1b[C\x1b[D", ["up", "down", "right", "left"]),
        (b"\x1bOA\x1bOD", ["up", "left"]),
        (b"\x1b[1;5C", ["right"]),
        (b"\x1b[5~\x1b[6~\x1b[3~", ["page-up", "page-down", "delete"]),
        (b"\x1b[H\x1b[F", ["home", "end"]),
        (b"\x1b[?2026;2$y", []),  # an answer to a question about a mode
        (b"\x1b[?64;1;2c", []),  # and about the terminal
        (b"\x1b]11;rgb:0000/0000/0000\x1b\\q", ["q"]),
        (b"\x1b]11;rgb:0000/0000/0000\x07q", ["q"]),
        (b"\x1bP1$r0m\x1b\\q", ["q"]),
        (b"\x1bx", []),  # Alt-x
        (b"\x00\x01", ["ctrl-a"]),
        (b"\xffq", ["q"]),
    ],
)
def test_bytes_become_keys(data, keys):
    decoder = KeyDecoder()
    assert decoder.feed(data) == keys
    assert not decoder.unfinished


@given(st.lists(st.sampled_from(["q", "ä", "up", "escape-sequence"]), max_size=8))
def test_it_does_not_matter_how_the_bytes_are_cut(wanted):
    sent = {"up": b"\x1b[A", "escape-sequence": b"\x1b[?64;1c"}
    data = b"".join(sent.get(key, key.encode()) for key in wanted)
    decoder = KeyDecoder()
    keys = [key for place in range(len(data)) for key in decoder.feed(data[place : place + 1])]
    assert keys == [key for key in wanted if key != "escape-sequence"]


def test_escape_alone_is_known_only_when_nothing_follows():
    decoder = KeyDecoder()
    assert decoder.feed(b"\x1b") == []
    assert decoder.unfinished
    assert decoder.timeout() == ["escape"]
    assert not decoder.unfinished


def test_escape_twice_is_the_key_at_once():
    decoder = KeyDecoder()
    assert decoder.feed(b"\x1b\x1b") == ["escape"]
    assert decoder.timeout() == ["escape"]


@given(st.binary(max_size=300))
def test_no_bytes_can_stop_the_decoder(data):
    decoder = KeyDecoder()
    decoder.feed(data)
    decoder.timeout()
    assert decoder.feed(b"q") == ["q"]


@given(st.text(), st.integers(1, 9))
def test_what_is_pasted_is_one_text_and_no_keys_however_it_comes_in(text, piece):
    data = b"a\x1b[200~" + text.replace("\x1b", "").encode(errors="replace") + b"\x1b[201~b"
    decoder = KeyDecoder()
    keys = [key for at in range(0, len(data), piece) for key in decoder.feed(data[at : at + piece])]
    assert keys == ["a", text.replace("\x1b", "").encode(errors="replace").decode(), "b"]
    assert [isinstance(key, Pasted) for key in keys] == [False, True, False]


def test_a_paste_that_never_ends_takes_no_more_room_than_a_long_one():
    decoder = KeyDecoder()
    decoder.feed(b"\x1b[200~")
    for _ in range(40):
        assert decoder.feed(b"x" * 4096) == []
    (text,) = decoder.feed(b"\x1b[201~")
    assert len(text) == 1 << 16
    assert not decoder.unfinished


def test_a_paste_whose_end_is_missing_ends_after_a_while():
    decoder = KeyDecoder()
    assert decoder.feed(b"\x1b[200~abc\x1b[2") == []
    assert decoder.unfinished and decoder.pasting
    (text,) = decoder.timeout()
    assert text == "abc\x1b[2" and isinstance(text, Pasted)
    assert not decoder.unfinished
    assert decoder.feed(b"q") == ["q"]
