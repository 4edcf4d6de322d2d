"""Options from the environment, and names there that are nearly those of options."""

from __future__ import annotations

import difflib
import os
from typing import Final

from cyclopts import App
from cyclopts.argument import ArgumentCollection
from cyclopts.config import Env

from asciichat.cli.commands import CONFIGURABLE
from asciichat.cli.exits import USAGE, CommandError

from .foreign import why_not
from .registry import options_of

PREFIX: Final = "ASCII_CHAT_"
_NO_OPTIONS: Final = {"KEY_PASSWORD", "INSECURE_NO_HOST_IDENTITY_CHECK", "QUESTION_PROMPT_RESPONSE"}


class Environment:
    """Gives a command the options that stand in the environment.

    A name that is no option is passed over, for native programs read the same environment, unless it is nearly one: a
    server must not be open to everybody for a slip in ASCII_CHAT_PASSWORD.
    """

    def __init__(self) -> None:
        self._given = Env(PREFIX, command=False)

    def __call__(self, app: App, commands: tuple[str, ...], arguments: ArgumentCollection) -> None:
        """Called by cyclopts, with what was found on the command line.

        Raises
        ------
        CommandError
            A name is misspelt.
        """
        self._given(app, commands, arguments)
        names = {name.removeprefix(PREFIX) for name in os.environ if name.startswith(PREFIX)} - _NO_OPTIONS
        own = {_variable(name) for argument in arguments for name in argument.names}
        strange = sorted(
            name for name in names - own if why_not(f"--{name.lower().replace('_', '-')}") is None
        )
        if not strange:
            return
        known = {
            _variable(name)
            for command in CONFIGURABLE
            for option in options_of(command)
            for name in option.names
        }
        for name in strange:
            meant = difflib.get_close_matches(name, known, n=1, cutoff=0.85)
            if name not in known and meant:
                raise CommandError(
                    f"{PREFIX}{name} in the environment is no option. Did you mean {PREFIX}{meant[0]}?", USAGE
                )


def _variable(name: str) -> str:
    """What stands behind the prefix for an option: ``RENDER_MODE`` for ``--render-mode``."""
    return name.removeprefix("--").replace("-", "_").upper()
