"""The keys that change what the others see and hear of us."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal, TypeAlias

from asciichat.cli.uplink import Uplink

from .controls import Control, absent

_TALK_FOR: Final = 0.7
"""Seconds the key to talk holds on: keyboards begin to repeat a held key after up to 0.66."""

SpaceBar: TypeAlias = Literal["talk", "pause", "file"]
"""What it does: it is held to be heard; it stops and resumes what we send; it is for the file that is played."""


def sending_controls(uplink: Uplink, say: Callable[[str], None], *, space: SpaceBar) -> list[Control]:
    """Mute, camera off, and what the space bar does.

    Parameters
    ----------
    uplink
        What is sent.
    say
        Tells the person what was done.
    space
        What the space bar is for.
    """
    before_pause: list[tuple[bool, bool]] = []

    def mute() -> None:
        uplink.muted = not uplink.muted
        say("Nobody hears you." if uplink.muted else "You are heard.")

    def talk() -> None:
        """A terminal tells of keys held by repeating them, and never of their release."""
        uplink.talk_for(_TALK_FOR)

    def turn_camera() -> None:
        uplink.camera_off = not uplink.camera_off
        say("Nobody sees you." if uplink.camera_off else "You are seen.")

    def pause() -> None:
        if before_pause:
            uplink.muted, uplink.camera_off = before_pause.pop()
            say("Going on.")
        else:
            before_pause.append((uplink.muted, uplink.camera_off))
            uplink.muted = uplink.camera_off = True
            say("Paused: nobody sees or hears you.")

    controls = absent(
        {
            ("m",): "You send no sound.",
            ("v",): "You send no picture.",
            (" ",): "You send no sound." if space == "talk" else "You send neither picture nor sound.",
        },
        say,
    )
    if uplink.has_sound:
        controls.append(Control(("m",), "m", "mute your microphone", mute))
    if uplink.has_pictures:
        controls.append(Control(("v",), "v", "turn your camera off", turn_camera))
    if space == "talk" and uplink.has_sound:
        controls.append(Control((" ",), "space", "hold to be heard", talk))
    elif space == "pause" and (uplink.has_pictures or uplink.has_sound):
        controls.append(Control((" ",), "space", "pause: neither seen nor heard", pause))
    return controls
