"""What is on the screen, as a source of pictures."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Final

import av
import av.error
from av.container import InputContainer

from .errors import MediaOpenError
from .live import LiveVideo
from .medium import reason

_RATE: Final = "15"
"""Pictures a second: enough to follow a pointer, at half the work of taking a whole screen thirty times."""


def open_screen(environ: Mapping[str, str] = os.environ) -> LiveVideo:
    """Show the screen: an X server's, or on macOS the main one.

    Parameters
    ----------
    environ
        Says which display there is.

    Raises
    ------
    MediaOpenError
        There is none, or it does not let itself be looked at.
    """
    mac = sys.platform == "darwin"
    if not mac and (environ.get("WAYLAND_DISPLAY") or environ.get("XDG_SESSION_TYPE") == "wayland"):
        raise MediaOpenError(
            "On Wayland no program may look at the screen by itself; --screen works in X11 sessions and on macOS."
        )
    display = environ.get("DISPLAY")
    if not mac and not display:
        raise MediaOpenError("There is no screen to show: DISPLAY is not set.")
    return LiveVideo(
        "the screen", lambda: _open_mac() if mac else _open_x11(str(display)), error=MediaOpenError
    )


def _open_x11(display: str) -> InputContainer:
    try:
        return av.open(display, format="x11grab", options={"framerate": _RATE, "draw_mouse": "1"})
    except ValueError:
        raise MediaOpenError("This FFmpeg cannot look at X11 screens.") from None
    except (av.error.FFmpegError, OSError) as error:
        raise MediaOpenError(f"The screen {display} cannot be shown: {reason(error)}.") from None


def _open_mac() -> InputContainer:
    try:
        return av.open(
            "Capture screen 0", format="avfoundation", options={"framerate": _RATE, "capture_cursor": "1"}
        )
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise MediaOpenError(
            f"The screen cannot be shown: {reason(error)}. Allow screen recording in System Settings."
        ) from None
