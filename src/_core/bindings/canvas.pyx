"""Pictures with words over them, and what changes from one to the next."""

from typing import NamedTuple

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.string cimport memcpy, memset
from asciichat._core.raster cimport (
    AC_LABEL_BYTES, AC_LABELS, Style, ac_canvas, ac_label, ac_raster_bound, ac_raster_canvas, ac_raster_changes,
    ac_raster_pixels_per_column, ac_raster_pixels_per_row,
)

LABELS = AC_LABELS
LABEL_BYTES = AC_LABEL_BYTES
cdef int MAX_SIDE = 8192


class Label(NamedTuple):
    """Words over a picture."""

    x: int
    y: int
    width: int
    text: str
    emphasis: bool = False


cdef class Canvas:
    cdef const unsigned char[:, :, ::1] _pixels
    cdef ac_label _labels[AC_LABELS]
    cdef ac_canvas _canvas
    cdef readonly Style style

    def __init__(self, const unsigned char[:, :, ::1] pixels not None, Style style not None, labels=()):
        cdef int across = ac_raster_pixels_per_column(&style.style), down = ac_raster_pixels_per_row(&style.style)
        cdef Py_ssize_t height = pixels.shape[0], width = pixels.shape[1]
        if pixels.shape[2] != 3:
            raise ValueError(f"a picture has 3 values a pixel (red, green, blue), not {pixels.shape[2]}")
        if width % across or height % down or not width or not height:
            raise ValueError(f"in this mode a cell has {across} x {down} pixels: "
                             f"{width} x {height} are not whole cells")
        if width > across * MAX_SIDE or height > down * MAX_SIDE:
            raise ValueError(f"a picture has at most {MAX_SIDE} columns and rows of cells")
        self._pixels = pixels
        self.style = style
        self._canvas.columns, self._canvas.rows = <int>(width // across), <int>(height // down)
        self._canvas.pixels = &pixels[0, 0, 0]
        self._canvas.stride = <int>pixels.strides[0]
        self._canvas.labels = self._labels
        self._set_labels([Label(*label) for label in labels])

    cdef _set_labels(self, list labels):
        cdef ac_label *at
        if len(labels) > AC_LABELS:
            raise ValueError(f"a canvas has at most {AC_LABELS} labels, not {len(labels)}")
        covered = set()
        for number, label in enumerate(labels):
            text = label.text.encode()
            if not 1 <= len(text) <= AC_LABEL_BYTES:
                raise ValueError(f"a label has 1 to {AC_LABEL_BYTES} bytes, not {len(text)}")
            cells = {(x, label.y) for x in range(label.x, label.x + label.width)}
            if not (label.width > 0 and 0 <= label.x <= self._canvas.columns - label.width
                    and 0 <= label.y < self._canvas.rows):
                raise ValueError(f"the label {label.text!r} does not lie on the canvas")
            if cells & covered:
                raise ValueError(f"the label {label.text!r} covers another")
            covered |= cells
            at = &self._labels[number]
            memset(at, 0, sizeof(ac_label))
            at.x, at.y, at.width = label.x, label.y, label.width
            at.emphasis = 1 if label.emphasis else 0
            at.length = <unsigned char>len(text)
            memcpy(at.text, PyBytes_AS_STRING(text), len(text))
        self._canvas.label_count = <int>len(labels)

    def text(self):
        text = PyBytes_FromStringAndSize(NULL, self._bound())
        cdef char *at = PyBytes_AS_STRING(text)
        cdef size_t length
        with nogil:
            length = ac_raster_canvas(&self.style.style, &self._canvas, at)
        return text[: <Py_ssize_t>length]

    def changes(self, Canvas before not None):
        if (before.style is not self.style or before._canvas.columns != self._canvas.columns
                or before._canvas.rows != self._canvas.rows):
            raise ValueError("changes are between two canvases of one size and style")
        text = PyBytes_FromStringAndSize(NULL, self._bound())
        cdef char *at = PyBytes_AS_STRING(text)
        cdef size_t length
        with nogil:
            length = ac_raster_changes(&self.style.style, &self._canvas, &before._canvas, at)
        return text[: <Py_ssize_t>length]

    cdef Py_ssize_t _bound(self):
        return <Py_ssize_t>ac_raster_bound(&self.style.style, self._canvas.columns, self._canvas.rows)
