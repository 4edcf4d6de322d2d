"""The keys of a file that is played."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Protocol

from asciichat.media.file import MediaFile

from .controls import Control

SEEK_SECONDS: Final = 30.0
VOLUME_STEP: Final = 0.1


class HasVolume(Protocol):
    """A loudspeaker."""

    volume: float


def file_controls(
    file: MediaFile | None,
    say: Callable[[str], None],
    *,
    space: bool = True,
    moved: Callable[[], None] = lambda: None,
) -> list[Control]:
    """Pause, and seek where there is another place to go to; none without a file.

    Parameters
    ----------
    file
        What is played.
    say
        Tells the person what was done.
    space
        The space bar pauses; else P does.
    moved
        Called when it is to go on from another place.
    """
    if file is None:
        return []

    def pause() -> None:
        if file.ended:
            say(f"It is over{'; the left arrow goes back' if file.seekable else ''}.")
            return
        say("Paused." if file.toggle_pause() else "Playing.")

    def seek(seconds: float) -> None:
        say(f"At {clock_time(file.seek_by(seconds))}.")
        moved()

    key, label = (" ", "space") if space else ("P", "P")
    controls = [Control((key,), label, "pause the file, or go on", pause)]
    if not file.seekable:
        return controls
    return [
        *controls,
        Control(("left",), "← →", "30 seconds back, forward", lambda: seek(-SEEK_SECONDS)),
        Control(("right",), "← →", "30 seconds back, forward", lambda: seek(SEEK_SECONDS)),
    ]


def volume_controls(speaker: HasVolume | None, say: Callable[[str], None]) -> list[Control]:
    """Louder and softer; none without a loudspeaker."""
    if speaker is None:
        return []

    def turn(by: float) -> None:
        speaker.volume = min(1.0, max(0.0, speaker.volume + by))
        say(f"Volume {speaker.volume:.0%}.")

    return [
        Control(("up",), "↑ ↓", "louder, softer", lambda: turn(VOLUME_STEP)),
        Control(("down",), "↑ ↓", "louder, softer", lambda: turn(-VOLUME_STEP)),
    ]


NOTHING_PLAYED: Final[Mapping[tuple[str, ...], str]] = {
    ("left", "right"): "Nothing is played that could be moved about in.",
    ("up", "down"): "There is no loudspeaker.",
}
"""What the keys of this file say where they have nothing to act upon."""


def clock_time(seconds: float) -> str:
    """``M:SS`` or ``H:MM:SS``."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
