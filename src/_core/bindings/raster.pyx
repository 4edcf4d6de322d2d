"""Cells to terminal text."""

from cpython.bytes cimport PyBytes_FromStringAndSize
from libc.stdint cimport uint8_t, uint16_t, uint32_t
from libc.stdlib cimport free, malloc
from libc.string cimport memcpy

import numpy

cdef extern from "Python.h":
    str PyUnicode_New(Py_ssize_t length, Py_UCS4 most)
    void *PyUnicode_DATA(object text)

cdef extern from "picture/utf8.h" nogil:
    size_t ac_utf8_count(const uint8_t *text, size_t length, uint8_t *most)
    void ac_utf8_to_ucs2(const uint8_t *text, size_t length, uint16_t *out)
    void ac_utf8_to_ucs4(const uint8_t *text, size_t length, uint32_t *out)

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


cdef struct Text:
    char *bytes  # to be freed
    size_t length


cdef Text draw(const unsigned char[:, :, :] pixels, Style style) except *:
    """The text of a picture, in a buffer of the worst case's size."""
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
    cdef Text text
    text.bytes = <char *>malloc(ac_raster_bound(&style.style, columns, rows))
    if text.bytes == NULL:
        raise MemoryError(f"no memory for a picture of {columns} x {rows} cells")
    with nogil:
        text.length = ac_raster(&style.style, &pixels[0, 0, 0], columns, rows, <int>pixels.strides[0], text.bytes)
    return text


def render_cells(const unsigned char[:, :, :] pixels not None, Style style not None):
    cdef Text text = draw(pixels, style)
    try:
        return PyBytes_FromStringAndSize(text.bytes, <Py_ssize_t>text.length)
    finally:
        free(text.bytes)


def render_text(const unsigned char[:, :, :] pixels not None, Style style not None):
    cdef Text text = draw(pixels, style)
    cdef const uint8_t *utf8 = <const uint8_t *>text.bytes
    cdef uint8_t most
    cdef size_t count
    cdef void *data
    try:
        with nogil:
            count = ac_utf8_count(utf8, text.length, &most)
        if 0x80 <= most < 0xE0:  # Latin ramps of one's own: seldom, and their strings have two forms
            return utf8[: text.length].decode()
        drawn = PyUnicode_New(<Py_ssize_t>count, 0x7F if most < 0x80 else 0xFFFF if most < 0xF0 else 0x10FFFF)
        data = PyUnicode_DATA(drawn)
        with nogil:
            if most < 0x80:
                memcpy(data, utf8, count)
            elif most < 0xF0:
                ac_utf8_to_ucs2(utf8, text.length, <uint16_t *>data)
            else:
                ac_utf8_to_ucs4(utf8, text.length, <uint32_t *>data)
        return drawn
    finally:
        free(text.bytes)
