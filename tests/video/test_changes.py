"""Changes of a frame: written to a terminal that shows the frame before, they give the frame after, and no more is written
than that."""

from __future__ import annotations

import re

import numpy as np
import pytest
from block_reference import patterns_of
from emulator import Picture
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import Frame, mixed, noise

from asciichat._core.canvas import LABEL_BYTES, LABELS, Canvas, Label
from asciichat._core.page import Page
from asciichat.video import Glyphs, Style

COLORS = ["none", "16", "256", "truecolor"]
MODES = ["foreground", "background", "half-block", "quadrant", "sextant", "octant", "braille", "edge"]


def style_of(color: str, mode: str, palette: str = "standard") -> Style:
    return Style.of(color, mode, palette, glyphs=Glyphs.ALL)  # type: ignore[arg-type]


def sized(columns: int, rows: int, style: Style, seed: int = 0) -> Frame:
    return noise(columns * style.pixels_per_column, rows * style.pixels_per_row, seed)


def touched(frame: Frame, style: Style, cells: list[tuple[int, int]], seed: int = 1) -> Frame:
    """The frame with other pixels in these cells (column, row)."""
    across, down = style.pixels_per_column, style.pixels_per_row
    rng = np.random.default_rng(seed)
    other = frame.copy()
    for x, y in cells:
        block = (slice(y * down, (y + 1) * down), slice(x * across, (x + 1) * across))
        other[block] = rng.integers(0, 256, (down, across, 3), np.uint8)
    return other


BLOCKS = {"half-block": 2, "quadrant": 4, "sextant": 6, "octant": 8}
"""Parts of a cell."""


def looks(picture: Picture, mode: str) -> list[tuple[object, ...]]:
    """Each cell as it is seen: the colour of each part of a block, which may be turned over; a blank has no front."""
    cells = zip(picture.glyph.flat, picture.front.flat, picture.back.flat, strict=True)
    if mode not in BLOCKS:
        return [(glyph, None if glyph == " " else int(front), int(back)) for glyph, front, back in cells]
    known = {glyph: pattern(glyph, mode) for glyph in np.unique(picture.glyph)}
    return [
        (glyph, int(front), int(back))
        if known[glyph] is None
        else tuple(int(front if known[glyph] >> part & 1 else back) for part in range(BLOCKS[mode]))
        for glyph, front, back in cells
    ]


def pattern(glyph: str, mode: str) -> int | None:
    """The parts that show the front; None for letters, and shades without colour."""
    if glyph.isalpha() or glyph in "░▒▓":
        return None
    return " ▀▄█".index(glyph) if mode == "half-block" else int(patterns_of(np.array([[glyph]]), mode)[0, 0])


def check(before: Canvas, after: Canvas, columns: int, rows: int, mode: str) -> bytes:
    changes = after.changes(before)
    shown = Picture((b"%s\x1b[H%s" % (before.text(), changes)).decode(), columns, rows)
    wanted = looks(Picture(after.text().decode(), columns, rows), mode)
    assert looks(shown, mode) == wanted
    assert shown.ends_plain
    # A page of cells agrees with the terminal.
    page = Page()
    page.set(before.text(), columns, rows)
    page.change(changes)
    assert looks(Picture(page.text().decode(), columns, rows), mode) == wanted
    return changes


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("color", COLORS)
def test_changes_turn_one_frame_into_the_other(mode: str, color: str) -> None:
    style = style_of(color, mode)
    before = sized(37, 9, style)
    after = touched(before, style, [(0, 0), (1, 0), (5, 0), (36, 0), (36, 3), (0, 4), (2, 4), (36, 8)])
    check(Canvas(before, style.core), Canvas(after, style.core), 37, 9, mode)


