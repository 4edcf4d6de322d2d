"""``asciichat demo``: a call that needs no camera, no network and no settings."""

from __future__ import annotations

import sys

from asciichat.cli.options.config_create import create_config
from asciichat.cli.options.shared import (
    Audio,
    ConfigCreate,
    ConfigPath,
    PictureOptions,
    QuieterLogOptions,
    Snapshot,
)

from .exits import failures


def demo(
    *,
    snapshot: Snapshot = False,
    audio: Audio = True,
    picture: PictureOptions = PictureOptions(),  # noqa: B008 - frozen
    log: QuieterLogOptions = QuieterLogOptions(),  # noqa: B008 - frozen
    config: ConfigPath = None,  # noqa: ARG001 - read by config_file, before the command runs
    config_create: ConfigCreate = None,
) -> int:
    """Watch a call of three on this computer; nothing is needed.

    A server on a port of its own, three drawn people with recorded voices, and you. Into a pipe, one picture
    is printed.

    Parameters
    ----------
    snapshot
        Print one picture and leave.
    audio
        Play the voices.
    config
        The configuration file to read instead of your own; /dev/null: none.
    config_create
        Write a configuration file in which every option stands as a comment, your own or the one named here, and leave.
    """
    if config_create is not None:
        return create_config(config_create)
    from .display import CANNOT_DRAW, cannot_draw, choose_display
    from .logs import set_up_logging
    from .party import watch

    once = snapshot or not sys.stdout.isatty()
    display = choose_display(picture, snapshot=once)
    if not once and cannot_draw(display):
        print(f"{CANNOT_DRAW}: one picture is printed.", file=sys.stderr)
        once, display = True, choose_display(picture, snapshot=True)
    set_up_logging(log, console=not display.interactive)
    with failures():
        return watch(display, fps=picture.fps, audio=audio, once=once)
