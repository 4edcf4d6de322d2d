"""``--config-create``: a configuration file to begin with, in which everything is a comment."""

from __future__ import annotations

import contextlib
import json
import os
import textwrap
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Final

from asciichat.cli.commands import CONFIGURABLE
from asciichat.cli.exits import CONFIGURATION, CommandError

from .config_file import NOT_IN_FILES
from .registry import Option, options_of

_HEAD: Final = """\
# asciichat reads this file when it starts, so that options need not be typed every time.
#
# Take the # away in front of a line to have it count. It holds the default of the option, or an example where there is
# none. The environment goes before this file (ASCII_CHAT_FPS), the command line before both (--fps).
#
# What stands at the top or under a heading such as [picture] is for every command that has the option; what stands
# under the name of a command is for it alone, and goes before.
"""
_EXAMPLES: Final[dict[str, object]] = {
    "client_keys": "~/.config/ascii-chat/friends, github:USER",
    "duration": 10.0,
    "file": "~/Videos/film.mp4",
    "height": 24,
    "key": "~/.ssh/id_ed25519",
    "log_file": "~/asciichat.log",
    "metrics_port": 9100,
    "name": "Ada",
    "nice": 0,
    "palette_chars": " .:-=+*#%@",
    "port": 27224,
    "render_file": "call.cast",
    "render_font": "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf",
    "server": "calls.example.org",
    "server_key": "github:USER",
    "snapshot_delay": 3.0,
    "ticket_host": "calls.example.org",
    "url": "https://example.org/film.mp4",
    "webcam_index": 0,
    "width": 80,
}
"""What options without a default can look like."""
_SECRET: Final = {
    "password": "It is not written here for you: whoever reads this file, or a copy of it, would have it. If it shall stand "
    "here all the same, nobody else may be able to read the file (chmod 600)."
}
_WIDTH: Final = 110


def create_config(path: Path) -> int:
    """Write the file. Returns the exit code.

    Raises
    ------
    CommandError
        There is one already, or it cannot be written.
    """
    path = path.expanduser()
    try:
        _make_directories(path.parent)
        _write(path, example())
    except FileExistsError:
        raise CommandError(
            f"{path} is there already, and is not written over. Move it away, or name another: --config-create FILE",
            CONFIGURATION,
        ) from None
    except OSError as error:
        raise CommandError(
            f"The configuration {path} cannot be written: {(error.strerror or str(error)).lower()}.",
            CONFIGURATION,
        ) from None
    print(f"{path} holds every option there is, as a comment.")
    return 0


def example() -> str:
    """Every option of every command: its help, its range and its default, each in a comment."""
    options = {command: _for_files(command) for command in CONFIGURABLE}
    variants: dict[str, list[Option]] = {}
    for option in chain.from_iterable(options.values()):
        variants.setdefault(option.key, []).append(option)
    # What means the same to all who have it; what stands under no heading first, for a heading holds until the next.
    shared: dict[str, list[Option]] = {"General": []}
    for members in variants.values():
        if len(members) > 1 and len(set(members)) == 1:
            shared.setdefault(members[0].title, []).append(members[0])
    everywhere = set(chain.from_iterable(shared.values()))
    parts = [_HEAD, *_lines(shared.pop("General"))]
    for title, members in shared.items():
        parts += [f"[{title.lower()}]\n", *_lines(members)]
    for command, members in options.items():
        parts += [f"[{command}]\n", *_lines(option for option in members if option not in everywhere)]
    return "\n".join(parts)


def _for_files(command: str) -> list[Option]:
    named = (option for option in options_of(command) if option.names[0].startswith("--"))
    return [option for option in named if option.key not in NOT_IN_FILES]


def _lines(options: Iterable[Option]) -> Iterator[str]:
    for option in options:
        if option.key in _SECRET:
            yield _comment(f"{option.key}: {option.meaning} {_SECRET[option.key]}")
        elif option.default is None:
            value = _toml(_EXAMPLES[option.key])
            yield _comment(f"{option.meaning} Not set; an example:") + f"#{option.key} = {value}\n"
        else:
            yield _comment(option.meaning) + f"#{option.key} = {_toml(option.default)}\n"


def _comment(words: str) -> str:
    lines = textwrap.wrap(words, _WIDTH, break_long_words=False, break_on_hyphens=False)
    return "".join(f"# {line}\n" for line in lines)


def _toml(value: object) -> str:
    return json.dumps(value)  # true, numbers and plain strings are written alike in both


def _make_directories(directory: Path) -> None:
    """Make a directory and those above it that are missing, for their owner alone."""
    if directory.is_dir():
        return
    _make_directories(directory.parent)
    with contextlib.suppress(FileExistsError):  # somebody else was quicker
        directory.mkdir(0o700)


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError:
        path.unlink()  # half a file would be in the way the next time
        raise