@settings(max_examples=60, deadline=None)
@given(
    columns=st.integers(1, 120),
    rows=st.integers(1, 12),
    mode=st.sampled_from(MODES),
    color=st.sampled_from(COLORS),
    palette=st.sampled_from(["standard", "blocks", "digital"]),
    share=st.floats(0, 1),
    seed=st.integers(0, 1000),
)
def test_random_changes_on_random_sizes(
    columns: int, rows: int, mode: str, color: str, palette: str, share: float, seed: int
) -> None:
    style = style_of(color, mode, palette)
    width, height = columns * style.pixels_per_column, rows * style.pixels_per_row
    before = mixed(max(3, width), height, seed)[:, :width].copy()
    rng = np.random.default_rng(seed)
    cells = [(x, y) for x in range(columns) for y in range(rows) if rng.random() < share]
    after = touched(before, style, cells, seed)
    check(Canvas(before, style.core), Canvas(after, style.core), columns, rows, mode)


@pytest.mark.parametrize("mode", MODES)
def test_nothing_is_written_when_nothing_differs(mode: str) -> None:
    style = style_of("truecolor", mode)
    frame = sized(40, 10, style)
    labels = [Label(3, 2, 4, "Anna")]
    assert Canvas(frame.copy(), style.core, labels).changes(Canvas(frame, style.core, labels)) == b""


def test_pixels_that_make_the_same_cell_are_no_change() -> None:
    style = style_of("none", "foreground", "minimal")
    frame = np.full((4, 10, 3), 100, np.uint8)
    assert Canvas(frame + np.uint8(1), style.core).changes(Canvas(frame, style.core)) == b""


def test_one_cell_costs_one_move_and_one_colour() -> None:
    style = style_of("truecolor", "foreground")
    before = np.full((24, 80, 3), 200, np.uint8)
    after = before.copy()
    after[10, 40] = [250, 0, 0]
    changes = Canvas(after, style.core).changes(Canvas(before, style.core))
    assert re.fullmatch(rb"\x1b\[11;41H\x1b\[38;2;250;0;0m.\x1b\[0m", changes)


def test_few_unchanged_cells_between_changes_are_written_again_rather_than_moved_over() -> None:
    style = style_of("none", "foreground")
    before = np.full((1, 40, 3), 255, np.uint8)
    after = before.copy()
    after[0, [3, 6, 20]] = 0
    changes = Canvas(after, style.core).changes(Canvas(before, style.core))
    assert changes.count(b"\x1b[") == 2  # to the first, and over the long gap
    check(Canvas(before, style.core), Canvas(after, style.core), 40, 1, "foreground")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("color", COLORS)
def test_labels_come_go_and_change(mode: str, color: str) -> None:
    style = style_of(color, mode)
    frame = sized(30, 6, style)
    first = [Label(2, 1, 4, "Anna"), Label(20, 1, 5, "Björn", True), Label(0, 5, 1, "x")]
    second = [Label(2, 1, 4, "Anna", True), Label(21, 1, 5, "Björn"), Label(29, 0, 1, "y")]
    other = touched(frame, style, [(2, 1), (6, 1), (0, 5)])
    for labels in (first, second, []):
        for later in (first, second, []):
            check(Canvas(frame, style.core, labels), Canvas(other, style.core, later), 30, 6, mode)


def test_a_label_stands_on_the_picture_in_its_own_colours() -> None:
    style = style_of("truecolor", "half-block")
    picture = Picture(Canvas(sized(20, 4, style), style.core, [(5, 2, 4, "Anna")]).text().decode(), 20, 4)
    assert "".join(picture.glyph[2, 5:9]) == "Anna"
    assert (picture.front[2, 5:9] == 0xFFFFFF).all() and (picture.back[2, 5:9] == 0).all()


@pytest.mark.parametrize(
    "label",
    [
        Label(-1, 0, 2, "ab"),
        Label(19, 0, 2, "ab"),
        Label(0, 4, 2, "ab"),
        Label(0, -1, 2, "ab"),
        Label(0, 0, 0, "ab"),
        Label(0, 0, 1, ""),
        Label(0, 0, 1, "x" * (LABEL_BYTES + 1)),
    ],
)
def test_a_label_that_is_not_on_the_canvas_is_refused(label: Label) -> None:
    style = style_of("none", "foreground")
    with pytest.raises(ValueError, match=r"a label has|does not lie"):
        Canvas(sized(20, 4, style), style.core, [label])


