"""Asking the terminal itself what it can do, which is surer than the environment: ssh and tmux change that."""

from __future__ import annotations

import os
import re
import select
import termios
import time
from dataclasses import dataclass
from typing import Final

PATIENCE: Final = 60.0 if os.environ.get("ASCIICHAT_TERMINAL_ANSWERS") == "1" else 0.2
"""Seconds a terminal has to answer. Over a slow line it is taken for silent, and the environment is believed; unless
``ASCIICHAT_TERMINAL_ANSWERS=1`` there says that it surely answers, if late. The tests run so: a machine may be busy."""

_SYNCHRONIZED: Final = b"\x1b[?2026$p"  # DECRQM: is mode 2026 known?
_UTF8: Final = b"\r\xc3\xa9\x1b[6n"  # one character in UTF-8, two otherwise: where is the cursor?
_TRUECOLOR: Final = b"\x1b[48;2;1;2;3m\x1bP$qm\x1b\\\x1b[0m"  # DECRQSS: is the colour still what was set?
_PROGRAM: Final = b"\x1b[>0q"  # XTVERSION: who are you?
_SAVE_CURSOR: Final = b"\x1b7"
_WIPE_LINE: Final = (
    b"\r\x1b[K\x1b8"  # of the character, and of questions that were printed instead of understood
)
_SENTINEL: Final = b"\x1b[c"  # DA1: every terminal answers this, and answers in order

_SENTINEL_ANSWER: Final = re.compile(rb"\x1b\[\?[\d;]*c")
_SYNCHRONIZED_ANSWER: Final = re.compile(rb"\x1b\[\?2026;(\d)\$y")
_CURSOR_ANSWER: Final = re.compile(rb"\x1b\[\d+;(\d+)R")
_COLOR_ANSWER: Final = re.compile(rb"\x1bP([01])\$r([\d;:]*)m?\x1b\\")
_PROGRAM_ANSWER: Final = re.compile(rb"\x1bP>\|([\x20-\x7e]*)\x1b\\")
_SAME_COLOR: Final = re.compile(rb"48[;:]2[;:]+1[;:]2[;:]3")


@dataclass(frozen=True, slots=True)
class Answers:
    """What a terminal said; None where it said nothing."""

    synchronized: bool | None = None
    """It can hold back an update until it is whole (mode 2026)."""
    utf8: bool | None = None
    truecolor: bool | None = None
    program: str | None = None
    """Its name and version, such as ``kitty(0.35.2)``."""


def ask_terminal(descriptor: int, patience: float = PATIENCE) -> Answers:
    """Ask and wait for the answers, or for as long as they may take.

    What was typed meanwhile is lost.

    Parameters
    ----------
    descriptor
        A terminal, open for reading and writing.
    patience
        Seconds.
    """
    try:
        if os.tcgetpgrp(descriptor) != os.getpgrp():
            return Answers()  # in the background: the answers would go to somebody else
        before = termios.tcgetattr(descriptor)
    except (OSError, termios.error):
        return Answers()
    quiet = [*before[:6], list(before[6])]
    quiet[3] &= ~(termios.ICANON | termios.ECHO)
    quiet[6][termios.VMIN], quiet[6][termios.VTIME] = 1, 0
    try:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, quiet)
        questions = _SYNCHRONIZED + _UTF8 + _TRUECOLOR + _PROGRAM
        os.write(descriptor, _SAVE_CURSOR + questions + _WIPE_LINE + _SENTINEL)
        return parse_answers(_listen(descriptor, patience))
    except (OSError, termios.error):
        return Answers()
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


def parse_answers(data: bytes) -> Answers:
    """What the bytes that came say."""
    known = _SYNCHRONIZED_ANSWER.search(data)
    cursor = _CURSOR_ANSWER.search(data)
    color = _COLOR_ANSWER.search(data)
    program = _PROGRAM_ANSWER.search(data)
    return Answers(
        # 0: not known, 4: known and never on.
        synchronized=known[1] in (b"1", b"2", b"3") if known else None,
        utf8={b"2": True, b"3": False}.get(cursor[1]) if cursor else None,
        # A refusal says that the question was not understood, not that there are no colours.
        truecolor=bool(_SAME_COLOR.search(color[2])) if color and color[1] == b"1" else None,
        program=program[1].decode("ascii") if program else None,
    )


def _listen(descriptor: int, patience: float) -> bytes:
    end = time.monotonic() + patience
    data = b""
    while not _SENTINEL_ANSWER.search(data) and (left := end - time.monotonic()) > 0:
        ready, _, _ = select.select([descriptor], [], [], left)
        if ready:
            more = os.read(descriptor, 4096)
            if not more:
                break
            data += more
    return data
