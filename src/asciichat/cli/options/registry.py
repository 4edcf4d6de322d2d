"""The options of a command, as help, the manual and the example of a configuration file tell of them."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cyclopts import App
    from cyclopts.argument import Argument


@dataclass(frozen=True, slots=True)
class Option:
    """What a command can be told."""

    names: tuple[str, ...]
    """The long name, other names and short ones, and the name that says no; of an argument without a name, what it
    stands for."""
    title: str
    """The heading it stands under."""
    help: str
    """Sentences, on one line."""
    value: str
    """What is written behind its name: ``INT``, ``PATH``; nothing for a switch."""
    choices: tuple[str, ...]
    """What it can be, if not anything."""
    range: str
    """``1 to 65535``, or nothing."""
    default: object
    """What it is unless given; None: nothing."""
    tells_default: bool
    """Its default is worth telling: that of a switch is not."""
    is_argument: bool
    """It can stand without its name."""
    needed: bool
    """The command does nothing without it."""

    @property
    def key(self) -> str:
        """Its name in a configuration file and in the environment: ``render_mode``."""
        return self.names[0].removeprefix("--").replace("-", "_").lower()

    @property
    def meaning(self) -> str:
        """What it does, and what it can be, in sentences."""
        choices = f" One of {', '.join(self.choices)}." if self.choices else ""
        limits = f" {self.range[:1].upper()}{self.range[1:]}." if self.range else ""
        return f"{self.help}{choices}{limits}"

    @property
    def told_default(self) -> str:
        """Its default as a person writes it; nothing where there is none worth telling."""
        if not self.tells_default or self.default is None:
            return ""
        return str(self.default).lower() if isinstance(self.default, bool) else str(self.default)

    @property
    def place(self) -> str:
        """What stands for an argument in a usage line: ``SHELL``, ``[SERVER]``."""
        return self.stands_for if self.needed else f"[{self.stands_for}]"

    @property
    def stands_for(self) -> str:
        """What an argument is called."""
        return self.names[0].removeprefix("--").upper()


@cache
def options_of(command: str) -> tuple[Option, ...]:
    """All options and arguments of a command, in the order in which it names them.

    Parameters
    ----------
    command
        ``client``, ``key new``.
    """
    app = _find(command)
    arguments = app.assemble_argument_collection()
    holders = [
        argument for argument in arguments if argument.names[0] == "*"
    ]  # of others: a class of options
    texts = _texts(app.default_command)
    for holder in holders:
        texts |= _texts(holder.hint)
    return tuple(
        _option(argument, texts[argument.field_info.name])
        for argument in arguments
        if argument not in holders
    )


def does_something(command: str) -> bool:
    """Whether it is a command, and not only the first word of some."""
    try:
        return _find(command).default_command is not None
    except KeyError:
        return False


def description_of(command: str) -> str:
    """What a command does: a line, and paragraphs where there is more to be said."""
    return (
        inspect.cleandoc(_find(command).default_command.__doc__ or "").partition("Parameters\n---")[0].strip()
    )


@cache
def _find(command: str) -> App:
    from .tree import tree

    app = tree("asciichat")
    for word in command.split():
        app = app[word]
    return app


def _texts(told: object) -> dict[str, str]:
    """What a docstring says of each parameter, on one line.

    cyclopts would look for more: it reads the sources of classes for strings behind their attributes, which takes longer
    than all the rest.
    """
    texts: dict[str, str] = {}
    name = ""
    for line in inspect.cleandoc(told.__doc__ or "").partition("Parameters\n----------\n")[2].splitlines():
        if line.startswith(" "):
            texts[name] = f"{texts[name]} {line.strip()}".strip()
        elif line:
            name = line
            texts[name] = ""
    return texts


def _option(argument: Argument, text: str) -> Option:
    parameter = argument.parameter
    groups: Any = parameter.group  # cyclopts has made a tuple of it
    title = groups[0].name
    default: Any = argument.field_info.default
    choices = tuple(argument.get_choices() or ())
    return Option(
        names=tuple(argument.names),
        title="General" if title in ("Parameters", "Arguments") else title,
        help=text,
        value=_value(argument, choices),
        choices=choices,
        range=_range(argument),
        default=None if default is inspect.Parameter.empty else default,
        tells_default=parameter.show_default is not False,
        is_argument=argument.index is not None,
        needed=argument.required,
    )


def _value(argument: Argument, choices: tuple[str, ...]) -> str:
    hint: Any = argument.resolved_hint
    if argument.parameter.count or hint is bool:
        return ""
    if choices:
        return "CHOICE"
    return "TEXT" if hint is str else str(hint.__name__).upper()


def _range(argument: Argument) -> str:
    checks: Any = argument.parameter.validator  # cyclopts has made a tuple of it
    for check in checks:
        if getattr(check, "gte", None) is not None:
            return f"{check.gte} to {check.lte}"
        if getattr(check, "gt", None) is not None:
            return f"more than {check.gt}, {check.lte} at most"
    return ""
