"""Text in packets."""

from __future__ import annotations

import unicodedata
from typing import Final

from asciichat.protocol.errors import ProtocolError
from asciichat.protocol.types import ErrorCode

MARKS_IN_A_ROW: Final = 3
"""Combining marks kept on one character of a line of text; no language's writing has more."""

_FILLERS: Final = "\u115f\u1160\u3164\uffa0"
"""Hangul letters that stand for none, and look like blanks."""
_BLANK_CELL: Final = "\u2800"
"""A braille cell without dots."""
_AS_BLANKS: Final = str.maketrans(dict.fromkeys(_FILLERS, " "))
_NAME_AS_BLANKS: Final = str.maketrans(
    # The colons, and what looks like one.
    dict.fromkeys([*_FILLERS, _BLANK_CELL, *":\u02d0\u05c3\u2236\ua789\ufe13\ufe30\ufe55\uff1a"], " ")
)


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
        if char.isprintable() and unicodedata.category(char) != "Cf" and not _stands_on_another(char)
    )
    return kept.strip().encode()[:limit].decode(errors="ignore").rstrip()


def name_of_person(text: str, limit: int) -> str:
    """Return `text` as what somebody in a call is called: as `one_line` has it, without colons, which end a name before
    what was written, and with single blanks in place of whatever looks like some; "" where nothing can be seen."""
    return one_line(" ".join(one_line(text, 4 * len(text)).translate(_NAME_AS_BLANKS).split()), limit)


def likeness(name: str) -> str:
    """What two names have in common that look the same but for the size, width or font of their letters."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def _stands_on_another(char: str) -> bool:
    """Marks, and the later letters of Hangul syllables: where they did not compose they take no cell of their own."""
    return (
        unicodedata.category(char) in ("Mn", "Me")
        or "\u1160" <= char <= "\u11ff"
        or "\ud7b0" <= char <= "\ud7ff"
    )


def line_of_text(text: str, limit: int) -> str:
    """Return `text` as one line of a conversation: composed, every run of blanks and line ends one blank, without control
    and formatting characters, without heaps of combining marks; cut to `limit` bytes in UTF-8; "" where nothing in it can
    be seen."""
    kept: list[str] = []
    marks = MARKS_IN_A_ROW  # a mark at the beginning stands on nothing
    for char in " ".join(unicodedata.normalize("NFC", text.translate(_AS_BLANKS)).split()):
        marks = marks + 1 if _stands_on_another(char) else 0
        if char.isprintable() and unicodedata.category(char) != "Cf" and marks <= MARKS_IN_A_ROW:
            kept.append(char)
    # What was left out may have stood between two blanks.
    cut = " ".join("".join(kept).encode()[:limit].decode(errors="ignore").split())
    return cut if cut.strip(f" {_BLANK_CELL}") else ""


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
