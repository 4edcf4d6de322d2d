"""Where pictures stand."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from asciichat.video import Grid, Rect, fit, grid

aspects = st.floats(0.2, 5)
WIDE, OLD = 16 / 9, 4 / 3


@pytest.mark.parametrize(
    ("width", "height", "columns", "rows", "fitted"),
    [
        (1920, 1080, 80, 24, (80, 23)),
        (640, 480, 80, 24, (64, 24)),
        (100, 100, 80, 24, (48, 24)),
        (100, 200, 80, 24, (24, 24)),
        (200, 100, 80, 24, (80, 20)),
        (1920, 1080, 160, 48, (160, 45)),
        (480, 270, 120, 40, (120, 34)),
    ],
)
def test_a_picture_fits_as_the_native_program_fits_it(
    width: int, height: int, columns: int, rows: int, fitted: tuple[int, int]
) -> None:
    assert fit(columns, rows, width / height) == fitted


@given(st.integers(1, 500), st.integers(1, 200), st.floats(allow_nan=True, allow_infinity=True))
def test_a_fitted_picture_is_never_larger_than_its_room(columns: int, rows: int, aspect: float) -> None:
    width, height = fit(columns, rows, aspect)
    assert 1 <= width <= columns
    assert 1 <= height <= rows
    assert width == columns or height == rows


@given(st.integers(20, 500), st.integers(20, 200), aspects)
def test_a_fitted_picture_keeps_its_aspect(columns: int, rows: int, aspect: float) -> None:
    width, height = fit(columns, rows, aspect)
    # Half a cell is what rounding may cost on the side that does not fill the room.
    assert abs(width - 2 * height * aspect) <= max(0.5, aspect) + 1e-6


def inside(inner: Rect, outer: Rect) -> bool:
    return (
        outer.x <= inner.x
        and outer.y <= inner.y
        and inner.x + inner.width <= outer.x + outer.width
        and inner.y + inner.height <= outer.y + outer.height
    )


def cells_of(rect: Rect) -> set[tuple[int, int]]:
    return {(x, y) for x in range(rect.x, rect.x + rect.width) for y in range(rect.y, rect.y + rect.height)}


@given(st.integers(1, 200), st.integers(1, 70), st.lists(aspects, min_size=1, max_size=32), st.booleans())
def test_cells_lie_side_by_side_on_the_screen(
    columns: int, rows: int, sources: list[float], stretch: bool
) -> None:
    places = grid(columns, rows, sources, stretch=stretch)
    screen = Rect(0, 0, columns, rows)
    assert len(places.cells) == len(places.images) == min(len(sources), columns * rows)
    taken: set[tuple[int, int]] = set()
    for cell, image in zip(places.cells, places.images, strict=True):
        assert min(cell.width, cell.height, image.width, image.height) >= 1
        assert inside(cell, screen)
        assert inside(image, cell)
        assert not taken & cells_of(cell)
        taken |= cells_of(cell)
        if stretch:
            assert image == cell


@given(st.integers(1, 200), st.integers(1, 70), st.lists(aspects, min_size=1, max_size=32))
def test_only_an_incomplete_last_row_leaves_cells_of_the_screen_unused(
    columns: int, rows: int, sources: list[float]
) -> None:
    assume(len(sources) <= columns * rows)
    places = grid(columns, rows, sources)
    covered = sum(cell.width * cell.height for cell in places.cells)
    last = [cell for cell in places.cells if cell.y == places.cells[-1].y]
    if len(last) == places.columns:
        assert covered == columns * rows
        return
    assert covered == columns * rows - (columns - sum(c.width for c in last)) * last[0].height
    left, right = last[0].x, columns - (last[-1].x + last[-1].width)
    assert 0 <= right - left <= 1, "the last row stands in the middle"


@given(st.integers(20, 200), st.integers(8, 70), st.lists(aspects, min_size=1, max_size=32))
def test_cells_differ_by_no_more_than_one(columns: int, rows: int, sources: list[float]) -> None:
    places = grid(columns, rows, sources)
    for lengths in ({c.width for c in places.cells}, {c.height for c in places.cells}):
        assert max(lengths) - min(lengths) <= 1


def shown(columns: int, rows: int, across: int, sources: list[float]) -> int:
    """The area a grid of so many columns would show, with cells as large as they can be."""
    down = math.ceil(len(sources) / across)
    total = 0
    for i, aspect in enumerate(sources):
        row, column = divmod(i, across)
        in_row = min(across, len(sources) - row * across)
        span = columns if in_row == across else columns * in_row // across
        width = span * (column + 1) // in_row - span * column // in_row
        height = rows * (row + 1) // down - rows * row // down
        w, h = fit(width, height, aspect)
        total += w * h
    return total


@given(st.integers(32, 200), st.integers(32, 70), st.lists(aspects, min_size=1, max_size=32))
def test_no_other_grid_shows_more(columns: int, rows: int, sources: list[float]) -> None:
    places = grid(columns, rows, sources)
    mine = sum(image.width * image.height for image in places.images)
    others = [shown(columns, rows, across, sources) for across in range(1, len(sources) + 1)]
    assert mine == max(others)
    assert places.columns == 1 + others.index(mine), "of equal grids the one with fewer columns"


@pytest.mark.parametrize(
    ("columns", "rows", "count", "aspect", "wanted"),
    [
        (80, 24, 1, WIDE, (1, 1)),
        (80, 24, 2, OLD, (2, 1)),
        (80, 24, 4, WIDE, (2, 2)),
        (240, 67, 9, WIDE, (3, 3)),
        (60, 40, 2, WIDE, (1, 2)),
        (80, 24, 9, WIDE, (3, 3)),
    ],
)
def test_usual_calls_get_the_grid_one_would_draw(
    columns: int, rows: int, count: int, aspect: float, wanted: tuple[int, int]
) -> None:
    places = grid(columns, rows, [aspect] * count)
    assert (places.columns, places.rows) == wanted


def test_each_source_keeps_its_own_aspect() -> None:
    places = grid(80, 24, [WIDE, 9 / 16])
    (wide, tall) = places.images
    assert wide.width > 3 * wide.height
    assert tall.width < 1.3 * tall.height


def test_sources_without_a_cell_are_left_out() -> None:
    assert len(grid(1, 1, [1.0] * 32).cells) == 1
    assert len(grid(5, 3, [1.0] * 32).cells) == 15


def test_no_sources_need_no_grid() -> None:
    assert grid(80, 24, []) == Grid(0, 0, (), ())


def test_what_cannot_be_laid_out_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 32"):
        grid(80, 24, [1.0] * 33)
    for columns, rows in ((0, 24), (80, 0), (-1, -1)):
        with pytest.raises(ValueError, match="a screen is"):
            grid(columns, rows, [1.0])
        with pytest.raises(ValueError, match="a screen is"):
            fit(columns, rows, 1.0)
