"""What there is to choose from: cameras, microphones, loudspeakers."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Literal

from .exits import failures


def print_webcams() -> int:
    """Print the cameras with the numbers to choose them by. Returns the exit code."""
    from asciichat.media.webcam import list_webcams

    return _print(list_webcams(), "camera")


def print_sound_devices(direction: Literal["input", "output"]) -> int:
    """Print the microphones or the loudspeakers with the numbers to choose them by. Returns the exit code."""
    from asciichat.media.devices import list_audio_devices

    with failures():
        devices = list_audio_devices(direction)
    return _print(
        ((device.number, device.name) for device in devices),
        "microphone" if direction == "input" else "loudspeaker",
    )


def _print(devices: Iterable[tuple[int, str]], kind: str) -> int:
    lines = [f"{number:3}  {name}" for number, name in devices]
    for line in lines:
        print(line)
    if not lines:
        print(f"There is no {kind}.", file=sys.stderr)
    return 0
