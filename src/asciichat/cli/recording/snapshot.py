"""One picture of a call, as text."""

from __future__ import annotations

import time
from typing import Final

from asciichat.cli.exits import TIMEOUT, CommandError
from asciichat.client import Call, Picture
from asciichat.terminal.text import harmless_frame

_FIRST_PICTURE_WITHIN: Final = 5.0
"""Seconds a snapshot waits for a picture beyond its delay."""


def safe_text(picture: Picture) -> str:
    """The picture's text, without what could command a terminal."""
    return picture.text if picture.checked else harmless_frame(picture.text)


def picture_after(delay: float, call: Call) -> str:
    """The picture that stands after `delay` seconds, or the first one after them.

    Raises
    ------
    CommandError
        No picture came.
    """
    end = time.monotonic() + delay
    newest: str | None = None
    while True:
        left = end - time.monotonic()
        if newest is not None and left <= 0:
            return newest
        event = call.next_event(left if left > 0 else max(0.0, left + _FIRST_PICTURE_WITHIN))
        if isinstance(event, Picture):
            newest = safe_text(event)
        elif event is None and (call.ended or end + _FIRST_PICTURE_WITHIN <= time.monotonic()):
            if newest is not None:
                return newest
            waited = f"{delay + _FIRST_PICTURE_WITHIN:.0f} s"
            raise CommandError(f"No picture came within {waited}: nobody in the call shows one.", TIMEOUT)
