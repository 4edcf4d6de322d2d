"""How a picture becomes text."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntFlag
from operator import index

from asciichat._core import effect, raster
from asciichat.protocol.settings import COLOR_LEVELS, MODES, named
from asciichat.protocol.types import ColorLevel, RenderMode
from asciichat.video.palettes import palette


class Glyphs(IntFlag):
    """Sets of glyphs beyond the half blocks that a terminal and its font may have."""

    NONE = 0
    QUADRANT = 1
    """The quadrants of Block Elements."""
    BRAILLE = 2
    """Braille patterns."""
    SEXTANT = 4
    """Symbols for Legacy Computing, Unicode 13."""
    OCTANT = 8
    """Symbols for Legacy Computing Supplement, Unicode 16."""
    ALL = 15


def _checked(what: str, value: int) -> int:
    try:
        return index(value)
    except TypeError:
        raise TypeError(
            f"{what} is one of its enumeration's members, not {value!r}; Style.of takes names"
        ) from None


@dataclass(frozen=True, slots=True)
class Style:
    """A terminal's abilities and a viewer's taste.

    Attributes
    ----------
    color : ColorLevel
        How many colours.
    mode : RenderMode
        How a cell shows its pixels. Without the glyphs it needs, a mode falls back: octants to sextants, these
        to quadrants, these to half blocks, these (without UTF-8) to background mode; braille to foreground
        mode.
    palette : Palette
        The ramp of glyphs; without UTF-8 one that needs it is replaced by the standard one.
    utf8 : bool
        Does the terminal show UTF-8?
    rep : bool
        Does it repeat characters on ``CSI n b``?
    glyphs : Glyphs
        What its font has.
    dither : bool
        With 16 or 256 colours: mix them in a pattern that stands still.
    linear : bool
        Average light instead of sRGB values when scaling: fine bright detail keeps its brightness, for several
        times the time.
    filter : str
        A colour filter, one of `FILTERS`: "green", "rainbow", "black" for dark on light.
    flip : str
        "none", "x" (left to right), "y" (upside down) or "xy".
    rain : bool
        Let it rain over the picture, in the filter's colour, without a filter in green.
    """

    color: ColorLevel = ColorLevel.TRUECOLOR
    mode: RenderMode = RenderMode.FOREGROUND
    palette: raster.Palette = field(default_factory=lambda: palette("standard"))
    utf8: bool = True
    rep: bool = False
    glyphs: Glyphs = Glyphs.ALL
    dither: bool = False
    linear: bool = False
    filter: str = "none"
    flip: str = "none"
    rain: bool = False
    core: raster.Style = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        effect.check(self.filter, self.flip)
        core = raster.Style(
            color_level=_checked("color", self.color),
            render_mode=_checked("mode", self.mode),
            palette=self.palette,
            utf8=self.utf8,
            rep=self.rep,
            glyphs=self.glyphs,
            dither=self.dither,
        )
        object.__setattr__(self, "core", core)

    @classmethod
    def of(
        cls,
        color: ColorLevel | str = ColorLevel.TRUECOLOR,
        mode: RenderMode | str = RenderMode.FOREGROUND,
        palette_or_name: raster.Palette | str = "standard",
        *,
        utf8: bool = True,
        rep: bool = False,
        glyphs: Glyphs = Glyphs.ALL,
        dither: bool = False,
        linear: bool = False,
        filter: str = "none",
        flip: str = "none",
        rain: bool = False,
    ) -> Style:
        """A style from names: "none", "16", "256", "truecolor"; "foreground", "half-block", "octant" and so on.

        Raises
        ------
        ValueError
            For an unknown name or a palette that cannot be used.
        """
        ramp = palette(palette_or_name) if isinstance(palette_or_name, str) else palette_or_name
        return cls(
            named("colour level", color, COLOR_LEVELS) if isinstance(color, str) else color,
            named("render mode", mode, MODES) if isinstance(mode, str) else mode,
            ramp,
            utf8,
            rep,
            glyphs,
            dither,
            linear,
            filter,
            flip,
            rain,
        )

    @property
    def pixels_per_column(self) -> int:
        """Pixels that a cell is wide: 1 or 2."""
        return self.core.pixels_per_column

    @property
    def pixels_per_row(self) -> int:
        """Pixels that a cell is high: 1 to 4."""
        return self.core.pixels_per_row
