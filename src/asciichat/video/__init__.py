"""Pictures for terminals: palettes, layout, and a renderer from RGB frames to text.

>>> import numpy as np
>>> from asciichat.video import render
>>> render(np.full((48, 64, 3), 255, np.uint8), 4, 1, color="none")
'MMM'

Where four people with cameras of 4:3 stand on a terminal, without drawing them:

>>> from asciichat.video import grid
>>> places = grid(80, 24, [4 / 3] * 4)
>>> places.columns, places.rows, places.images[3]
(2, 2, Rect(x=44, y=12, width=32, height=12))
"""

from asciichat._core.effect import FILTERS, FLIPS
from asciichat._core.layout import Grid, Rect, fit, grid
from asciichat.protocol.types import ColorLevel
from asciichat.protocol.types import RenderMode as Mode
from asciichat.video.palettes import PALETTES, palette
from asciichat.video.render import Renderer, compose, render
from asciichat.video.style import Glyphs, Style

__all__ = [
    "FILTERS",
    "FLIPS",
    "PALETTES",
    "ColorLevel",
    "Glyphs",
    "Grid",
    "Mode",
    "Rect",
    "Renderer",
    "Style",
    "compose",
    "fit",
    "grid",
    "palette",
    "render",
]
