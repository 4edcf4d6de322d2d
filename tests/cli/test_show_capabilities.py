"""``--show-capabilities``: what was found out about the terminal, and why."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("command", ["client", "mirror"])
def test_into_a_pipe_it_says_why_nothing_is_drawn(run, command):
    result = run(command, "--show-capabilities", NO_COLOR="1")
    assert result.returncode == 0
    told = {line[:15].strip(): line[15:].split(maxsplit=1) for line in result.stdout.splitlines()}
    assert told["terminal"] == ["no", "standard output is not a terminal"]
    assert told["colours"] == ["none", "NO_COLOR is set"]
    assert told["UTF-8"] == ["yes", "LANG is C.UTF-8"]


def test_on_a_terminal_it_tells_what_the_terminal_answered_and_leaves_it_as_it_was(on_terminal):
    terminal = on_terminal("client", "--show-capabilities", columns=90, rows=30, TERM="xterm-256color")
    assert terminal.wait() == 0
    screen = terminal.screen()
    assert any(line.startswith("size           90 x 30") for line in screen)
    assert any(line.split() == ["colours", "256", "TERM", "is", "xterm-256color"] for line in screen)
    assert any(line.startswith("whole updates  yes         the terminal says so") for line in screen)
    assert terminal.is_as_before()


@pytest.mark.parametrize(
    ("environ", "utf8"),
    [
        ({"LANG": "C"}, ["no", "LANG is C"]),
        ({"LANG": ""}, ["no", "no locale is set"]),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, ["yes", "LC_CTYPE is C.UTF-8"]),
        ({"LC_ALL": "C"}, ["no", "LC_ALL is C"]),
    ],
)
def test_a_locale_that_python_made_up_says_nothing_about_the_terminal(run, environ, utf8):
    """In a locale without UTF-8, Python gives itself one that has it."""
    told = run("client", "--show-capabilities", TERM="vt100", **environ).stdout.splitlines()
    (line,) = (line for line in told if line.startswith("UTF-8"))
    assert line[15:].split(maxsplit=1) == utf8
