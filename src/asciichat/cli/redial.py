"""Calling a server, and calling it again after a loss."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Final, TypedDict

from asciichat.client import Call, CallError
from asciichat.client.appearance import Color, Mode, Seating

log = logging.getLogger(__name__)

_PAUSE_AFTER_LOSS: Final = 1.0
_FIRST_DELAY: Final = 0.1
_DELAY_STEP: Final = 0.2
_LONGEST_DELAY: Final = 5.0
"""Seconds: the native client's."""


class View(TypedDict):
    """What a call is asked for: a screen of that size that looks so, and on which people sit so."""

    columns: int
    rows: int
    color: Color
    mode: Mode
    palette: str
    utf8: bool
    padding: bool
    rep: bool
    names: bool
    self_view: bool
    seating: Seating
    focus: int | None
    page: int


Dial = Callable[[View], Call]
"""Calls the server."""


def reconnect_delay(attempt: int) -> float:
    """Seconds to wait before the attempt of this number, from 1."""
    return min(_LONGEST_DELAY, _FIRST_DELAY + _DELAY_STEP * (attempt - 1))


def call_again(dial: Callable[[], Call], lost: CallError, attempts: int, say: Callable[[str], None]) -> Call:
    """Call until it succeeds, with longer and longer pauses. Ctrl-C ends it at any time.

    Parameters
    ----------
    dial
        Calls the server.
    lost
        Why the call before ended.
    attempts
        How often to try; -1: for ever.
    say
        Tells the person of every attempt.

    Raises
    ------
    CallError
        The last reason, when there is no more attempt or none would help.
    """
    attempt = 0
    while True:
        attempt += 1
        if not lost.retry or 0 <= attempts < attempt:
            raise lost
        message = f"Calling again ({attempt}): {lost}."
        log.warning("%s", message)
        say(message)
        time.sleep(reconnect_delay(attempt) + (_PAUSE_AFTER_LOSS if attempt == 1 else 0))
        try:
            return dial()
        except CallError as error:
            lost = error
