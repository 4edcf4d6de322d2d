"""Grid geometry."""

from typing import NamedTuple

MAX_SOURCES = AC_LAYOUT_MAX
cdef int _MAX_CELLS = 1 << 20


class Rect(NamedTuple):
    """A rectangle of whole cells."""

    x: int
    y: int
    width: int
    height: int


class Grid(NamedTuple):
    """Where each source stands."""

    columns: int
    rows: int
    cells: tuple[Rect, ...]
    images: tuple[Rect, ...]


cdef object _rect(ac_rect rect):
    return Rect(rect.x, rect.y, rect.width, rect.height)


cdef int _check_screen(int columns, int rows) except -1:
    if not (1 <= columns <= _MAX_CELLS and 1 <= rows <= _MAX_CELLS):
        raise ValueError(f"a screen is 1 to {_MAX_CELLS} cells wide and high, not {columns} x {rows}")
    return 0


def fit(int columns, int rows, double aspect):
    cdef int width, height
    _check_screen(columns, rows)
    with nogil:
        ac_layout_fit(columns, rows, aspect, &width, &height)
    return width, height


def grid(int columns, int rows, aspects, *, bint stretch=False):
    cdef double values[AC_LAYOUT_MAX]
    cdef ac_layout layout
    cdef int count = 0
    _check_screen(columns, rows)
    for aspect in aspects:
        if count == AC_LAYOUT_MAX:
            raise ValueError(f"a grid holds at most {AC_LAYOUT_MAX} sources")
        values[count] = aspect
        count += 1
    with nogil:
        ac_layout_grid(columns, rows, count, values, stretch, &layout)
    return Grid(layout.columns, layout.rows, tuple(_rect(layout.cell[i]) for i in range(layout.count)),
                tuple(_rect(layout.image[i]) for i in range(layout.count)))
