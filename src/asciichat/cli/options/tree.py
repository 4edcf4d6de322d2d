"""The commands of a program, as cyclopts has them: a tree."""

from __future__ import annotations

from collections.abc import Callable

from cyclopts import App, Parameter

from asciichat import __version__
from asciichat.cli.commands import COMMANDS


def tree(program: str) -> App:
    """All commands of ``asciichat``, or the one of ``asciichat-NAME``; each is imported when it is asked about."""
    _, _, only = program.partition("-")
    app = App(
        name=program,
        help="Video chat in the terminal." if program == "asciichat" else None,
        help_flags=["--help", "-h"],
        version_flags=["--version", "-v"],
        version=f"asciichat {__version__}",
        help_format="plaintext",
        default_parameter=Parameter(show_env_var=False),
        help_epilogue="Every option can be given in the environment too: ASCII_CHAT_WIDTH for --width."
        if only
        else None,
    )
    if only:
        app.default(_load(only))
    else:
        for name, command in COMMANDS.items():
            app.command(command.place, name=name, help=command.summary)
    return app


def _load(name: str) -> Callable[..., int]:
    from importlib import import_module

    module, _, function = COMMANDS[name].place.partition(":")
    command: Callable[..., int] = getattr(import_module(module), function)
    return command
