"""``asciichat COMMAND --help``. That of cyclopts takes twice as long as everything else together, for it draws with rich."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Sequence
from itertools import takewhile
from typing import Final

from asciichat.cli.commands import COMMANDS, CONFIGURABLE

from .registry import Option, description_of, does_something, options_of

_NARROWEST: Final = 40
_WIDEST: Final = 100
"""Columns; longer lines are read badly."""
_FLAGS: Final = frozenset({"--help", "-h"})
_ENVIRONMENT: Final = """\
Every option can be given in the environment too, as ASCII_CHAT_LOG_LEVEL for --log-level, and in a configuration file: \
--config-create writes one."""


def help_page(program: str, command: str) -> str:
    """What a command can do, in lines as wide as the terminal.

    Parameters
    ----------
    program
        As it was called: ``asciichat``, ``asciichat-client``.
    command
        As in ``asciichat COMMAND``.
    """
    width = min(max(shutil.get_terminal_size().columns, _NARROWEST), _WIDEST)
    options = options_of(command)
    called = f"{program} {command}" if program == "asciichat" else program
    usage = [called, *(["[OPTIONS]"] if any(not option.is_argument for option in options) else [])]
    usage += [option.place for option in options if option.is_argument]
    paragraphs = [textwrap.fill(text, width) for text in description_of(command).split("\n\n")]
    parts = [f"Usage: {' '.join(usage)}", *paragraphs]
    for title in dict.fromkeys(option.title for option in options):
        entries = [(_names(option), _meaning(option)) for option in options if option.title == title]
        parts.append("\n".join([f"{title}:", *_table(entries, width)]))
    if command in CONFIGURABLE:
        parts.append(textwrap.fill(_ENVIRONMENT, width))
    return "\n\n".join(parts) + "\n"


def asks_for_help(program: str, tokens: Sequence[str]) -> str | None:
    """The command whose help is asked for, if one is."""
    if _FLAGS.isdisjoint(tokens):
        return None
    said = [*program.split("-")[1:], *(token for token in tokens if token not in _FLAGS)]
    words = takewhile(lambda word: not word.startswith("-"), said)
    command = next(words, "")
    if command in COMMANDS and not does_something(command):  # "key" is half a command
        command = f"{command} {next(words, '')}".strip()
    return command if command and does_something(command) else None


def _names(option: Option) -> str:
    names = " ".join(option.names)
    if option.is_argument:
        return f"{option.stands_for} {names}" if option.names[0].startswith("--") else option.stands_for
    return f"{names} {option.value}".rstrip()


def _meaning(option: Option) -> str:
    default = option.told_default
    return f"{option.meaning} [{default}]" if default else option.meaning


def _table(entries: list[tuple[str, str]], width: int) -> list[str]:
    """Two columns: names, and what they mean. A name of more than a third of the width has a line of its own."""
    left = min(max(len(names) for names, _ in entries), width // 3) + 4
    lines = []
    for names, meaning in entries:
        indent = f"  {names}"
        if len(indent) + 2 > left:
            lines.append(indent)
            indent = ""
        lines += textwrap.wrap(
            meaning,
            width,
            initial_indent=indent.ljust(left),
            subsequent_indent=" " * left,
            break_long_words=False,
            break_on_hyphens=False,
        )
    return lines
