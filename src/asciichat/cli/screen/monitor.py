"""A source on the screen, without a network."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from asciichat.cli.display import Display
from asciichat.cli.exits import SIGNAL
from asciichat.cli.origin import Origin, open_speaker
from asciichat.cli.uplink import pump
from asciichat.media.devices import Speaker
from asciichat.media.effects import Adjusted
from asciichat.media.errors import MediaOpenError
from asciichat.media.file import MediaFile
from asciichat.media.source import Frame
from asciichat.video import Renderer, Style

from .controls import Control, absent
from .look import Look
from .playing import NOTHING_PLAYED, clock_time, file_controls, volume_controls
from .stage import Stage


class Mirror:
    """A source on the screen.

    Parameters
    ----------
    display
        How to draw.
    video
        What to draw.
    file
        The file it comes from, if it is one.
    fps
        Pictures per second at most.
    stretch
        Fill the screen.
    rain
        Let it rain over the picture.
    """

    def __init__(
        self,
        display: Display,
        video: Adjusted,
        file: MediaFile | None = None,
        *,
        fps: int = 60,
        stretch: bool = False,
        rain: bool = False,
    ) -> None:
        self._display = display
        self._video = video
        self._file = file
        self._interval = 1 / fps
        self._stretch = stretch
        self._rain = rain
        self._size = (display.columns, display.rows)
        self._look = Look(display, video, changed=self._draw_again, say=self._say)
        self._renderer = self._make_renderer()
        self._drawing = threading.Lock()
        self._frame: Frame | None = None
        self._stage: Stage | None = None
        self._shown = 0

    def run(self, *, speaker: Speaker | None = None) -> int:
        """Draw until the source ends or the user leaves. Returns the exit code.

        Parameters
        ----------
        speaker
            What plays the sound meanwhile: the keys for its volume are there if it is.
        """
        controls = [
            *self._look.controls(),
            Control(("0",), "0", "matrix rain", self._toggle_rain),
            *absent(NOTHING_PLAYED, self._say),
            *file_controls(self._file, self._say),
            *volume_controls(speaker, self._say),
        ]
        stage = Stage(
            self._display,
            controls=controls,
            on_resize=self._resize,
            statistics=self._statistics,
        )
        self._begun = time.monotonic()
        try:
            with stage:
                self._stage = stage
                due = 0.0
                for frame in self._video:
                    now = time.monotonic()
                    # A picture that comes a little early is the next one's, not a surplus.
                    if now < due - 0.2 * self._interval:
                        continue
                    due = max(due + self._interval, now)
                    self._draw(frame)
        except KeyboardInterrupt:
            pass
        return 0

    def run_snapshot(self, delay: float) -> int:
        """Print the newest picture after `delay` seconds; with 0, the first. Returns the exit code."""
        newest: Frame | None = None
        end = time.monotonic() + delay
        try:
            for frame in self._video:
                newest = frame
                if time.monotonic() >= end:
                    break
        except KeyboardInterrupt:
            return SIGNAL
        if newest is None:
            raise MediaOpenError("The source gave no picture.")
        sys.stdout.write(f"{self._renderer.render(newest)}\n")
        sys.stdout.flush()
        return 0

    def _draw(self, frame: Frame, *, clear: bool = False) -> None:
        assert self._stage is not None
        with self._drawing:
            self._frame = frame
            self._shown += 1
            self._stage.show(self._renderer.render(frame), clear=clear)

    def _draw_again(self) -> None:
        """Size or looks have changed: the picture may be a paused one, and would not come again by itself."""
        with self._drawing:
            self._renderer = self._make_renderer()
            frame = self._frame
        if frame is not None:
            self._draw(frame, clear=True)

    def _resize(self, columns: int, rows: int) -> None:
        self._size = (columns, rows)
        self._draw_again()

    def _make_renderer(self) -> Renderer:
        look = self._look
        display = self._display
        style = Style.of(
            look.color, look.mode, look.palette, utf8=display.utf8, rep=display.repeats, rain=self._rain
        )
        return Renderer(*self._size, style, stretch=self._stretch, padding=display.interactive)

    def _toggle_rain(self) -> None:
        self._rain = not self._rain
        self._say("It rains." if self._rain else "The rain is over.")
        self._draw_again()

    def _say(self, message: str) -> None:
        if self._stage is not None:
            self._stage.say(message)

    def _statistics(self) -> list[str]:
        elapsed = max(1e-9, time.monotonic() - self._begun)
        width, height = self._video.size
        lines = [
            f"source     {width} x {height}",
            f"screen     {self._size[0]} x {self._size[1]}",
            f"look       {self._look.color}, {self._look.mode}, {self._look.palette}",
            f"pictures   {self._shown / elapsed:.1f} a second",
        ]
        if self._file is not None:
            position = self._file.timeline.place(time.monotonic()).offset
            duration = self._file.timeline.duration
            end = "" if duration is None else f" of {clock_time(duration)}"
            lines.append(f"position   {clock_time(position)}{end}")
        return lines


@contextmanager
def monitor(origin: Origin) -> Iterator[Speaker | None]:
    """Play a file's sound while the block runs, if there is something to play it."""
    speaker, notes = open_speaker() if origin.audio is not None else (None, ())
    for note in notes:
        print(note, file=sys.stderr)
    if origin.audio is None or speaker is None:
        yield None
        return
    stop = threading.Event()
    thread = threading.Thread(
        target=pump, args=(origin.audio, speaker.play, stop), name="monitor", daemon=True
    )
    thread.start()
    try:
        yield speaker
    finally:
        stop.set()
        thread.join()
        speaker.close()
