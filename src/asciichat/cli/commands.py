"""The commands there are. Nothing is imported here: ``asciichat --help`` prints this and no more."""

from __future__ import annotations

from typing import Final, NamedTuple


class Command(NamedTuple):
    """A command of ``asciichat``."""

    place: str
    """Module and function."""
    summary: str


COMMANDS: Final = {
    "server": Command("asciichat.cli.server:server", "Hold a call that others join."),
    "client": Command("asciichat.cli.client:client", "Join a call."),
    "mirror": Command("asciichat.cli.mirror:mirror", "See yourself, or a film, without a network."),
    "key": Command("asciichat.cli.key:key", "Make the key you are known by, and show keys."),
    "demo": Command("asciichat.cli.demo:demo", "Watch a call of three on this computer; nothing is needed."),
    "completions": Command(
        "asciichat.cli.options.completions:completions", "Complete commands and options in your shell."
    ),
    "man": Command("asciichat.cli.options.manual:man", "Print a page of the manual."),
}

CONFIGURABLE: Final = ("server", "client", "mirror", "demo")
"""Commands that take options from the configuration file."""


def overview() -> str:
    """What ``asciichat --help`` says."""
    commands = "\n".join(f"  {name:<13}{command.summary}" for name, command in COMMANDS.items())
    return f"""Video chat in the terminal.

Usage: asciichat COMMAND [OPTIONS]

Commands:
{commands}

  asciichat COMMAND --help   says what a command can do.
  asciichat --config-create  writes a configuration file to begin with.
  asciichat --version        says which version this is.

Try this first:

  asciichat demo
"""
