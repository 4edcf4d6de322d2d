"""What is believed about a terminal, and why."""

from __future__ import annotations

import os

import pytest

from asciichat.terminal.capabilities import (
    detect,
    explain,
    find_color,
    find_interactive,
    find_repeats,
    find_size,
    find_utf8,
)
from asciichat.terminal.query import Answers


@pytest.mark.parametrize(
    ("environ", "level"),
    [
        ({"TERM": "xterm"}, "16"),
        ({"TERM": "linux"}, "16"),
        ({"TERM": "screen"}, "16"),
        ({"TERM": "vt100"}, "16"),
        ({"TERM": "xterm-color"}, "16"),
        ({"TERM": "xterm-256color"}, "256"),
        ({"TERM": "screen-256color"}, "256"),
        ({"TERM": "tmux-256color"}, "256"),
        ({"TERM": "xterm-kitty"}, "truecolor"),
        ({"TERM": "xterm-direct"}, "truecolor"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "truecolor"),
        ({"TERM": "xterm-256color", "COLORTERM": "24bit"}, "truecolor"),
        ({"TERM": "xterm-256color", "COLORTERM": "yes"}, "256"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, "truecolor"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, "256"),
        ({"TERM": "dumb", "COLORTERM": "truecolor"}, "none"),
        ({"TERM": "wy50"}, "none"),
        ({"TERM": ""}, "none"),
        ({}, "none"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}, "none"),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, "256"),
        ({"TERM": "dumb", "FORCE_COLOR": "3"}, "truecolor"),
        ({"TERM": "xterm-256color", "FORCE_COLOR": "0"}, "none"),
        ({"NO_COLOR": "1", "FORCE_COLOR": "3"}, "none"),
    ],
)
def test_colours_are_found_from_the_environment(environ, level):
    assert find_color(environ, tty=True).value == level


def test_without_a_terminal_there_is_no_colour_unless_it_is_forced():
    environ = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    assert find_color(environ, tty=False).value == "none"
    assert find_color({**environ, "FORCE_COLOR": "3"}, tty=False).value == "truecolor"


@pytest.mark.parametrize(
    ("environ", "utf8"),
    [
        ({"LANG": "en_US.UTF-8"}, True),
        ({"LANG": "de_DE.utf8@euro"}, True),
        ({"LANG": "C.UTF-8"}, True),
        ({"LANG": "C"}, False),
        ({"LANG": "de_DE.ISO-8859-1"}, False),
        ({"LC_ALL": "C", "LANG": "en_US.UTF-8"}, False),
        ({"LC_CTYPE": "en_US.UTF-8", "LANG": "C"}, True),
        ({"LC_ALL": "", "LANG": "en_US.UTF-8"}, True),
        ({"LC_ALL": "C", "TERM": "xterm-kitty"}, False),
        ({"TERM": "xterm-kitty"}, True),
        ({"TERM": "xterm", "TERM_PROGRAM": "Apple_Terminal"}, True),
        ({"TERM": "linux"}, False),
        ({}, False),
    ],
)
def test_utf8_is_found_from_the_locale_or_a_known_terminal(environ, utf8):
    assert find_utf8(environ).value is utf8


@pytest.mark.parametrize(
    ("environ", "program", "repeats"),
    [
        ({"TERM": "xterm-256color"}, "kitty(0.35.2)", True),
        ({"TERM": "xterm-256color"}, "WezTerm 20240203-110809-5046fc22", True),
        ({"TERM": "xterm-256color"}, "VTE(7600)", True),
        ({"TERM": "xterm-256color"}, "xterm.js(5.6.0)", True),
        ({"TERM": "xterm-256color"}, "iTerm2 3.5.0", True),
        ({"TERM": "xterm-256color"}, "XTerm(388)", False),
        ({"TERM": "xterm-kitty"}, "tmux 3.4", False),
        ({"TERM": "xterm-kitty"}, "", False),
        ({"TERM": "xterm-kitty"}, None, True),
        ({"TERM": "alacritty"}, None, True),
        ({"TERM": "alacritty-direct"}, None, True),
        ({"TERM": "foot"}, None, True),
        ({"TERM": "xterm-256color"}, None, False),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, None, False),
        ({"TERM": "tmux-256color"}, None, False),
        ({"TERM": "screen.xterm-kitty"}, None, False),
        ({"TERM": "linux"}, None, False),
        ({}, None, False),
    ],
)
def test_characters_are_repeated_only_by_terminals_known_for_it(environ, program, repeats):
    assert find_repeats(environ, Answers(program=program)).value is repeats


@pytest.mark.parametrize(
    ("environ", "tty", "interactive"),
    [
        ({"TERM": "xterm"}, True, True),
        ({"TERM": "xterm"}, False, False),
        ({"TERM": "dumb"}, True, False),
        ({}, True, False),
    ],
)
def test_frames_are_drawn_over_each_other_only_where_that_works(environ, tty, interactive):
    assert find_interactive(environ, tty).value is interactive


def test_the_size_is_asked_of_the_terminal_first(run_on_terminal):
    terminal = run_on_terminal(
        "from asciichat.terminal.capabilities import detect; print('size', detect().size, flush=True)",
        91,
        33,
        COLUMNS="20",
        LINES="10",
    )
    terminal.wait_for(b"(91, 33), reason='the terminal on descriptor 1'")
    assert terminal.wait() == 0


def test_with_all_streams_redirected_the_controlling_terminal_is_asked(run_on_terminal):
    terminal = run_on_terminal(
        """
        import os
        from asciichat.terminal.capabilities import find_size
        keep = os.dup(1)
        null = os.open("/dev/null", os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        os.write(keep, repr(find_size({})).encode())
        """,
        91,
        33,
    )
    terminal.wait_for(b"(91, 33), reason='the controlling terminal'")


@pytest.fixture
def no_terminal(monkeypatch):
    def fail(*_args):
        raise OSError

    monkeypatch.setattr(os, "get_terminal_size", fail)
    monkeypatch.setattr(os, "open", fail)


@pytest.mark.usefixtures("no_terminal")
@pytest.mark.parametrize(
    ("environ", "size"),
    [
        ({"COLUMNS": "132", "LINES": "50"}, (132, 50)),
        ({"COLUMNS": "132"}, (80, 24)),
        ({"COLUMNS": "132", "LINES": "many"}, (80, 24)),
        ({"COLUMNS": "0", "LINES": "50"}, (80, 24)),
        ({}, (80, 24)),
    ],
)
def test_without_a_terminal_the_environment_tells_the_size_if_it_has_both(environ, size):
    assert find_size(environ).value == size


def test_findings_are_explained_with_their_reasons():
    text = explain(detect({"TERM": "xterm", "LANG": "C.UTF-8", "NO_COLOR": "1"}))
    assert "NO_COLOR is set" in text
    assert "LANG is C.UTF-8" in text
    assert len(text.splitlines()) == 7
