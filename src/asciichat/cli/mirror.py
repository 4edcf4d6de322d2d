"""``asciichat mirror``: see what others would see, without a network."""

from __future__ import annotations

import sys
from functools import partial

from asciichat.cli.options.config_create import create_config
from asciichat.cli.options.shared import (
    DEFAULT_SNAPSHOT_DELAY,
    Audio,
    ConfigCreate,
    ConfigPath,
    FontOptions,
    ListDevices,
    Matrix,
    PictureOptions,
    QuieterLogOptions,
    RenderOptions,
    ShowCapabilities,
    Snapshot,
    SnapshotDelay,
    SoundOptions,
    SourceOptions,
)

from .capabilities import print_capabilities
from .device_lists import print_webcams
from .exits import USAGE, CommandError, failures


def mirror(
    *,
    snapshot: Snapshot = False,
    snapshot_delay: SnapshotDelay = None,
    audio: Audio = True,
    matrix: Matrix = False,
    list_webcams: ListDevices = False,
    show_capabilities: ShowCapabilities = False,
    source: SourceOptions = SourceOptions(),  # noqa: B008 - frozen
    picture: PictureOptions = PictureOptions(),  # noqa: B008 - frozen
    render: RenderOptions = RenderOptions(),  # noqa: B008 - frozen
    fonts: FontOptions = FontOptions(),  # noqa: B008 - frozen
    log: QuieterLogOptions = QuieterLogOptions(),  # noqa: B008 - frozen
    config: ConfigPath = None,  # noqa: ARG001 - read by config_file, before the command runs
    config_create: ConfigCreate = None,
) -> int:
    """See yourself, or a film, without a network.

    Parameters
    ----------
    snapshot
        Print one picture and leave.
    snapshot_delay
        Seconds before the snapshot (3), or the one picture of --render-file, is taken; 0 takes the first.
    audio
        Play a file's sound, or put it into the film of --render-file.
    matrix
        Let it rain over the picture.
    list_webcams
        Print the cameras there are, and leave.
    show_capabilities
        Print what this terminal can show and how that was found out, and leave.
    config
        The configuration file to read instead of your own; /dev/null: none.
    config_create
        Write a configuration file in which every option stands as a comment, your own or the one named here, and leave.
    """
    if config_create is not None:
        return create_config(config_create)
    if show_capabilities:
        return print_capabilities()
    if list_webcams:
        return print_webcams()
    if render.render_file is not None:
        from asciichat.cli.recording.export import export

        with failures():
            return export(
                render.render_file,
                render,
                fonts,
                picture,
                source,
                log,
                snapshot=snapshot,
                delay=snapshot_delay,
                audio=audio,
                matrix=matrix,
            )
    if render.duration is not None:
        raise CommandError("--duration needs --render-file.", USAGE)
    if snapshot_delay is not None and not snapshot:
        raise CommandError("--snapshot-delay needs --snapshot.", USAGE)
    from asciichat.cli.screen.monitor import Mirror, monitor
    from asciichat.cli.screen.opening import open_on_screen
    from asciichat.media.errors import MediaOpenError

    from .display import CANNOT_DRAW, cannot_draw, choose_display
    from .logs import set_up_logging
    from .origin import open_origin

    display = choose_display(picture, snapshot=snapshot)
    if not snapshot and cannot_draw(display):
        print(f"{CANNOT_DRAW}: one picture is printed.", file=sys.stderr)
        snapshot, display = True, choose_display(picture, snapshot=True)
    set_up_logging(log, console=not display.interactive)
    with failures():
        wants_sound = audio and source.played is not None and not snapshot
        sound = SoundOptions(audio_source="media") if wants_sound else None
        opens = partial(open_origin, source, sound=sound, camera_needed=True)
        origin = opens() if source.test_pattern else open_on_screen("Opening what is shown…", display, opens)
        try:
            if origin.video is None:
                raise MediaOpenError(f"{source.played} has no picture to show.")
            view = Mirror(
                display,
                origin.video,
                origin.file,
                fps=picture.fps,
                stretch=picture.stretch,
                rain=matrix,
            )
            if snapshot:
                return view.run_snapshot(DEFAULT_SNAPSHOT_DELAY if snapshot_delay is None else snapshot_delay)
            with monitor(origin) as speaker:
                return view.run(speaker=speaker)
        finally:
            origin.close()
