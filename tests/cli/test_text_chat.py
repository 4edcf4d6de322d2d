"""Text chat: the line that is typed, what lies over the picture, and the real program in a real call."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asciichat import Text
from asciichat.cli.display import choose_display
from asciichat.cli.options.shared import PictureOptions
from asciichat.cli.screen.chat import SHOWN_FOR, Chat
from asciichat.cli.screen.editor import LineEditor
from asciichat.cli.screen.session import Session
from asciichat.cli.uplink import Uplink
from asciichat.terminal.keys import Pasted
from asciichat.terminal.width import cells, wrap

KEYS = ["left", "right", "home", "end", "backspace", "delete", "up", "down", "ctrl-w", "ctrl-u", "ctrl-k"]


def typed(*keys: str, limit: int = 512) -> LineEditor:
    editor = LineEditor(limit)
    for key in keys:
        editor.press(key)
    return editor


@pytest.mark.parametrize(
    ("keys", "text", "place"),
    [
        ("abc", "abc", 3),
        ([*"abc", "left", "X"], "abXc", 3),
        ([*"abc", "home", "X", "end", "Y"], "XabcY", 5),
        ([*"abc", "ctrl-a", "delete"], "bc", 0),
        ([*"abc", "backspace", "backspace"], "a", 1),
        ([*"one two ", "ctrl-w"], "one ", 4),
        ([*"one two", "left", "ctrl-u"], "o", 0),
        ([*"one two", "home", "right", "ctrl-k"], "o", 1),
        ([*"日本", "left", "é"], "日é本", 2),
        (["e", "\u0301", "x", "left", "left", "delete"], "x", 0),  # a letter goes with what stands on it
        (["backspace", "left", "delete", "right"], "", 0),
    ],
)
def test_a_line_is_edited_as_everywhere(keys, text, place):
    editor = typed(*keys)
    assert (editor.text, editor.place) == (text, place)


@given(
    st.lists(st.sampled_from([*KEYS, *string.ascii_letters, "日", "\u0301", " "])),
    st.integers(3, 40),
)
def test_the_cursor_is_always_in_the_line_and_on_the_screen(keys, columns):
    editor = typed(*keys, limit=60)
    assert 0 <= editor.place <= len(editor.text)
    assert len(editor.text.encode()) <= 60
    text, cursor = editor.view(columns)
    assert cells(text) < columns
    assert 0 <= cursor <= cells(text)
    assert text in editor.text


def test_lines_that_were_sent_come_back_and_what_was_being_typed_too():
    editor = typed(*"first")
    editor.take()
    for key in [*"second", "enter"]:
        editor.press(key)
    editor.take()
    for key in [*"third", "up", "up", "up"]:
        editor.press(key)
    assert editor.text == "first"
    editor.press("down")
    assert editor.text == "second"
    editor.press("down")
    assert editor.text == "third"


def test_a_line_takes_no_more_than_a_server_passes_on():
    editor = LineEditor(10)
    editor.insert("日本語日本語")
    assert editor.text == "日本語"  # nine bytes, and no half of a character
    editor.insert("xy")
    assert editor.text == "日本語x"


@given(st.text(alphabet=st.sampled_from("ab 日\u0301"), max_size=80), st.integers(2, 20))
def test_wrapped_rows_fit_and_lose_nothing_but_blanks(text, columns):
    rows = wrap(text, columns)
    assert all(cells(row) <= columns for row in rows)
    assert "".join(rows).replace(" ", "") == text.replace(" ", "")


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_what_is_written_lies_over_the_picture_for_some_seconds():
    clock = Clock()
    chat = Chat(lambda _: None, clock)
    assert chat.rows(80, 23, utf8=True) == []
    chat.heard("Ada", "good morning")
    clock.now += SHOWN_FOR / 2
    chat.heard("Bob\x1b[2J", "日本語")
    assert chat.rows(80, 23, utf8=True) == [" Ada: good morning ", " Bob [2J: 日本語   "]
    assert chat.rows(80, 23, utf8=False)[1].strip() == "Bob [2J: ???"
    clock.now += SHOWN_FOR / 2 + 1
    assert chat.rows(80, 23, utf8=True) == [" Bob [2J: 日本語 "]
    clock.now += SHOWN_FOR
    assert chat.rows(80, 23, utf8=True) == []


def test_a_long_line_does_not_push_the_others_off_the_picture():
    chat = Chat(lambda _: None)
    for name in ("Ada", "Bob", "Cy"):
        chat.heard(name, "hello")
    chat.heard("Eve", "x" * 512)
    rows = chat.rows(80, 23, utf8=True)
    assert [row[1:].split(":")[0] for row in rows[:4]] == ["Ada", "Bob", "Cy", "Eve"]
    assert len(rows) == 5
    assert rows[-1].endswith("x… ")
    assert chat.rows(80, 23, utf8=False)[-1].isascii()
    chat.open()
    assert "".join(chat.rows(80, 23, utf8=True)).count("x") == 512 + "Text chat".count("x")


def test_what_has_no_room_in_the_line_is_told_of():
    chat = Chat(lambda _: None)
    chat.open()
    chat.press(Pasted("x" * 515))
    assert "The line is full: 3 characters left out." in chat.footer(60)[0]
    chat.press("y")
    assert "The line is full." in chat.footer(100)[0]
    chat.press("backspace")
    assert "full" not in chat.footer(100)[0]


def test_everything_can_be_read_again_while_somebody_types():
    chat = Chat(lambda _: None)
    for number in range(40):
        chat.heard("Ada", f"line {number}")
    chat.open()
    rows = chat.rows(80, 23, utf8=True)
    assert "line 39" in rows[-2]
    assert "PgUp PgDn" in rows[0]
    chat.press("page-up")
    chat.heard("Ada", "a new one")
    up = chat.rows(80, 23, utf8=True)
    assert "line 34" in up[-2]  # what is being read stays where it is
    for _ in range(20):
        chat.press("page-up")
    assert "line 0" in chat.rows(80, 23, utf8=True)[1]
    for _ in range(20):
        chat.press("page-down")
    assert "a new one" in chat.rows(80, 23, utf8=True)[-2]


@given(st.lists(st.text(max_size=90), max_size=8), st.integers(1, 120), st.integers(1, 50), st.booleans())
def test_the_chat_fits_into_every_screen(lines, columns, rows, typing):
    chat = Chat(lambda _: None)
    for line in lines:
        chat.heard("Ada", line)
    if typing:
        chat.open()
    laid = chat.rows(columns, rows, utf8=True)
    assert len(laid) <= rows
    assert len({cells(row) for row in laid}) <= 1
    assert all(cells(row) <= columns for row in laid)
    footer, cursor = chat.footer(columns, "news" * 9 if typing else "")
    assert cells(footer) == columns
    assert 0 <= cursor < columns


def test_a_line_that_cannot_be_sent_stays_and_says_why():
    chat = Chat(lambda _: "Not sent: the call has broken off.")
    chat.open()
    for key in [*"hello", "enter"]:
        chat.press(key)
    assert "Not sent" in chat.footer(80)[0]
    assert "hello" in chat.footer(80)[0]
    chat.press("!")
    assert chat.footer(80)[0].strip() == "> hello!"


def test_what_happens_meanwhile_is_told_beside_the_line_where_there_is_room():
    chat = Chat(lambda _: None)
    chat.open()
    chat.press("x")
    assert chat.footer(50, "Calling again (1): the call broke off.")[0].endswith(
        " Calling again (1): the call broke off. "
    )
    assert chat.footer(30, "Calling again (1): the call broke off.")[0] == "> x  Calling again (1): the c "
    assert chat.footer(14, "Calling again (1): the call broke off.")[0] == "> x".ljust(14)


def test_pasted_lines_become_one():
    sent: list[str] = []
    chat = Chat(sent.append)
    chat.open()
    chat.press(Pasted("one\r\ntwo\tthree\x1b[2Jq\nenter"))
    chat.press("enter")
    assert sent == ["one two three[2Jq enter"]


def test_a_server_that_passes_no_text_on_is_told_of():
    class Native:
        talks, encrypted, verified = False, True, False

    said = []

    class Stage:
        def say(self, message, _seconds):
            said.append(message)

        def set_facts(self, *_facts):
            pass

    session = Session(lambda *_: None, choose_display(PictureOptions()), Uplink(None, None))
    session._call, session._stage = Native(), Stage()
    session._write()
    assert said == ["This server does not pass text on."]
    assert not session._chat.typing


@pytest.fixture
def ada(on_terminal, server, bob):
    """Ada, without a camera, in a call with Bob."""
    terminal = on_terminal("client", f"127.0.0.1:{server.port}", "--name", "Ada", "--no-audio", columns=90)
    terminal.wait_for(b"Bob")
    return terminal


def next_text(call) -> Text:
    while not isinstance(event := call.next_event(20), Text):
        assert event is not None, "no text came"
    return event


def test_a_line_is_typed_and_everybody_reads_it(ada, bob):
    ada.type(b"t")
    ada.wait_for_screen(lambda rows: "Enter sends" in rows[-1])
    ada.type("héllo 日本".encode())
    ada.wait_for_screen(lambda rows: rows[-1] == "> héllo 日本")
    assert "cursor" in ada.modes()
    assert ada.cursor() == (12, 23)
    ada.type(b"\r")
    assert next_text(bob).text == "héllo 日本"
    ada.wait_for_screen(lambda rows: any("You: héllo 日本" in row for row in rows))


def test_what_others_write_is_shown_over_the_picture(ada, bob):
    bob.send_text("good morning, Ada")
    ada.wait_for_screen(lambda rows: "Bob: good morning, Ada" in rows[-2] and "in the call" in rows[-1])


def test_keys_and_pastes_do_nothing_else_while_somebody_types(ada, bob):
    ada.type(b"t")
    ada.wait_for(b"Enter sends")
    ada.type(b"qmv?\x1b[200~q\nq\x1b[201~")
    ada.wait_for_screen(lambda rows: rows[-1] == "> qmv?q q")
    ada.type(b"\x1b")
    rows = ada.wait_for_screen(lambda rows: "in the call" in rows[-1])
    assert "camera off" not in rows[-1]
    assert "cursor" not in ada.modes()
    assert ada.process.poll() is None
    ada.type(b"\x1b[200~q\x1b[201~m")  # a paste is no command; the key after it is
    ada.wait_for(b"You send no sound.")
    ada.type(b"q")
    assert ada.wait() == 0
    assert ada.is_as_before()


def test_when_the_line_is_closed_the_picture_is_whole_again(ada, bob):
    def picture(rows: list[str]) -> list[str]:
        return rows[:-1]

    ada.wait_for_screen(lambda rows: sum(len(row) > 60 for row in rows) > 10)
    while ada._read(1.0):  # until nothing is drawn any more
        pass
    still = picture(ada.screen())
    ada.type(b"t")
    ada.wait_for_screen(lambda rows: any("Text chat" in row for row in rows))
    ada.type(b"\x1b")
    ada.wait_for_screen(lambda rows: picture(rows) == still)
