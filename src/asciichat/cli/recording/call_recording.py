"""Recording what is shown, and what is heard, into a file, without holding up whoever shows it."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from asciichat._core.sample_ring import SampleReader
from asciichat.cli.exits import FILE, CommandError
from asciichat.cli.options.shared import FontOptions
from asciichat.media.errors import MediaError
from asciichat.media.film_forms import has_sound
from asciichat.media.source import Clock
from asciichat.media.tape import Tape
from asciichat.video.bitmap import CellPainter
from asciichat.video.cells import read_cells
from asciichat.video.font import FontError

from .film_process import open_recording
from .picture_files import Paper, PictureFile, Seen
from .sound_track import SoundTrack

log = logging.getLogger(__name__)

_WAITING: Final = 48
"""Pictures that may wait to be written: more than a second of most calls."""
_LOOK_EVERY: Final = 0.25
"""Seconds between looks at the sound: whoever plays it must not be made to tell of it."""
_STANDS_EVERY: Final = 1.0
"""Seconds after which a picture that stands is written again, so that players have one near every place."""
_FASTEST: Final = {".mp4": 30.0, ".webm": 30.0, ".gif": 20.0}
"""Pictures a second at most. An asciicast has them all: they build on each other."""
_NEARLY: Final = 0.8
"""A picture that comes after this much of its turn is not one too many."""


class _Shown(NamedTuple):
    text: str
    instant: float
    seen: Seen


@dataclass(frozen=True, slots=True)
class Recordings:
    """How recordings are made.

    Attributes
    ----------
    path
        The one that is made from the beginning; None: there is none.
    fonts
        How text becomes pictures.
    tape
        What is heard; None: nothing is.
    """

    path: Path | None = None
    fonts: FontOptions = field(default_factory=FontOptions)
    tape: Tape | None = None

    def begin(self, path: Path, columns: int, rows: int, failed: Callable[[str], None]) -> Recording:
        """A new one, of a screen of that size; the others are those of :class:`Recording`.

        Raises
        ------
        CommandError
            A font is missing.
        MediaWriteError
            The file cannot be written.
        """
        ending = path.suffix.lower()
        paper = Paper.of(columns, rows, self.fonts, "asciichat")
        if ending != ".cast":
            try:
                CellPainter(paper.cell_height, paper.font).paint(read_cells("A"))
            except FontError as error:
                raise CommandError(str(error), FILE) from None
        heard = self.tape.reader() if self.tape is not None and has_sound(ending) else None
        return Recording(path, paper, heard=heard, failed=failed)


class Recording:
    """A file into which a thread of its own writes what is shown, from the first picture on.

    :meth:`show` is for one thread at a time and never waits; :meth:`close` may be called from any thread.

    Parameters
    ----------
    path
        The file; its ending says what it will be.
    paper
        What pictures are drawn on. Those that are larger are scaled down.
    heard
        The sound that goes with them, for a file that can have it.
    failed
        Called, on the thread that writes, with a sentence if nothing more can be written.
    clock
        Seconds.

    Raises
    ------
    MediaWriteError
        The file cannot be written.
    """

    def __init__(
        self,
        path: Path,
        paper: Paper,
        *,
        heard: SampleReader | None = None,
        failed: Callable[[str], None] = log.warning,
        clock: Clock = time.monotonic,
    ) -> None:
        self.path = path
        self._file: PictureFile = open_recording(path, paper, sound=heard is not None)
        self._sound = None if heard is None else SoundTrack(heard)
        fastest = _FASTEST.get(path.suffix.lower())
        self._interval = 0.0 if fastest is None else 1 / fastest
        self._failed = failed
        self._clock = clock
        self._changed = threading.Condition()
        self._waiting: deque[_Shown] = deque()
        self._left_out = 0
        self._gap = False  # the next picture does not build on the last one that was taken
        self._end: float | None = None
        # The thread's own:
        self._begun: float | None = None
        self._last: _Shown | None = None
        self._written = 0.0
        self.failure: str | None = None
        """Why nothing more is written, or None."""
        # Not a daemon: also if the program ends in a hurry, the file is to be whole.
        self._thread = threading.Thread(target=self._run, name="recording")
        self._thread.start()

    def show(self, text: str, seen: Seen) -> None:
        """A picture is shown from now on: rows joined by newlines."""
        with self._changed:
            now = self._clock()  # here: times grow as pictures are taken
            if self.failure is not None:
                return
            if len(self._waiting) >= _WAITING:
                self._left_out += 1
                self._gap = True
                return
            if self._gap:
                self._gap, seen = False, seen._replace(changes=None)
            self._waiting.append(_Shown(text, now, seen))
            self._changed.notify()

    def close(self) -> str:
        """End the recording, whose file is whole then. Returns a sentence that says what became of it."""
        now = self._clock()
        with self._changed:
            if self._end is None:
                self._end = now
            self._changed.notify()
        self._thread.join()
        return self._sentence()

    def _sentence(self) -> str:
        if self.failure is not None:
            return self.failure
        if self._begun is None:
            return f"Nothing was shown: {self.path} was not recorded."
        sentence = f"Recorded in {self.path}: {self._seconds(self._end or 0.0):.1f} s."
        if self._left_out:
            sentence += f" {self._left_out} pictures were left out: writing them took too long."
        if self._sound is not None and self._sound.lost:
            sentence += f" {self._sound.lost:.1f} s of sound were lost."
        return sentence

    # --- the thread ------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            try:
                while self._turn():
                    pass
            finally:
                self._file.close(self._seconds(self._end or self._clock()))
            if self._begun is None and self.path.is_file():
                self.path.unlink()  # no player could make anything of it
        except Exception as error:
            # Whatever it is, the call goes on.
            if not isinstance(error, MediaError):
                log.exception("recording into %s", self.path)
            reason = (
                str(error) if isinstance(error, MediaError) else f"{self.path} cannot be written: {error}."
            )
            self.failure = f"The recording is not whole: {reason}"
            with self._changed:
                self._waiting.clear()
                self._end = self._end or self._clock()
            self._failed(self.failure)

    def _turn(self) -> bool:
        """Write what there is, when it is time. Returns whether there will be more."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._end is not None, _LOOK_EVERY)
            if self._last is not None:
                # Of pictures that come faster than they are wanted the newest is taken.
                left = self._last.instant + self._interval - self._clock()
                self._changed.wait_for(lambda: self._end is not None, max(0.0, left))
            shown = list(self._waiting)
            self._waiting.clear()
            ended = self._end is not None
        self._hear()
        for number, picture in enumerate(shown):
            early = self._last is not None and picture.instant < self._last.instant + _NEARLY * self._interval
            if not early or number == len(shown) - 1:
                self._write(picture)
                self._hear()
        self._stand()
        return not ended

    def _hear(self) -> None:
        if self._sound is not None and self._begun is not None:
            self._file.add_sound(self._sound.take(self._clock()))

    def _write(self, picture: _Shown) -> None:
        if self._begun is None:
            self._begun = picture.instant
            if self._sound is not None:
                self._file.add_sound(self._sound.begin(picture.instant, self._clock()))
        self._last = picture
        self._written = picture.instant
        self._file.add(picture.text, self._seconds(picture.instant), picture.seen)

    def _stand(self) -> None:
        """Write the picture again that has been shown for long."""
        with self._changed:
            if self._waiting or self._end is not None:
                return  # after it would come a picture whose time is before this one's, and be left out
            now = self._clock()
        if self._interval and self._last is not None and now >= self._written + _STANDS_EVERY:
            self._written = now
            self._file.add(self._last.text, self._seconds(now), self._last.seen)

    def _seconds(self, instant: float) -> float:
        if self._begun is None:
            return 0.0
        return instant - self._begun if self._sound is None else self._sound.place(instant)
