"""Text from strangers, made harmless for a terminal."""

from __future__ import annotations

import re
from typing import Final

# What a frame may hold beside characters: SGR (colours), REP (repeat the character before, along no more than a row), and
# newlines.
_HARMFUL: Final = re.compile(r"\x1b(?!\[(?:[0-9;:]*m|[0-9]{0,4}b))|[\x00-\x09\x0b-\x1a\x1c-\x1f\x7f-\x9f]")


def harmless_frame(text: str) -> str:
    """A frame without anything that moves the cursor, changes modes, asks the terminal or rings.

    What a terminal is told to do by a server could otherwise be to type commands.
    """
    return _HARMFUL.sub("", text) if _HARMFUL.search(text) else text


def harmless_line(text: str) -> str:
    """A message without control characters."""
    return "".join(character if character.isprintable() else " " for character in text)
