"""From the options and the terminal to how pictures will be drawn."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Final

from asciichat.cli.exits import USAGE, CommandError
from asciichat.cli.options.shared import ColorMode, PictureOptions, RenderMode
from asciichat.client.appearance import Mode
from asciichat.terminal.capabilities import ColorLevel, detect
from asciichat.video import Style
from asciichat.video import palette as find_palette

STATUS_ROWS: Final = 1
"""Rows at the bottom of an interactive screen that belong to the status line."""

CANNOT_DRAW: Final = "This terminal cannot move its cursor (TERM is dumb or not set)"
"""The beginning of a sentence that says what is done instead."""

_MODES: Final[dict[RenderMode, Mode]] = {
    "foreground": "foreground",
    "fg": "foreground",
    "background": "background",
    "bg": "background",
    "half-block": "half-block",
    "quadrant": "quadrant",
    "sextant": "sextant",
    "octant": "octant",
    "braille": "braille",
    "edge": "edge",
}
_COLORS: Final[dict[ColorMode, ColorLevel]] = {
    "none": "none",
    "mono": "none",
    "16": "16",
    "256": "256",
    "truecolor": "truecolor",
    "24bit": "truecolor",
}


@dataclass(frozen=True, slots=True)
class Display:
    """How pictures are drawn.

    Attributes
    ----------
    columns, rows
        The size to draw in, without the status line.
    fixed
        The size was given and does not follow the terminal.
    color, mode, palette, utf8
        As :func:`asciichat.render` takes them.
    interactive
        Frames are drawn over each other on a terminal.
    synchronized
        The terminal holds back an update until it is whole.
    repeats
        The terminal repeats characters on ``CSI n b``.
    """

    columns: int
    rows: int
    fixed: bool
    color: ColorLevel
    mode: Mode
    palette: str
    utf8: bool
    interactive: bool
    synchronized: bool
    repeats: bool


def choose_display(options: PictureOptions, *, snapshot: bool = False) -> Display:
    """Decide how to draw.

    Parameters
    ----------
    snapshot
        One picture is printed: the terminal is not drawn upon.

    Raises
    ------
    CommandError
        The options contradict each other.
    """
    found = detect(ask=not snapshot)
    interactive = found.interactive.value and not snapshot
    columns, rows = found.size.value
    if interactive or (snapshot and sys.stdout.isatty()):
        rows = max(1, rows - STATUS_ROWS)  # after a snapshot the last row is the prompt's
    return Display(
        columns=options.width or columns,
        rows=options.height or rows,
        fixed=options.width is not None or options.height is not None,
        color=_choose_color(options, found.color.value),
        mode=_MODES[options.render_mode],
        palette=_choose_palette(options),
        utf8=found.utf8.value if options.utf8 == "auto" else options.utf8 == "true",
        interactive=interactive,
        synchronized=found.synchronized.value,
        repeats=found.repeats.value and interactive,
    )


def cannot_draw(display: Display) -> bool:
    """Standard output is a terminal on which no picture can be drawn over another."""
    return not display.interactive and sys.stdout.isatty()


def choose_style(options: PictureOptions, *, color: ColorLevel, rain: bool = False) -> Style:
    """Decide how to draw where no terminal says what it can.

    Parameters
    ----------
    color
        How many colours there are unless the options say it.
    rain
        Let it rain over the picture.

    Raises
    ------
    CommandError
        The options contradict each other.
    """
    return Style.of(
        _choose_color(options, color),
        _MODES[options.render_mode],
        _choose_palette(options),
        utf8=options.utf8 != "false",
        rain=rain,
    )


def _choose_palette(options: PictureOptions) -> str:
    if options.palette_chars is None and options.palette == "custom":
        raise CommandError("--palette custom needs the characters: give them with --palette-chars.", USAGE)
    if options.palette_chars == "":
        raise CommandError("--palette-chars needs at least one character.", USAGE)
    chosen = options.palette_chars or options.palette
    try:
        find_palette(chosen)
    except ValueError as error:
        raise CommandError(f"--palette-chars: {error}.", USAGE) from None
    return chosen


def _choose_color(options: PictureOptions, found: ColorLevel) -> ColorLevel:
    if options.color == "false":
        if options.color_mode not in ("auto", "none", "mono"):
            raise CommandError(
                f"--color false and --color-mode {options.color_mode} contradict each other.", USAGE
            )
        return "none"
    if options.color_mode != "auto":
        return _COLORS[options.color_mode]
    if options.color == "true" and found == "none":
        return "256"
    return found
