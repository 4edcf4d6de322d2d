"""The command line. Nothing else knows about it.

A command's modules are imported when the command runs: ``--help`` and ``--version`` must be quick.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """The program ``asciichat``. Returns its exit code."""
    return _run("asciichat", arguments)


def client_main(arguments: Sequence[str] | None = None) -> int:
    """The program ``asciichat-client``: the same as ``asciichat client``."""
    return _run("asciichat-client", arguments)


def server_main(arguments: Sequence[str] | None = None) -> int:
    """The program ``asciichat-server``: the same as ``asciichat server``."""
    return _run("asciichat-server", arguments)


def _run(program: str, arguments: Sequence[str] | None) -> int:
    tokens = sys.argv[1:] if arguments is None else list(arguments)
    if tokens in (["--version"], ["-v"]):
        from asciichat import __version__

        print(f"asciichat {__version__}")
        return 0
    if program == "asciichat" and tokens in ([], ["--help"], ["-h"]):
        from asciichat.cli.commands import overview

        print(overview(), end="")
        return 0
    from asciichat.cli.app import run

    return run(program, tokens)
