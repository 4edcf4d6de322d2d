"""Asking a terminal what it can do: ones that answer, ones that do not, and ones that answer otherwise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asciichat.terminal.capabilities import find_color, find_utf8
from asciichat.terminal.query import Answers, parse_answers

ASK = """
import os, termios, time
from asciichat.terminal.query import PATIENCE, ask_terminal
before = termios.tcgetattr(0)
begun = time.monotonic()
answers = ask_terminal(0)
took = time.monotonic() - begun
os.write(1, f"<{answers.synchronized} {answers.utf8} {answers.truecolor}>".encode())
os.write(1, f"<{answers.program}>".encode())
os.write(1, b"<quick>" if took < PATIENCE else b"<waited>")
os.write(1, b"<same>" if termios.tcgetattr(0) == before else b"<changed>")
"""

SENTINEL = (b"\x1b[c", b"\x1b[?62;22c")


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ([], b"<None None None><None><waited>"),
        ([SENTINEL], b"<None None None><None><quick>"),
        ([(b"\x1b[?2026$p", b"\x1b[?2026;2$y"), SENTINEL], b"<True None None><None><quick>"),
        ([(b"\x1b[?2026$p", b"\x1b[?2026;0$y"), SENTINEL], b"<False None None><None><quick>"),
        ([(b"\x1b[6n", b"\x1b[5;2R"), SENTINEL], b"<None True None><None><quick>"),
        ([(b"\x1b[6n", b"\x1b[5;3R"), SENTINEL], b"<None False None><None><quick>"),
        ([(b"\x1bP$qm\x1b\\", b"\x1bP1$r0;48:2::1:2:3m\x1b\\"), SENTINEL], b"<None None True><None><quick>"),
        ([(b"\x1bP$qm\x1b\\", b"\x1bP1$r0;48;2;1;2;3m\x1b\\"), SENTINEL], b"<None None True><None><quick>"),
        ([(b"\x1bP$qm\x1b\\", b"\x1bP1$r0;48;5;16m\x1b\\"), SENTINEL], b"<None None False><None><quick>"),
        ([(b"\x1b[>0q", b"\x1bP>|kitty(0.35.2)\x1b\\"), SENTINEL], b"<None None None><kitty(0.35.2)><quick>"),
        ([(b"\x1bP$qm\x1b\\", b"\x1bP0$r\x1b\\"), SENTINEL], b"<None None None><None><quick>"),
    ],
)
def test_what_a_terminal_answers_is_believed(run_on_terminal, answers, found):
    terminal = run_on_terminal(ASK, answers=answers)
    terminal.wait_for(found)
    terminal.wait_for(b"<same>")


def test_a_question_leaves_nothing_on_the_screen(run_on_terminal):
    terminal = run_on_terminal("print('above', flush=True)\n" + ASK, answers=[SENTINEL])
    terminal.wait_for(b"<same>")
    assert terminal.screen()[:2] == ["above", "<None None None><None><quick><same>"]


def test_without_a_terminal_nothing_is_asked(tmp_path):
    from asciichat.terminal.query import ask_terminal

    with (tmp_path / "file").open("w+") as file:
        assert ask_terminal(file.fileno()) == Answers()
        assert file.read() == ""


@given(st.binary(max_size=100))
def test_no_answer_can_do_harm(data):
    parse_answers(data)


def test_the_terminals_word_weighs_more_than_the_environments():
    environ = {"TERM": "xterm-256color", "LANG": "C"}
    assert find_color(environ, True, Answers(truecolor=True)).value == "truecolor"
    assert find_color(environ, True, Answers(truecolor=False)).value == "256"
    assert find_utf8(environ, Answers(utf8=True)).value
    assert not find_utf8({"LANG": "C.UTF-8"}, Answers(utf8=False)).value


@pytest.mark.parametrize(
    "environ", [{"NO_COLOR": "1", "TERM": "xterm"}, {"FORCE_COLOR": "0", "TERM": "xterm"}, {"TERM": "dumb"}]
)
def test_the_users_word_weighs_more_than_the_terminals(environ):
    assert find_color(environ, True, Answers(truecolor=True)).value == "none"
