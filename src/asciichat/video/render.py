"""RGB frames to terminal text."""

from __future__ import annotations

import operator
import time
from collections.abc import Sequence

import numpy as np
from numpy import uint8
from numpy.typing import NDArray

from asciichat._core import effect
from asciichat._core.arrays import check_frame
from asciichat._core.layout import fit, grid
from asciichat._core.raster import Palette, render_text
from asciichat._core.scale import scale
from asciichat.protocol.types import ColorLevel, RenderMode
from asciichat.video.style import Style

Frame = NDArray[uint8]


def _aspect(frame: Frame) -> float:
    check_frame(frame)
    return float(frame.shape[1] / frame.shape[0])


class Renderer:
    """Draws frames for one terminal.

    Parameters
    ----------
    columns, rows : int
        The terminal's size in cells.
    style : Style, optional
        Colours, mode, palette and effects.
    stretch : bool
        Fill the screen instead of keeping the picture's aspect.
    padding : bool
        Centre a single picture with blank rows above and spaces to the left.

    Notes
    -----
    Not for several threads at once: it keeps its canvas from frame to frame.

    Examples
    --------
    >>> dark, bright = np.zeros((48, 64, 3), np.uint8), np.full((48, 64, 3), 255, np.uint8)
    >>> renderer = Renderer(8, 2, Style.of("none", "foreground", " .:#"))
    >>> print(renderer.compose([bright, dark, bright]).replace(" ", "_"))
    ###_____
    __###___
    """

    def __init__(
        self,
        columns: int,
        rows: int,
        style: Style | None = None,
        *,
        stretch: bool = False,
        padding: bool = False,
    ) -> None:
        if style is not None and not isinstance(style, Style):
            raise TypeError(f"style is a Style, as Style.of('256', 'octant') gives it, not {style!r}")
        self.columns = operator.index(columns)  # 80.5 columns would be cut to 80 in silence
        self.rows = operator.index(rows)
        self.style = style or Style()
        self.stretch = stretch
        self.padding = padding
        self._canvas: Frame = np.zeros((0, 0, 3), np.uint8)

    def render(self, frame: Frame, now: float | None = None) -> str:
        """The text of one frame, (H, W, 3) uint8.

        Parameters
        ----------
        now
            Seconds, for what moves by itself: the rainbow filter and the rain. The monotonic clock's, unless given.

        Raises
        ------
        ValueError
            For another shape, or sides over 8192.
        """
        aspect = _aspect(frame)
        width, height = self.columns, self.rows
        if not self.stretch:
            width, height = fit(self.columns, self.rows, aspect)
        across, down = self.style.pixels_per_column, self.style.pixels_per_row
        pixels = scale(frame, width * across, height * down, linear=self.style.linear)
        text = self._text(pixels, self.style.flip, now)
        if not self.padding:
            return text
        left = " " * ((self.columns - width) // 2)
        return "\n" * ((self.rows - height) // 2) + left + text.replace("\n", "\n" + left)

    def compose(self, frames: Sequence[Frame], now: float | None = None) -> str:
        """The text of several sources in a grid that fills the screen; what no picture covers is black.

        At most 32 frames. Those for which the screen has no cell are left out. Each picture is mirrored in its
        own place; filter and rain cover the screen. `now` is that of `render`.
        """
        places = grid(self.columns, self.rows, map(_aspect, frames), stretch=self.stretch)
        across, down = self.style.pixels_per_column, self.style.pixels_per_row
        shape = (self.rows * down, self.columns * across, 3)
        if self._canvas.shape != shape:
            self._canvas = np.zeros(shape, np.uint8)
        self._canvas[:] = 0
        for frame, (x, y, width, height) in zip(frames, places.images, strict=False):
            place = self._canvas[y * down : (y + height) * down, x * across : (x + width) * across]
            scale(frame, width * across, height * down, out=place, linear=self.style.linear)
            effect.apply(place, flip=self.style.flip)
        return self._text(self._canvas, "none", now)

    def _text(self, pixels: Frame, flip: str, now: float | None) -> str:
        style = self.style
        effect.apply(
            pixels,
            filter=style.filter,
            flip=flip,
            rain=style.rain,
            now=time.monotonic() if now is None else now,
            across=style.pixels_per_column,
            down=style.pixels_per_row,
        )
        return render_text(pixels, style.core)


def render(
    frame: Frame,
    columns: int = 80,
    rows: int = 24,
    *,
    color: ColorLevel | str = "truecolor",
    mode: RenderMode | str = "foreground",
    palette: Palette | str = "standard",
    stretch: bool = False,
    padding: bool = False,
    utf8: bool = True,
    rep: bool = False,
    linear: bool = False,
    filter: str = "none",
    flip: str = "none",
    rain: bool = False,
    now: float | None = None,
) -> str:
    """Draw a picture as terminal text.

    Parameters
    ----------
    frame : ndarray of uint8, shape (H, W, 3)
        Red first; any row stride; sides 1 to 8192.
    columns, rows : int
        The room there is, in cells that are half as wide as high.
    color : {"truecolor", "256", "16", "none"}
        How many colours.
    mode : str
        "foreground", "background", "half-block", "quadrant", "sextant", "octant", "braille" or "edge": see `Mode`.
    palette : str
        "standard", "blocks", "digital", "minimal", "cool", or characters from dark to bright.
    stretch : bool
        Fill the room instead of keeping the picture's aspect.
    padding : bool
        Centre the picture in the room.
    utf8, rep : bool
        Does the terminal show UTF-8, and repeat characters on ``CSI n b``?
    linear : bool
        Average light instead of sRGB values when scaling.
    filter, flip : str
        A colour filter and a mirroring: names in `FILTERS` and `FLIPS`.
    rain : bool
        Let it rain over the picture.
    now : float, optional
        Seconds, for the rainbow filter and the rain; the monotonic clock's, unless given.

    Returns
    -------
    str
        Rows joined by newlines. Ends with ``ESC[0m`` when it sets colours.

    Raises
    ------
    ValueError
        For a frame of another shape or an unknown name, or a room of no cells or too many.
    TypeError
        For columns or rows that are no whole numbers.

    Notes
    -----
    Safe from any number of threads; the GIL is let go. Luminance is (77 R + 150 G + 29 B + 128) >> 8, the
    weights of ITU-R BT.601.
    """
    style = Style.of(
        color, mode, palette, utf8=utf8, rep=rep, linear=linear, filter=filter, flip=flip, rain=rain
    )
    return Renderer(columns, rows, style, stretch=stretch, padding=padding).render(frame, now)


def compose(
    frames: Sequence[Frame],
    columns: int = 80,
    rows: int = 24,
    *,
    color: ColorLevel | str = "truecolor",
    mode: RenderMode | str = "foreground",
    palette: Palette | str = "standard",
    stretch: bool = False,
    utf8: bool = True,
    rep: bool = False,
    linear: bool = False,
    filter: str = "none",
    flip: str = "none",
    rain: bool = False,
    now: float | None = None,
) -> str:
    """Draw several pictures in a grid that fills the room: `render` for each, in the cells of `grid`.

    Takes at most 32 frames; the other parameters, the result and the errors are those of `render`.
    """
    style = Style.of(
        color, mode, palette, utf8=utf8, rep=rep, linear=linear, filter=filter, flip=flip, rain=rain
    )
    return Renderer(columns, rows, style, stretch=stretch).compose(frames, now)
