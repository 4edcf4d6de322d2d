"""``--show-capabilities``: what the terminal can show, and why that is believed."""

from __future__ import annotations


def print_capabilities() -> int:
    """Ask the terminal and the environment, print a line for each finding, and give the exit code."""
    from asciichat.terminal.capabilities import detect, explain

    print(explain(detect(ask=True)))
    return 0
