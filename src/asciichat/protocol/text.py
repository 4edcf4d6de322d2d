"""Text in packets."""

from __future__ import annotations

import unicodedata
from typing import Final

from asciichat.protocol.errors import ProtocolError
from asciichat.protocol.types import ErrorCode

MARKS_IN_A_ROW: Final = 3
"""Combining marks kept on one character of a line of text; no language's writing has more."""


def encode_text(what: str, text: str, limit: int) -> bytes:
    """Return `text` as UTF-8 without NUL, at most `limit` bytes; raise ProtocolError otherwise."""
    try:
        data = text.encode()
    except UnicodeEncodeError:
        raise ProtocolError(ErrorCode.PROTOCOL, f"{what} holds characters UTF-8 cannot carry") from None
    if len(data) > limit:
        raise ProtocolError(
            ErrorCode.PROTOCOL, f"{what} takes {len(data)} bytes, at most {limit} are allowed"
        )
    if 0 in data:
        raise ProtocolError(ErrorCode.PROTOCOL, f"{what} holds a NUL character")
    return data


def decode_text(data: bytes) -> str:
    """Return UTF-8 from outside as text, up to the first NUL.

    Broken sequences are left out, as native peers cut text at a byte limit, through characters.
    """
    return data.split(b"\0", 1)[0].decode(errors="ignore")


def printable(text: str) -> str:
    """Return `text` with everything that could steer a terminal replaced by "?"."""
    return "".join(char if char.isprintable() else "?" for char in text)


def one_line(text: str, limit: int) -> str:
    """Return `text` as a name to be shown: composed, without control characters, without what takes no cell of its own
    (marks, joiners), without blanks around it; cut to `limit` bytes in UTF-8."""
    kept = "".join(
        char
        for char in unicodedata.normalize("NFC", text)
        if char.isprintable() and unicodedata.category(char) not in ("Mn", "Me", "Cf")
    )
    return kept.strip().encode()[:limit].decode(errors="ignore").rstrip()


def line_of_text(text: str, limit: int) -> str:
    """Return `text` as one line of a conversation: composed, every run of blanks and line ends one blank, without control
    and formatting characters, without heaps of combining marks; cut to `limit` bytes in UTF-8."""
    kept: list[str] = []
    marks = MARKS_IN_A_ROW  # a mark at the beginning stands on nothing
    for char in " ".join(unicodedata.normalize("NFC", text).split()):
        category = unicodedata.category(char)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if char.isprintable() and category != "Cf" and marks <= MARKS_IN_A_ROW:
            kept.append(char)
    # What was left out may have stood between two blanks.
    cut = "".join(kept).encode()[:limit].decode(errors="ignore")
    return " ".join(cut.split())


def checked_line(text: str, limit: int = 512) -> str:
    """Return `text` as `line_of_text` makes it, but whole; raise ValueError if it then has none or over `limit` bytes,
    TypeError if it is no str."""
    if not isinstance(text, str):
        raise TypeError(f"a text is a str, not {text!r}")
    line = line_of_text(text, 12 * len(text))  # composed, it may be longer
    if not line:
        raise ValueError("a text of nothing that can be shown is not sent")
    if (length := len(line.encode())) > limit:
        raise ValueError(f"a text takes at most {limit} bytes in UTF-8, not {length}")
    return line
