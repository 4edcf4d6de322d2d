"""Cells as an SVG document: what is shown stays text, blocks are rectangles."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from html import escape
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .cells import Cells
from .shapes import Parts, Shape, shape_of

_WIDTH: Final = 12
_HEIGHT: Final = 24
"""Units of a cell: what halves, thirds, quarters and eighths of are whole."""
_BASELINE: Final = 18
_FONTS: Final = "DejaVu Sans Mono,Menlo,Consolas,monospace"

_Color = int
_Paths = dict[_Color, list[str]]


def svg(cells: Cells, *, cell_height: int = 16, title: str = "") -> str:
    """An SVG document that shows the cells.

    Parameters
    ----------
    cells : Cells
        What to show.
    cell_height : int
        Pixels that a cell is high where the document is shown at its own size; it is half as wide.
    title : str
        What it is, for those who cannot see it.
    """
    width, height = cells.columns * _WIDTH, cells.rows * _HEIGHT
    scale = cell_height / _HEIGHT
    front, back = (_packed(color) for color in (cells.front, cells.back))
    ground = _number(cells.theme.back)
    # One path a colour; all that lies behind glyphs before all that lies on it.
    grounds: _Paths = defaultdict(list)
    areas: _Paths = defaultdict(list)
    dots: _Paths = defaultdict(list)
    for y in range(cells.rows):
        for x, end in _runs(back[y], ground):
            grounds[back[y][x]].append(
                f"M{x * _WIDTH} {y * _HEIGHT}h{(end - x) * _WIDTH}v{_HEIGHT}H{x * _WIDTH}z"
            )
        for x, code in enumerate(cells.glyph[y].tolist()):
            shape = shape_of(code)
            if shape is None or not shape.parts.any():
                continue
            color = _mixed(front[y][x], back[y][x], shape.coverage)
            if shape.dots:
                dots[color].append(_dots(shape.parts, x, y))
            else:
                areas[color].append(_rectangles(shape, x, y))
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width * scale:g}" height="{height * scale:g}">',
        *([f"<title>{escape(title)}</title>"] if title else []),
        f'<rect width="{width}" height="{height}" fill="{_hex(ground)}"/>',
        '<g shape-rendering="crispEdges">',
        *(
            f'<path fill="{_hex(color)}" d="{"".join(paths)}"/>'
            for layer in (grounds, areas)
            for color, paths in layer.items()
        ),
        "</g>",
    ]
    if dots:
        lines.append('<g fill="none" stroke-width="4.2" stroke-linecap="round">')
        lines += (f'<path stroke="{_hex(color)}" d="{"".join(paths)}"/>' for color, paths in dots.items())
        lines.append("</g>")
    lines += _text(cells, front)
    return "\n".join([*lines, "</svg>", ""])


def _text(cells: Cells, front: list[list[_Color]]) -> Iterator[str]:
    """The characters that are no shapes, at most a row at a time."""
    yield f'<g font-family="{_FONTS}" font-size="19.9">'
    for y, codes in enumerate(cells.glyph.tolist()):
        row = "".join(" " if shape_of(code) else chr(code) for code in codes)
        # Of several blanks in a row browsers make one.
        for words in re.finditer(r"\S+(?: \S+)*", row):
            spans = []
            at = first = words.start()
            while at < words.end():
                color = front[y][at]
                end = at + 1
                # A blank has no colour: it goes with what precedes it.
                while end < words.end() and (front[y][end] == color or row[end] == " "):
                    end += 1
                spans.append(f'<tspan fill="{_hex(color)}">{escape(row[at:end], quote=False)}</tspan>')
                at = end
            # The length holds the columns in their places, whatever font is found.
            yield (
                f'<text x="{first * _WIDTH}" y="{y * _HEIGHT + _BASELINE}" '
                f'textLength="{(words.end() - first) * _WIDTH}">{"".join(spans)}</text>'
            )
    yield "</g>"


def _rectangles(shape: Shape, x: int, y: int) -> str:
    down, across = shape.parts.shape
    width, height = _WIDTH // across, _HEIGHT // down
    path = []
    for row, parts in enumerate(shape.parts):
        for left, right in _runs(parts.tolist(), False):
            start = x * _WIDTH + left * width
            path.append(f"M{start} {y * _HEIGHT + row * height}h{(right - left) * width}v{height}H{start}z")
    return "".join(path)


def _dots(parts: Parts, x: int, y: int) -> str:
    down, across = parts.shape
    places = zip(*np.nonzero(parts), strict=True)
    return "".join(
        f"M{x * _WIDTH + (2 * column + 1) * _WIDTH // (2 * across)} "
        f"{y * _HEIGHT + (2 * row + 1) * _HEIGHT // (2 * down)}h0"
        for row, column in places
    )


def _runs(values: list[int] | list[bool], nothing: int | bool) -> Iterator[tuple[int, int]]:
    """Where equal values begin and end, without those that are `nothing`."""
    start = 0
    for end in range(1, len(values) + 1):
        if end == len(values) or values[end] != values[start]:
            if values[start] != nothing:
                yield start, end
            start = end


def _packed(colors: NDArray[np.uint8]) -> list[list[_Color]]:
    channels = colors.astype(np.uint32)
    packed: list[list[_Color]] = (channels[..., 0] << 16 | channels[..., 1] << 8 | channels[..., 2]).tolist()
    return packed


def _number(color: tuple[int, int, int]) -> _Color:
    return color[0] << 16 | color[1] << 8 | color[2]


def _mixed(front: _Color, back: _Color, coverage: float) -> _Color:
    if coverage == 1:
        return front
    mixed = 0
    for shift in (16, 8, 0):
        above, below = front >> shift & 255, back >> shift & 255
        mixed |= round(below + (above - below) * coverage) << shift
    return mixed


def _hex(color: _Color) -> str:
    return f"#{color:06x}"
