"""Cells to terminal text."""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from cpython.object cimport PyObject

import numpy

cdef extern from "Python.h":
    int _PyBytes_Resize(PyObject **text, Py_ssize_t size) except -1

MAX_SIDE = 8192
cdef dict _BUILTIN = {
    "standard": AC_PALETTE_STANDARD,
    "blocks": AC_PALETTE_BLOCKS,
    "digital": AC_PALETTE_DIGITAL,
    "minimal": AC_PALETTE_MINIMAL,
    "cool": AC_PALETTE_COOL,
}


cdef class Palette:
    def __cinit__(self, str ramp not None):
        encoded = ramp.encode()
        if ac_palette_build(&self.table, encoded, <size_t>len(encoded)) != 0:
            raise ValueError(
                f"a ramp is 1 to 255 characters that take one cell each (no control characters, no combining "
                f"marks, no wide characters), not {ramp!r}"
            )
        self.ramp = ramp

    def __repr__(self):
        return f"Palette({self.ramp!r})"

    def __len__(self):
        return self.table.count

    @property
    def ascii(self):
        return self.table.ascii

    def glyph(self, int luminance):
        if not 0 <= luminance <= 255:
            raise ValueError(f"a luminance is 0 to 255, not {luminance}")
        return self.ramp[self.table.index[luminance]]


def builtin(str name not None):
    if name not in _BUILTIN:
        raise ValueError(f"no palette {name!r}: there are {', '.join(_BUILTIN)}")
    cdef const ac_palette *table = ac_palette_builtin(_BUILTIN[name])
    glyphs = {table.index[i]: table.glyph[i][: table.length[i]].decode() for i in range(256)}
    return Palette("".join(glyphs[i] for i in range(table.count)))


cdef class Style:
    def __cinit__(self, *, int color_level, int render_mode, Palette palette not None, bint utf8=True,
                  bint rep=False, int glyphs=0, bint dither=False):
        if not AC_COLOR_NONE <= color_level <= AC_COLOR_TRUE:
            raise ValueError(f"a colour level is 0 to {AC_COLOR_TRUE}, not {color_level}")
        if not 0 <= render_mode < AC_RENDER_MODES:
            raise ValueError(f"a render mode is 0 to {AC_RENDER_MODES - 1}, not {render_mode}")
        if not 0 <= glyphs <= 255:
            raise ValueError(f"glyph sets are 0 to 255, not {glyphs}")
        self.palette = palette
        self.style.color_level = <uint8_t>color_level
        self.style.render_mode = <uint8_t>render_mode
        self.style.utf8 = utf8
        self.style.rep = rep
        self.style.palette = &palette.table
        self.style.glyphs = <uint8_t>glyphs
        self.style.dither = dither

    @property
    def effective_mode(self):
        return ac_raster_effective(&self.style).render_mode

    @property
    def pixels_per_column(self):
        return ac_raster_pixels_per_column(&self.style)

    @property
    def pixels_per_row(self):
        return ac_raster_pixels_per_row(&self.style)


def render_cells(const unsigned char[:, :, :] pixels not None, Style style not None):
    cdef int across = ac_raster_pixels_per_column(&style.style), down = ac_raster_pixels_per_row(&style.style)
    cdef Py_ssize_t height = pixels.shape[0], width = pixels.shape[1]
    if pixels.shape[2] != 3:
        raise ValueError(f"a picture has 3 values a pixel (red, green, blue), not {pixels.shape[2]}")
    if not (across <= width <= across * MAX_SIDE and down <= height <= down * MAX_SIDE):
        raise ValueError(f"a picture has 1 to {MAX_SIDE} columns and rows of cells, of {across} x {down} pixels each, "
                         f"not {width} x {height} pixels")
    if width % across or height % down:
        raise ValueError(f"in this mode a cell has {across} x {down} pixels: {width} x {height} are not whole cells")
    cdef Py_ssize_t stride = pixels.strides[0]
    if pixels.strides[2] != 1 or pixels.strides[1] != 3 or not -0x7FFFFFFF <= stride <= 0x7FFFFFFF:
        pixels = numpy.ascontiguousarray(pixels)
    cdef int columns = <int>(width // across), rows = <int>(height // down)
    text = PyBytes_FromStringAndSize(NULL, <Py_ssize_t>ac_raster_bound(&style.style, columns, rows))
    cdef char *at = PyBytes_AS_STRING(text)
    cdef size_t length
    with nogil:
        length = ac_raster(&style.style, &pixels[0, 0, 0], columns, rows, <int>pixels.strides[0], at)
    return text[: <Py_ssize_t>length]
