"""How a viewer wants pictures drawn, from names to what CLIENT_CAPABILITIES says."""

from __future__ import annotations

from typing import Literal, TypedDict

from asciichat.protocol.payloads import ViewOptions
from asciichat.protocol.settings import COLOR_LEVELS, MODES, named, require_text
from asciichat.protocol.types import Arrangement, ColorLevel, PaletteType, RenderMode, TerminalAbility

Color = Literal["none", "16", "256", "truecolor"]
Mode = Literal["foreground", "background", "half-block", "quadrant", "sextant", "octant", "braille", "edge"]
Seating = Literal["auto", "grid", "focus", "pages"]
Palette = Literal["standard", "blocks", "digital", "minimal", "cool"]

_NATIVE_MODES = {
    RenderMode.QUADRANT: RenderMode.HALF_BLOCK,
    RenderMode.SEXTANT: RenderMode.HALF_BLOCK,
    RenderMode.OCTANT: RenderMode.HALF_BLOCK,
    RenderMode.BRAILLE: RenderMode.FOREGROUND,
    RenderMode.EDGE: RenderMode.FOREGROUND,
}
"""What a native server is asked for instead."""
_SEATINGS = {
    "auto": Arrangement.AUTO,
    "grid": Arrangement.GRID,
    "focus": Arrangement.FOCUS,
    "pages": Arrangement.PAGES,
}
_PALETTES = {
    "standard": PaletteType.STANDARD,
    "blocks": PaletteType.BLOCKS,
    "digital": PaletteType.DIGITAL,
    "minimal": PaletteType.MINIMAL,
    "cool": PaletteType.COOL,
}


class Appearance(TypedDict):
    """Fields of :class:`~asciichat.protocol.payloads.ClientCapabilities`."""

    abilities: TerminalAbility
    color_level: ColorLevel
    color_count: None
    render_mode: RenderMode
    palette: PaletteType
    palette_custom: str
    utf8: bool


def appearance(color: str, mode: str, palette: str, *, utf8: bool) -> Appearance:
    """The fields for these names; a palette of another name is the characters of one's own.

    Raises
    ------
    ValueError
        There is no such colour level or render mode.
    TypeError
        The palette is no text.
    """
    level, render_mode = named("colour level", color, COLOR_LEVELS), named("render mode", mode, MODES)
    require_text("palette", palette)
    abilities = TerminalAbility.BACKGROUND
    if utf8:
        abilities |= TerminalAbility.UTF8
    if level >= ColorLevel.COLOR_16:
        abilities |= TerminalAbility.COLOR_16
    if level >= ColorLevel.COLOR_256:
        abilities |= TerminalAbility.COLOR_256
    if level >= ColorLevel.TRUECOLOR:
        abilities |= TerminalAbility.TRUECOLOR
    return Appearance(
        abilities=abilities,
        color_level=level,
        color_count=None,
        render_mode=_NATIVE_MODES.get(render_mode, render_mode),
        palette=_PALETTES.get(palette, PaletteType.CUSTOM),
        palette_custom="" if palette in _PALETTES else palette,
        utf8=utf8,
    )


def view_options(
    mode: str,
    *,
    glyphs: int = 0,
    dither: bool = False,
    rep: bool = False,
    names: bool = False,
    self_view: bool = True,
    seating: str = "auto",
    focus: int | None = None,
    page: int = 0,
) -> ViewOptions:
    """What only a server of ours understands; see :func:`asciichat.connect`.

    Raises
    ------
    ValueError, ProtocolError
        There is no such mode or seating; a number is out of range.
    """
    return ViewOptions(
        render_mode=named("render mode", mode, MODES),
        glyphs=glyphs,
        dither=dither,
        rep=rep,
        names=names,
        hide_self=not self_view,
        arrangement=named("seating", seating, _SEATINGS),
        focus=focus,
        page=page,
    )
