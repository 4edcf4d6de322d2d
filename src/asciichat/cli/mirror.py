"""``asciichat mirror``: see what others would see, without a network."""

from __future__ import annotations

from .exits import USAGE, CommandError, failures
from .options import (
    DEFAULT_SNAPSHOT_DELAY,
    Audio,
    LogOptions,
    PictureOptions,
    RenderFile,
    Snapshot,
    SnapshotDelay,
    SoundOptions,
    SourceOptions,
    check_render_file,
)


def mirror(
    *,
    snapshot: Snapshot = False,
    snapshot_delay: SnapshotDelay = None,
    audio: Audio = True,
    render_file: RenderFile = None,
    source: SourceOptions = SourceOptions(),  # noqa: B008 - frozen
    picture: PictureOptions = PictureOptions(),  # noqa: B008 - frozen
    log: LogOptions = LogOptions(log_level="warn"),  # noqa: B008 - frozen
) -> int:
    """See yourself, or a film, without a network.

    Parameters
    ----------
    snapshot
        Print one picture and leave.
    snapshot_delay
        Seconds before the snapshot is taken (3); 0 takes the first picture.
    audio
        Play a file's sound.
    render_file
        Record into this file as an asciicast (.cast), which asciinema plays.
    """
    if snapshot_delay is not None and not snapshot:
        raise CommandError("--snapshot-delay needs --snapshot.", USAGE)
    check_render_file(render_file, snapshot=snapshot)
    from asciichat.media.errors import MediaOpenError

    from .display import choose_display
    from .logs import set_up_logging
    from .monitor import Mirror, monitor
    from .origin import open_origin

    display = choose_display(picture, snapshot=snapshot)
    set_up_logging(log, console=not display.interactive)
    with failures():
        wants_sound = audio and source.file is not None and not snapshot
        sound = SoundOptions(audio_source="media") if wants_sound else None
        origin = open_origin(source, sound=sound, camera_needed=True)
        try:
            if origin.video is None:
                raise MediaOpenError(f"{source.file} has no picture to show.")
            view = Mirror(display, origin.video, origin.file, fps=picture.fps, stretch=picture.stretch)
            if snapshot:
                return view.run_snapshot(DEFAULT_SNAPSHOT_DELAY if snapshot_delay is None else snapshot_delay)
            with monitor(origin) as speaker:
                return view.run(speaker=speaker, record_to=render_file)
        finally:
            origin.close()
