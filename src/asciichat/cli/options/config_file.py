"""The configuration file: options that need not be typed every time."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Final

from cyclopts import App, Token
from cyclopts.argument import ArgumentCollection
from cyclopts.config import Dict

from asciichat.cli.commands import CONFIGURABLE
from asciichat.cli.exits import CONFIGURATION, CommandError

from .foreign import why_not

_LARGEST: Final = 256 * 1024  # bytes; all options with a comment each take a twentieth


class ConfigFile:
    """Gives a command the options in ``config.toml`` that it was not given otherwise.

    What stands at the top of the file, or under a heading such as ``[picture]``, is for every command that has the
    option; what stands under a command's name is for it alone and goes before.

    Parameters
    ----------
    only
        The command of a program that has but one; empty for ``asciichat``.
    """

    def __init__(self, only: str) -> None:
        self._only = only

    def __call__(self, app: App, commands: tuple[str, ...], arguments: ArgumentCollection) -> None:
        """Called by cyclopts, with what was found on the command line and in the environment.

        Raises
        ------
        CommandError
            The file cannot be read, or something in it means nothing.
        """
        command = self._only or next(iter(commands), "")
        if command not in CONFIGURABLE or _tokens(arguments, "--config-create"):
            return
        path = _given(arguments) or _found()
        if path is None:
            return
        options = _at_home(_for_command(_read(path), path, command, arguments), arguments)
        nested: dict[str, Any] = options
        for name in reversed(commands):
            nested = {name: nested}
        Dict(nested, source=str(path))(app, commands, arguments)


def places() -> list[Path]:
    """Where a configuration file is looked for, the user's own first: where native clients do."""
    from platformdirs.unix import Unix

    return [
        *(path / "config.toml" for path in Unix("ascii-chat", multipath=True).iter_config_paths()),
        *(Path(base) / "ascii-chat" / "config.toml" for base in ("/usr/local/etc", "/etc")),
    ]


def _given(arguments: ArgumentCollection) -> Path | None:
    tokens = _tokens(arguments, "--config")
    return Path(tokens[-1].value).expanduser() if tokens else None


def _at_home(options: dict[str, Any], arguments: ArgumentCollection) -> dict[str, Any]:
    """Options in which "~" is the home directory, as a shell has it on a command line."""
    paths = {_plain(argument.name) for argument in arguments if argument.resolved_hint is Path}
    return {
        key: str(Path(value).expanduser()) if _plain(key) in paths and isinstance(value, str) else value
        for key, value in options.items()
    }


def _tokens(arguments: ArgumentCollection, name: str) -> list[Token]:
    return [token for argument in arguments if name in argument.names for token in argument.tokens]


def _found() -> Path | None:
    return next((path for path in places() if path.is_file()), None)


def _read(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise CommandError(
                f"The configuration {path} is larger than {_LARGEST} bytes; is it the right file?",
                CONFIGURATION,
            )
        return tomllib.loads(content.decode())
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise CommandError(f"The configuration {path} cannot be read: {reason}.", CONFIGURATION) from None
    except RecursionError:
        raise CommandError(
            f"The configuration {path} is no TOML: it is nested too deeply.", CONFIGURATION
        ) from None
    except ValueError as error:  # no TOML, or no UTF-8
        raise CommandError(f"The configuration {path} is no TOML: {error}.", CONFIGURATION) from None


def _for_command(
    content: dict[str, Any], path: Path, command: str, arguments: ArgumentCollection
) -> dict[str, Any]:
    """The options a command has of those in a file, by the names cyclopts knows.

    Raises
    ------
    CommandError
        A key is no option, neither of this command nor of another.
    """
    import difflib

    own = content.get(command)
    sections = {name: value for name, value in content.items() if isinstance(value, dict)}
    for name in sections.keys() - set(CONFIGURABLE):
        meant = difflib.get_close_matches(name, CONFIGURABLE, n=1, cutoff=0.7)
        if meant:
            raise CommandError(f"{path}: [{name}] is no command. Did you mean [{meant[0]}]?", CONFIGURATION)
    general = {name: value for name, value in content.items() if name not in sections}
    for name in sections.keys() - set(CONFIGURABLE):
        general |= sections[name]
    known = _names(arguments)
    options = {key: value for key, value in general.items() if _plain(key) in known}
    if len(options) < len(general):
        _refuse_unknown(general, known | _names_of_all(), path, "")
    if isinstance(own, dict):
        _refuse_unknown(own, known, path, f"[{command}] ")
        # In either spelling: flip_x and flip-x are the same option.
        own_names = {_plain(key) for key in own}
        options = {key: value for key, value in options.items() if _plain(key) not in own_names} | own
    return options


def _refuse_unknown(options: dict[str, Any], known: set[str], path: Path, where: str) -> None:
    import difflib

    for key in options:
        if _plain(key) not in known:
            foreign = why_not(f"--{_plain(key).replace('_', '-')}")
            meant = difflib.get_close_matches(_plain(key), sorted(known), n=1, cutoff=0.6)
            advice = foreign or (f"Did you mean {meant[0]}?" if meant else "")
            raise CommandError(f"{path}: there is no option {where}{key}. {advice}".rstrip(), CONFIGURATION)


NOT_IN_FILES: Final = {
    "config",
    "config_create",
    "list_microphones",
    "list_speakers",
    "list_webcams",
    "scan",
    "show_capabilities",
}
"""Options that ask for something else than a call, for the file itself, or for a person's choice every time."""


def _names(arguments: Iterable[Any]) -> set[str]:
    names = {_plain(name) for argument in arguments for name in argument.names if name.startswith("--")}
    return names - NOT_IN_FILES


@cache
def _names_of_all() -> frozenset[str]:
    from .tree import tree

    return frozenset(
        name
        for command in CONFIGURABLE
        for name in _names(tree(f"asciichat-{command}").assemble_argument_collection())
    )


def _plain(name: str) -> str:
    """An option's name as it stands in a file: ``render_mode`` for ``--render-mode``."""
    return name.removeprefix("--").replace("-", "_")