def test_too_many_and_overlapping_labels_are_refused() -> None:
    style = style_of("none", "foreground")
    frame = sized(100, 4, style)
    with pytest.raises(ValueError, match="at most"):
        Canvas(frame, style.core, [Label(i, 0, 1, "x") for i in range(LABELS + 1)])
    with pytest.raises(ValueError, match="covers another"):
        Canvas(frame, style.core, [Label(3, 0, 3, "abc"), Label(5, 0, 1, "x")])


def test_canvases_of_other_sizes_and_styles_have_no_changes() -> None:
    style, other = style_of("none", "foreground"), style_of("16", "foreground")
    canvas = Canvas(sized(20, 4, style), style.core)
    for stranger in (Canvas(sized(21, 4, style), style.core), Canvas(sized(20, 4, other), other.core)):
        with pytest.raises(ValueError, match="one size and style"):
            canvas.changes(stranger)


# --- The page that a client keeps ---


def test_a_page_gives_back_what_a_frame_looks_like() -> None:
    style = style_of("256", "half-block")
    text = Canvas(sized(50, 12, style), style.core).text()
    page = Page()
    page.set(text, 50, 12)
    assert (page.columns, page.rows) == (50, 12)
    shown, wanted = (Picture(t.decode(), 50, 12) for t in (page.text(), text))
    assert looks(shown, "half-block") == looks(wanted, "half-block")


def test_a_page_understands_repetitions_and_wide_characters() -> None:
    page = Page()
    page.set("a\x1b[3b\n日本".encode(), 4, 2)
    assert page.text().decode() == "aaaa\n日本"
    page.change(b"\x1b[2;2Hx")  # the left half goes with the right one
    assert page.text().decode() == "aaaa\n x本"


@pytest.mark.parametrize(
    "text",
    [
        b"abcde",  # beyond the edge
        b"a\nb\nc",
        b"\x1b]0;title\x07",
        b"\x1b[2J",
        b"\x1b[31",
        b"\x1b[38;2;1m",
        b"\x1b[38;5;256m",
        b"\x1b[5b",
        b"\x1b[1;1H",  # a whole frame does not move
        b"\xff",
        b"\xc0\x80",
        b"\xed\xa0\x80",
        b"\x07",
        b"\x7f",
        "\x9b".encode(),
        b"a\x1b[99999999999b",
        b"\x1b[" + b"1;" * 40 + b"m",
    ],
)
def test_a_page_refuses_everything_else(text: bytes) -> None:
    page = Page()
    with pytest.raises(ValueError, match="not the text of a frame of 4 x 2"):
        page.set(text, 4, 2)
    assert page.text() == b"    \n    "


@pytest.mark.parametrize(
    "text", [b"\x1b[3;1Hx", b"\x1b[1;5Hx", b"\x1b[4Cx", b"\n", b"abcde", b"\x1b[1;1;1Hx"]
)
def test_changes_stay_on_the_page(text: bytes) -> None:
    page = Page()
    page.set(b"abcd\nefgh", 4, 2)
    with pytest.raises(ValueError, match="not changes"):
        page.change(text)


def test_changes_need_a_frame() -> None:
    with pytest.raises(ValueError, match="not changes"):
        Page().change(b"x")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60), st.integers(1, 9), st.integers(1, 4))
def test_no_bytes_break_a_page(text: bytes, columns: int, rows: int) -> None:
    page = Page()
    for write in (lambda: page.set(text, columns, rows), lambda: page.change(text)):
        try:
            write()
        except ValueError:
            pass
    assert page.text().count(b"\n") == rows - 1
