"""The configuration file: any bytes at all become options a command takes, or a refusal in words that does not steer the
terminal it is printed on."""

from __future__ import annotations

import tempfile
import zlib
from pathlib import Path

from cyclopts import CycloptsError

from asciichat.cli.app import build, in_words
from asciichat.cli.commands import CONFIGURABLE
from asciichat.cli.exits import CommandError

_FILE = Path(tempfile.mkdtemp()) / "config.toml"
_APPS = [build(f"asciichat-{command}") for command in CONFIGURABLE]


def target(data: bytes) -> None:
    """One input, for one of the commands; which one, the input says."""
    _FILE.write_bytes(data)
    app = _APPS[zlib.crc32(data) % len(_APPS)]
    try:
        app.parse_args(["--config", str(_FILE)], exit_on_error=False, print_error=False, help_on_error=False)
    except (CycloptsError, CommandError) as error:
        words = in_words(error)
        assert words.replace("\n", "").isprintable()
        assert len(words) < 1000, "nobody reads so much"
