"""A source drawn into a file, without a terminal."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from asciichat.cli.display import choose_style
from asciichat.cli.exits import FILE, SIGNAL, USAGE, CommandError
from asciichat.cli.logs import set_up_logging
from asciichat.cli.options.shared import (
    DEFAULT_SNAPSHOT_DELAY,
    FontOptions,
    LogOptions,
    PictureOptions,
    RenderOptions,
    SoundOptions,
    SourceOptions,
    check_not_played,
    is_standard_output,
)
from asciichat.cli.origin import Origin, open_origin, parse_position
from asciichat.media.effects import Adjusted
from asciichat.media.errors import MediaOpenError
from asciichat.media.film_forms import has_sound
from asciichat.media.offline import ScheduledSound, SteppedClock, live_pictures, scheduled_pictures
from asciichat.media.source import AudioSource, Frame
from asciichat.video import Renderer, Style, fit
from asciichat.video.font import FontError

from .picture_files import MOVING, STILL, Paper, open_moving, write_still

DEFAULT_SIZE: Final = (80, 24)
STANDARD_OUTPUT: Final = Path("-")
_FOR_EYES: Final = (".cast", ".svg", ".txt")
"""Forms that are text: a terminal may show them."""
_MOST: Final = 1024
"""Columns or rows when only the other was given."""


def export(
    path: Path,
    options: RenderOptions,
    fonts: FontOptions,
    picture: PictureOptions,
    source: SourceOptions,
    log: LogOptions,
    *,
    snapshot: bool = False,
    delay: float | None = None,
    audio: bool = True,
    matrix: bool = False,
) -> int:
    """Draw a source into a file. Returns the exit code.

    Parameters
    ----------
    path
        The file; its ending says what it will be.
    snapshot
        One picture was asked for.
    delay
        Seconds from the beginning of the source to that picture.
    audio
        Take a played source's sound along, where the file can hold it.
    matrix
        Let it rain over the picture.

    Raises
    ------
    CommandError
        The options contradict each other, or a font is missing.
    asciichat.media.errors.MediaError
        The source or the file cannot be opened, read or written.
    """
    if path == STANDARD_OUTPUT:
        path = Path("-.txt" if snapshot or delay is not None else "-.cast")
    form = path.suffix.lower()
    _check(path, form, options, source, snapshot=snapshot, delay=delay)
    style = choose_style(picture, color="none" if form == ".txt" else "truecolor", rain=matrix)
    set_up_logging(log)
    clock = SteppedClock()
    sounds = audio and source.played is not None and has_sound(form)
    sound = SoundOptions(audio_source="media") if sounds else None
    origin = open_origin(source, sound=sound, camera_needed=True, clock=clock)
    try:
        if origin.video is None:
            raise MediaOpenError(f"{source.played} has no picture to show.")
        drawing = _Drawing(path, options, fonts, picture, source, style, origin.video)
        with _fonts():
            if form in STILL:
                return drawing.write_still(clock, delay)
            endless = origin.file.endless if origin.file is not None else source.test_pattern
            if endless and options.duration is None:
                raise CommandError(
                    "This source has no end: say with --duration how many seconds to render.", USAGE
                )
            heard = ScheduledSound(origin.audio, clock) if isinstance(origin.audio, AudioSource) else None
            seconds = _seconds(options, source, origin)
            return drawing.write_film(clock, seconds, heard, quiet=log.quiet)
    finally:
        origin.close()


class _Drawing:
    """A source, how it is drawn, and where to."""

    def __init__(
        self,
        path: Path,
        options: RenderOptions,
        fonts: FontOptions,
        picture: PictureOptions,
        source: SourceOptions,
        style: Style,
        video: Adjusted,
    ) -> None:
        self._path = path
        self._fps = picture.fps
        self._video = video
        self._limit = math.inf if options.duration is None else options.duration
        columns, rows = _size(picture, video)
        self._renderer = Renderer(columns, rows, style, stretch=True)
        title = source.file.name if source.file is not None else "asciichat"
        self._paper = Paper.of(columns, rows, fonts, title)

    def write_still(self, clock: SteppedClock, delay: float | None) -> int:
        """Write the picture that is shown after so many seconds."""
        if self._video.live:
            wait = DEFAULT_SNAPSHOT_DELAY if delay is None else delay
            try:
                frame = next((frame for at, frame in live_pictures(self._video, fps=144) if at >= wait), None)
            except KeyboardInterrupt:
                return SIGNAL
        else:
            frame = next((frame for _, frame in scheduled_pictures(self._video, clock, fps=144)), None)
            if delay:
                clock.now += delay
                later = self._video.read(clock.now)
                frame = frame if later is None else later
        if frame is None:
            raise MediaOpenError("The source gave no picture.")
        write_still(self._path, self._paper, self._renderer.render(frame, now=0.0))
        return 0

    def write_film(
        self, clock: SteppedClock, seconds: float | None, sound: ScheduledSound | None, *, quiet: bool
    ) -> int:
        """Write all pictures and their sound; `seconds` is how long that will be, if it is known."""
        interrupted = False
        count, at = 0, 0.0
        with _progress(self._path, seconds, quiet=quiet) as tell:
            file = open_moving(self._path, self._paper, sound=sound is not None)

            def hear(until: float) -> None:
                for samples in () if sound is None else sound.until(until):
                    file.add_sound(samples)

            try:
                for at, frame in self._pictures(clock):
                    hear(at)
                    file.add(self._renderer.render(frame, now=at), at)
                    count += 1
                    tell(at, count)
            except KeyboardInterrupt:
                interrupted = True
            finally:
                # What was drawn is kept, also of a source that breaks off.
                end = at if interrupted else max(at, clock.now) if seconds is None else seconds
                try:
                    hear(end)
                finally:
                    file.close(end)
        if count == 0:
            raise MediaOpenError("The source gave no picture.")
        if interrupted and not self._video.live:
            raise CommandError(f"Interrupted: {self._path} holds the first {at:.1f} s.", SIGNAL)
        return 0

    def _pictures(self, clock: SteppedClock) -> Iterator[tuple[float, Frame]]:
        if self._video.live:
            return live_pictures(self._video, fps=self._fps, seconds=self._limit)
        return scheduled_pictures(self._video, clock, fps=self._fps, seconds=self._limit)


def _check(
    path: Path,
    form: str,
    options: RenderOptions,
    source: SourceOptions,
    *,
    snapshot: bool,
    delay: float | None,
) -> None:
    if form not in MOVING + STILL:
        forms = ", ".join(MOVING + STILL)
        raise CommandError(f"{path}: what it will be is said by its ending, one of {forms}.", USAGE)
    if form in MOVING and (snapshot or delay is not None):
        raise CommandError(
            f"--{'snapshot' if snapshot else 'snapshot-delay'} makes one picture, which a {form} is not: "
            f"choose {', '.join(STILL)}, or leave it out.",
            USAGE,
        )
    if form in STILL and options.duration is not None:
        raise CommandError(
            f"--duration is for films, and a {form} is one picture: --snapshot-delay says which.", USAGE
        )
    if is_standard_output(path) and form not in _FOR_EYES and sys.stdout.isatty():
        raise CommandError(f"A {form} is nothing for a terminal: send standard output elsewhere.", USAGE)
    check_not_played(path, source.file)
    if source.pause:
        raise CommandError("--pause and --render-file contradict each other.", USAGE)


def _size(picture: PictureOptions, video: Adjusted) -> tuple[int, int]:
    """Columns and rows: what was given, and what is left of it with the picture's shape."""
    if picture.width is None and picture.height is None:
        columns, rows = DEFAULT_SIZE
    else:
        columns, rows = picture.width or _MOST, picture.height or _MOST
    if picture.stretch:
        return (picture.width or DEFAULT_SIZE[0], picture.height or DEFAULT_SIZE[1])
    width, height = video.size
    return fit(columns, rows, width / height)


def _seconds(options: RenderOptions, source: SourceOptions, origin: Origin) -> float | None:
    """How long the film will be, if that is known."""
    if origin.file is None or origin.file.endless or origin.file.timeline.duration is None:
        return options.duration
    left = max(0.0, origin.file.timeline.duration - parse_position(source.seek))
    return left if options.duration is None else min(options.duration, left)


@contextmanager
def _progress(path: Path, seconds: float | None, *, quiet: bool) -> Iterator[Callable[[float, int], None]]:
    """A bar on standard error, if that is a terminal; told how many seconds and pictures are done."""
    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[count]} pictures, {task.completed:.1f} s"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=quiet or not sys.stderr.isatty(),
    )
    with bar:
        task = bar.add_task(path.name, total=seconds, count=0)

        def tell(done: float, count: int) -> None:
            bar.update(task, completed=done, count=count)

        yield tell
        if seconds is not None:
            bar.update(task, completed=seconds)


@contextmanager
def _fonts() -> Iterator[None]:
    try:
        yield
    except FontError as error:
        raise CommandError(str(error), FILE) from error
