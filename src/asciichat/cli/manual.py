"""``asciichat man``: the pages of the manual, made of what the commands say about themselves."""

from __future__ import annotations

import inspect
import sys
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from cyclopts.argument import Argument, ArgumentCollection

Page: TypeAlias = Literal["asciichat", "server", "client", "mirror", "demo"]

_FILES: Final = (
    ("$XDG_CONFIG_HOME/ascii-chat/config.toml", "Options that need not be typed every time."),
    ("$XDG_CONFIG_HOME/ascii-chat/known_hosts", "The servers that are known."),
)


def man(page: Page = "asciichat", /) -> int:
    """Print a page of the manual.

    To read it: asciichat man client | man -l -

    Parameters
    ----------
    page
        The program, or one of its commands.
    """
    sys.stdout.write(manual(page))
    return 0


def manual(page: Page) -> str:
    """A page of the manual in section 1, in the language of man(7)."""
    from asciichat import __version__

    from .commands import COMMANDS

    name = "asciichat" if page == "asciichat" else f"asciichat-{page}"
    summary = "Video chat in the terminal." if page == "asciichat" else COMMANDS[page].summary
    lines = [
        f'.TH "{name.upper()}" 1 "" "asciichat {__version__}" "asciichat"',
        ".SH NAME",
        rf"{_text(name)} \- {_text(summary.rstrip('.'))}",
        ".SH SYNOPSIS",
    ]
    lines += _program() if page == "asciichat" else _command(page)
    lines.append(".SH FILES")
    for path, meaning in _FILES:
        lines += [".TP", f".I {_text(path)}", _text(meaning)]
    return "\n".join(lines) + "\n"


def _program() -> list[str]:
    from .commands import COMMANDS

    lines = [".B asciichat", r".I command", "[options]", ".SH COMMANDS"]
    for name, command in COMMANDS.items():
        lines += [".TP", f".B asciichat {name}", _text(command.summary)]
    return lines


def _command(page: str) -> list[str]:
    from .app import build

    arguments = build(f"asciichat-{page}").assemble_argument_collection(parse_docstring=True)
    positional = [argument for argument in arguments if argument.index is not None]
    groups: dict[str, list[Argument]] = {}
    for argument in _options(arguments):
        for title in _titles(argument):
            groups.setdefault(title, []).append(argument)
    lines = [
        f".B asciichat {page}",
        f"[options] {' '.join(f'[{_place(each)}]' for each in positional)}".strip(),
    ]
    lines.append(".SH ARGUMENTS" if positional else "")
    for argument in positional:
        lines += [".TP", f".I {_place(argument)}", _text(argument.parameter.help or "")]
    lines += [
        ".SH OPTIONS",
        _text("Each may be given in the environment, as ASCII_CHAT_ with its name, and in config.toml."),
    ]
    for title, members in sorted(
        groups.items(), key=lambda group: group[0] not in ("Parameters", "Arguments")
    ):
        lines.append(f'.SS "{_text("General" if title in ("Parameters", "Arguments") else title)}"')
        for argument in members:
            lines += [".TP", rf"\fB{_text(', '.join(argument.names))}\fR", _meaning(argument)]
    return [line for line in lines if line]


def _options(arguments: ArgumentCollection) -> list[Argument]:
    return [
        argument for argument in arguments if argument.index is None and argument.names[0].startswith("--")
    ]


def _titles(argument: Argument) -> list[str]:
    groups: Any = argument.parameter.group  # cyclopts has made a tuple of it
    return [getattr(group, "name", None) or str(group) for group in groups]


def _place(argument: Argument) -> str:
    return argument.names[0].removeprefix("--").lower()


def _meaning(argument: Argument) -> str:
    words = [argument.parameter.help or ""]
    choices = argument.get_choices()
    if choices:
        words.append(f"One of {', '.join(choices)}.")
    default: Any = argument.field_info.default
    shown = argument.parameter.show_default is not False
    if shown and default is not None and default is not inspect.Parameter.empty:
        words.append(f"Default: {str(default).lower() if isinstance(default, bool) else default}.")
    return _text(" ".join(words))


def _text(words: str) -> str:
    """Words as roff reads them: nothing in them commands anything."""
    text = " ".join(words.split()).replace("\\", r"\e").replace("-", r"\-")
    return rf"\&{text}" if text.startswith((".", "'")) else text
