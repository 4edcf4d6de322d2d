"""The options of a command, as help, the manual and the example of a configuration file tell of them."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
    def place(self) -> str:
        """What stands for an argument in a usage line."""
        return self.names[0].removeprefix("--").upper()


@cache
def options_of(command: str) -> tuple[Option, ...]:
    """All options and arguments of a command, in the order in which it names them."""
    from .app import build

    arguments = build(f"asciichat-{command}").assemble_argument_collection(parse_docstring=True)
    # Those that hold others, a class of options, have the name "*".
    return tuple(_option(argument) for argument in arguments if argument.names[0] != "*")


def _option(argument: Argument) -> Option:
    parameter = argument.parameter
    groups: Any = parameter.group  # cyclopts has made a tuple of it
    title = groups[0].name
    default: Any = argument.field_info.default
    choices = tuple(argument.get_choices() or ())
    return Option(
        names=tuple(argument.names),
        title="General" if title in ("Parameters", "Arguments") else title,
        help=" ".join((parameter.help or "").split()),
        value=_value(argument, choices),
        choices=choices,
        range=_range(argument),
        default=None if default is inspect.Parameter.empty else default,
        tells_default=parameter.show_default is not False,
        is_argument=argument.index is not None,
    )


def _value(argument: Argument, choices: tuple[str, ...]) -> str:
    if argument.parameter.count or argument.token_count()[0] == 0:
        return ""
    if choices:
        return "CHOICE"
    hint: Any = argument.resolved_hint
    return "TEXT" if hint is str else str(hint.__name__).upper()


def _range(argument: Argument) -> str:
    checks: Any = argument.parameter.validator  # cyclopts has made a tuple of it
    for check in checks:
        if getattr(check, "gte", None) is not None:
            return f"{check.gte} to {check.lte}"
        if getattr(check, "gt", None) is not None:
            return f"more than {check.gt}, {check.lte} at most"
    return ""
