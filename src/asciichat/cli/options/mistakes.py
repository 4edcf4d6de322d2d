"""What is said of options and commands there are none of, where the nearest name is not what was meant."""

from __future__ import annotations

import re

from cyclopts import CycloptsError, UnknownCommandError, UnknownOptionError, UnusedCliTokensError

from asciichat.cli.commands import CONFIGURABLE

from .foreign import NO_DISCOVERY, why_not
from .registry import options_of

_DISCOVERY = ("discovery", "discovery-service")
_SESSION = re.compile(r"[a-z]+-[a-z]+-[a-z]+")
"""The names of calls that the native program's discovery service knows."""


def explanation(error: CycloptsError) -> str | None:
    """What is wrong in a sentence that helps; None: the error's own is good enough."""
    if isinstance(error, UnknownCommandError) and error.unused_tokens:
        word = error.unused_tokens[0]
        if word in _DISCOVERY or _SESSION.fullmatch(word):
            return f"{word} is no command: {NO_DISCOVERY}."
        return (why_not(word) or _elsewhere(word)) if word.startswith("-") else None
    if isinstance(error, UnknownOptionError):
        option = (error.token.keyword or error.token.value).partition("=")[0]
        return why_not(option) or _elsewhere(option)
    if isinstance(error, UnusedCliTokensError):
        words = ", ".join(error.unused_tokens or ())
        return f"There is nothing to be done with: {words}. A word with blanks in it is written in quotes."
    return None


def _elsewhere(option: str) -> str | None:
    """Whose option it is."""
    commands = [
        command
        for command in CONFIGURABLE
        if any(option in each.names for each in options_of(command) if each.names[0].startswith("--"))
    ]
    if not commands:
        return None
    *others, last = [f"asciichat {command}" for command in commands]
    return f"{option} is an option of {', '.join(others)}{' and ' if others else ''}{last}."
