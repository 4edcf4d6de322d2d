"""The commands, and running one of them."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any

from cyclopts import App, CycloptsError

from asciichat.cli.commands import COMMANDS
from asciichat.cli.options.config_file import ConfigFile, places
from asciichat.cli.options.environment import Environment
from asciichat.cli.options.help_page import asks_for_help, help_page
from asciichat.cli.options.tree import tree

_INTERRUPTED = 130
_invocation: ContextVar[tuple[str, tuple[str, ...]]] = ContextVar("invocation")
"""The program and the words of the command that runs."""
_TOLD_ABOUT_ALL = ("--help", "-h", "--version", "-v")
_LONGEST = 500  # characters of a line of complaint


def run(program: str, tokens: Sequence[str]) -> int:
    """Run a program's command and give its exit code."""
    if program == "asciichat":
        tokens = _command_first(tokens)
    _invocation.set((program, tuple(tokens)))
    try:
        command = asks_for_help(program, tokens)
        if command is not None:
            print(help_page(program, command), end="", flush=True)
            return 0
        code = build(program)(
            _with_values(tokens),
            exit_on_error=False,
            print_error=False,
            help_on_error=False,
            result_action="return_value",
        )
    except CycloptsError as error:
        from asciichat.cli.options.mistakes import explanation

        called = " ".join((program, *(error.command_chain or ())))
        sentence = explanation(error) or str(error)
        return _complain(f"{called}: {in_words(sentence)}\nTry: {called} --help", 2)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output had enough. What Python still holds must not complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except OSError as error:
        if error.errno != errno.EIO or error.filename is not None:
            raise
        return 128 + signal.SIGHUP  # the terminal is gone: there is nobody to tell
    except Exception as error:
        from asciichat.cli.exits import CommandError

        if not isinstance(error, CommandError):
            raise
        return _complain(f"{program}: {in_words(error)}", error.code)
    return code if isinstance(code, int) else 0


def _command_first(tokens: Sequence[str]) -> Sequence[str]:
    """The words of a command line with the command before its options: as in the native program, they may stand before
    it."""
    if not tokens or not tokens[0].startswith("-") or tokens[0] in _TOLD_ABOUT_ALL:
        return tokens
    if tokens[0].startswith("--config-create"):
        return ("demo", *tokens)  # any command will do: the file holds the options of all
    from asciichat.cli.options.registry import options_of

    with_value = {name for option in options_of("demo") if option.value for name in option.names}
    place = 0
    while place < len(tokens) and tokens[place].startswith("-"):
        place += 2 if tokens[place] in with_value else 1
    if place >= len(tokens) or tokens[place] not in COMMANDS:
        return tokens
    return (tokens[place], *tokens[:place], *tokens[place + 1 :])


def _with_values(tokens: Sequence[str]) -> list[str]:
    """The words of a command line, with options that may have no value, or a strange one, joined to it: "--config-create",
    which is for the user's own file then, and "--file -" (a lone "-" is taken for an option else)."""
    joined: list[str] = []
    for token in tokens:
        last = joined[-1] if joined else ""
        if token == "-" and last in ("--file", "-f"):
            joined[-1] = "--file=-"
        elif last == "--config-create" and not token.startswith("-"):
            joined[-1] = f"--config-create={token}"
        else:
            joined.append(token)
    return [
        f"--config-create={places()[0]}" if token in ("--config-create", "--config-create=") else token
        for token in joined
    ]


def given_now() -> dict[str, Any]:
    """What the command that runs would be given if it was started now: command line and environment are what they were, the
    configuration file is read again.

    Raises
    ------
    CycloptsError, CommandError
        It would not start.
    """
    program, tokens = _invocation.get()
    _, bound, _ = build(program).parse_args(tokens, exit_on_error=False, print_error=False)
    bound.apply_defaults()
    return dict(bound.arguments)


def build(program: str) -> App:
    """The commands of a program, and where they get options from that are not on their command line."""
    app = tree(program)
    # The first that knows an option counts, after the command line.
    app.config = (Environment(), ConfigFile(program.partition("-")[2]))
    return app


def in_words(error: Exception | str) -> str:
    """What an error says, with nothing in it that steers the terminal: it may quote a file somebody else wrote."""
    from asciichat.protocol.text import printable

    return "\n".join(printable(line[:_LONGEST]) for line in str(error).split("\n")[:8])


def _complain(text: str, code: int) -> int:
    print(text, file=sys.stderr)
    return code
