"""The files a drawn picture, or a row of them, can be written into."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, Protocol

from asciichat.cli.options.shared import RECORDINGS, FontOptions, is_standard_output
from asciichat.media.canvas import put_onto
from asciichat.media.film import FilmWriter, unwritable
from asciichat.media.film_forms import has_sound
from asciichat.media.offline import SteppedClock
from asciichat.media.source import Samples
from asciichat.media.still import encode_png
from asciichat.video.bitmap import CellPainter
from asciichat.video.cells import THEMES, Theme, read_cells
from asciichat.video.svg import svg

from .asciicast import Recorder

MOVING: Final = RECORDINGS
STILL: Final = (".png", ".svg", ".txt")


@dataclass(frozen=True, slots=True)
class Paper:
    """What pictures are drawn on.

    Attributes
    ----------
    columns, rows
        The size of all of them, in cells.
    cell_height
        Pixels a cell is high; it is half as wide.
    font
        A font's file, or None for one of this computer's.
    theme
        The colours of what has none.
    title
        What the pictures are.
    """

    columns: int
    rows: int
    cell_height: int
    font: Path | None
    theme: Theme
    title: str

    @classmethod
    def of(cls, columns: int, rows: int, options: FontOptions, title: str) -> Paper:
        """As the options say."""
        cell_height = 2 * round(options.render_font_size * 2 / 3)
        return cls(columns, rows, cell_height, options.render_font, THEMES[options.render_theme], title)


class Seen(NamedTuple):
    """How a picture came that somebody else drew, perhaps for a screen that has another size by now."""

    columns: int
    rows: int
    """Of the screen."""
    clear: bool = False
    """Its layout differs from the last one's."""
    changes: str | None = None
    """What makes it of the one before it, if that is known."""


class PictureFile(Protocol):
    """A file that pictures are written into."""

    def add(self, text: str, seconds: float, seen: Seen | None = None) -> None:
        """Show a picture, rows joined by newlines, from this time on; `seen` if somebody else drew it."""

    def add_sound(self, samples: Samples) -> None:
        """Go on with the sound, of a file that was begun with some; see :meth:`FilmWriter.add_sound`."""

    def close(self, seconds: float) -> None:
        """End the file, whose last picture is shown until then."""


def open_moving(path: Path, paper: Paper, *, sound: bool = False) -> PictureFile:
    """A new file for a film, by its ending, one of `MOVING`; with sound, if that form has it.

    Raises
    ------
    MediaWriteError
        It cannot be written.
    """
    form = path.suffix.lower()
    return _Cast(path, paper) if form == ".cast" else _Film(path, paper, sound=sound and has_sound(form))


def write_still(path: Path, paper: Paper, text: str) -> None:
    """Write one picture into a file, by its ending, one of `STILL`.

    Raises
    ------
    MediaWriteError
        It cannot be written.
    """
    form = path.suffix.lower()
    if form == ".png":
        painter = CellPainter(paper.cell_height, paper.font)
        content = encode_png(painter.paint(read_cells(text, paper.theme)))
    elif form == ".svg":
        cells = read_cells(text, paper.theme)
        content = svg(cells, cell_height=paper.cell_height, title=paper.title).encode()
    else:
        content = f"{text}\n".encode()
    try:
        with open_binary(path) as file:
            file.write(content)
    except OSError as error:
        raise unwritable(path, error) from None


def open_binary(path: Path) -> BinaryIO:
    """The file, empty, or standard output, which stays open when this is closed."""
    return os.fdopen(os.dup(1), "wb") if is_standard_output(path) else path.open("wb")


class _Film:
    """An MP4, a WebM or a GIF."""

    def __init__(self, path: Path, paper: Paper, *, sound: bool) -> None:
        self._theme = paper.theme
        self._painter = CellPainter(paper.cell_height, paper.font)
        self._size = paper.columns * self._painter.cell_width, paper.rows * paper.cell_height
        self._path = path
        self._output = open_binary(path) if is_standard_output(path) else None
        self._writer = FilmWriter(path, *self._size, sound=sound, into=self._output)

    def add(self, text: str, seconds: float, seen: Seen | None = None) -> None:
        within = None if seen is None else (seen.columns, seen.rows)
        picture = self._painter.paint(read_cells(text, self._theme, within=within))
        if seen is not None:
            picture = put_onto(picture, *self._size, self._theme.back)
        self._writer.add(picture, seconds)

    def add_sound(self, samples: Samples) -> None:
        self._writer.add_sound(samples)

    def close(self, seconds: float) -> None:
        try:
            self._writer.close(seconds)
        finally:
            if self._output is not None:
                try:
                    self._output.close()
                except OSError as error:
                    raise unwritable(self._path, error) from None


class _Cast:
    """An asciicast."""

    def __init__(self, path: Path, paper: Paper) -> None:
        self._path = path
        self._clock = SteppedClock()
        try:
            into = io.TextIOWrapper(open_binary(path), encoding="utf-8")
            self._recorder = Recorder(into, paper.columns, paper.rows, title=paper.title, clock=self._clock)
        except OSError as error:
            raise unwritable(path, error) from None

    def add(self, text: str, seconds: float, seen: Seen | None = None) -> None:
        self._clock.now = seconds
        try:
            if seen is not None:
                self._recorder.resize(seen.columns, seen.rows)
            if seen is not None and seen.changes is not None:
                self._recorder.changes(seen.changes)
            else:
                self._recorder.frame(text, clear=seen is not None and seen.clear)
        except OSError as error:
            raise unwritable(self._path, error) from None

    def add_sound(self, samples: Samples) -> None:
        """An asciicast has none."""

    def close(self, seconds: float) -> None:
        self._clock.now = max(seconds, self._clock.now)
        try:
            self._recorder.close()
        except OSError as error:
            raise unwritable(self._path, error) from None
