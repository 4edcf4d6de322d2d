"""Cells as pixels and as SVG: the shapes are those that Unicode names, and nothing is left between them."""

from __future__ import annotations

import re
import sys
from xml.etree import ElementTree

import numpy as np
import pytest
from block_reference import PATTERNS
from numpy.typing import NDArray
from pictures import mixed

from asciichat.video import Renderer, Style, render
from asciichat.video.bitmap import CellPainter
from asciichat.video.cells import THEMES, Cells, read_cells
from asciichat.video.font import Font, FontError
from asciichat.video.shapes import coverage, shape_of
from asciichat.video.style import COLOR_LEVELS
from asciichat.video.svg import svg

BLOCKS = {
    "quadrant": " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█",
    "sextant": "".join(map(chr, range(0x1FB00, 0x1FB3C))),
    "octant": "".join(map(chr, range(0x1CD00, 0x1CDE6)))
    + "\U0001cea8\U0001ceab\U0001cea3\U0001cea0\U0001fbe6",
    "braille": "".join(map(chr, range(0x2801, 0x2900))),
}


@pytest.mark.parametrize("kind", BLOCKS)
def test_shapes_have_the_parts_their_names_say(kind: str) -> None:
    seen = set()
    for character in BLOCKS[kind]:
        shape = shape_of(ord(character))
        assert shape is not None
        parts = shape.parts if shape.parts.size > 1 else np.full((2, 2), shape.parts[0, 0])
        bits = int((parts.ravel() << np.arange(parts.size)).sum())
        assert bits == PATTERNS[kind](character), character
        seen.add(bits)
    assert len(seen) == len(BLOCKS[kind])


def test_eighths_grow_from_below_and_shades_cover_evenly() -> None:
    for eighths, character in enumerate("▁▂▃▄▅▆▇█", start=1):
        shape = shape_of(ord(character))
        assert shape is not None
        mask = coverage(shape, 8, 16)
        assert (mask == np.where(np.arange(16) >= 16 - 2 * eighths, 255, 0)[:, None]).all()
    for share, character in zip((0.25, 0.5, 0.75), "░▒▓", strict=True):
        shape = shape_of(ord(character))
        assert shape is not None
        assert np.abs(coverage(shape, 8, 16) / 255 - share).max() < 0.01


@pytest.mark.parametrize("height", [4, 16, 22])
def test_half_blocks_paint_the_pixels_of_the_picture(height: int) -> None:
    frame = mixed(40, 24)  # two pixels a cell of 40 x 12
    painted = CellPainter(height).paint(read_cells(render(frame, 40, 12, mode="half-block", stretch=True)))
    expected = frame.repeat(height // 2, 0).repeat(height // 2, 1)
    assert painted.dtype == np.uint8 and painted.flags.c_contiguous
    assert (painted == expected).all()


def fill(document: str) -> NDArray[np.uint8]:
    """The areas of an SVG, painted in its own units."""
    root = ElementTree.fromstring(document)
    _, _, width, height = map(int, root.attrib["viewBox"].split())
    picture = np.zeros((height, width, 3), np.uint8)
    for element in root.iter():
        color = element.attrib.get("fill", "")
        if not color.startswith("#"):
            continue
        rgb = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
        if element.tag.endswith("rect"):
            picture[:] = rgb
        for x, y, w, h in re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)H\d+z", element.attrib.get("d", "")):
            picture[int(y) : int(y) + int(h), int(x) : int(x) + int(w)] = rgb
    return picture


@pytest.mark.parametrize("color", COLOR_LEVELS)
@pytest.mark.parametrize("mode", ["half-block", "quadrant", "sextant", "octant"])
def test_the_areas_of_an_svg_are_those_that_are_painted(mode: str, color: str) -> None:
    cells = read_cells(render(mixed(120, 60), 30, 9, mode=mode, color=color, stretch=True))
    painted = CellPainter(24).paint(cells)
    if "░" in map(chr, np.unique(cells.glyph)):  # shades are rounded in two ways
        assert np.abs(fill(svg(cells)).astype(int) - painted).max() <= 1
    else:
        assert (fill(svg(cells)) == painted).all()


def test_an_svg_keeps_characters_as_text_in_their_columns_and_colours() -> None:
    cells = read_cells("  \x1b[38;2;255;0;0m<a \x1b[38;2;0;0;255mb\x1b[0m\n\n d&  e")
    root = ElementTree.fromstring(svg(cells, cell_height=16, title='A "film" & more'))
    name = "{http://www.w3.org/2000/svg}"
    texts = [(t.attrib["x"], t.attrib["textLength"], "".join(t.itertext())) for t in root.iter(f"{name}text")]
    assert texts == [
        ("24", "48", "<a b"),
        ("12", "24", "d&"),
        ("60", "12", "e"),
    ]  # of two blanks in one text browsers make one
    fills = [(span.text, span.attrib["fill"]) for span in root.iter(f"{name}tspan")]
    assert fills == [("<a ", "#ff0000"), ("b", "#0000ff"), ("d&", "#e5e5e5"), ("e", "#e5e5e5")]
    assert root.findtext(f"{name}title") == 'A "film" & more'
    assert (root.attrib["width"], root.attrib["height"]) == ("48", "48")


def test_characters_are_painted_in_their_cells_in_their_colours() -> None:
    cells = read_cells("\x1b[38;2;255;0;0mM \x1b[38;2;0;255;0;48;2;0;0;90mW\x1b[0m")
    picture = CellPainter(32).paint(cells)
    first, blank, last = (picture[:, i * 16 : (i + 1) * 16] for i in range(3))
    assert first[..., 0].max() == 255 and not first[..., 1:].any()
    assert not blank.any()
    assert last[..., 1].max() == 255 and last[..., 2].max() == 90 and not last[..., 0].any()
    assert 0.15 < (first[..., 0] > 0).mean() < 0.8


def test_brighter_characters_of_the_standard_ramp_cover_more() -> None:
    painter = CellPainter(32)
    bright = [painter.paint(read_cells(character)).mean() for character in " .:coOM"]
    assert bright == sorted(bright) and bright[0] == 0


def test_a_light_theme_has_dark_characters() -> None:
    picture = CellPainter(16).paint(read_cells("M ", THEMES["light"]))
    assert (picture[:, 8:] == 255).all() and picture[:, :8].min() < 60


def test_a_font_that_is_none_is_told_in_a_sentence(tmp_path: object) -> None:
    with pytest.raises(FontError, match=r"The font .*absent\.ttf cannot be used"):
        Font(8, 16, "absent.ttf")


def test_blocks_need_no_pillow_and_characters_say_that_they_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    frame = mixed(60, 40)
    for mode in ("half-block", "quadrant", "sextant", "octant", "braille"):
        assert CellPainter(16).paint(read_cells(Renderer(20, 6, Style.of(mode=mode)).render(frame))).any()
    with pytest.raises(FontError, match=r"pip install asciichat\[export\]"):
        CellPainter(16).paint(read_cells(render(frame, 20, 6)))


@pytest.mark.parametrize("height", [2, 15, 258])
def test_cells_of_other_sizes_are_refused(height: int) -> None:
    with pytest.raises(ValueError, match="pixels high"):
        CellPainter(height)


def test_every_cell_is_there_when_glyphs_come_later() -> None:
    """A painter that has drawn some glyphs draws the next ones as a new one does."""
    painter = CellPainter(16)
    for text in ("ab", "ba▀", "▄cab", "xyz▒"):
        cells: Cells = read_cells(text)
        assert (painter.paint(cells) == CellPainter(16).paint(cells)).all()
