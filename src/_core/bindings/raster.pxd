from libc.stdint cimport int16_t, uint8_t

cdef extern from "picture/raster.h" nogil:
    enum:
        AC_COLOR_NONE
        AC_COLOR_16
        AC_COLOR_256
        AC_COLOR_TRUE
        AC_RENDER_FOREGROUND
        AC_RENDER_BACKGROUND
        AC_RENDER_HALF_BLOCK
        AC_RENDER_MODES
        AC_PALETTE_STANDARD
        AC_PALETTE_BLOCKS
        AC_PALETTE_DIGITAL
        AC_PALETTE_MINIMAL
        AC_PALETTE_COOL
        AC_PALETTE_CUSTOM

    ctypedef struct ac_palette:
        uint8_t count
        bint ascii
        uint8_t length[256]
        uint8_t glyph[256][4]
        uint8_t index[256]

    ctypedef struct ac_raster_style:
        uint8_t color_level
        uint8_t render_mode
        bint utf8
        bint rep
        const ac_palette *palette
        uint8_t glyphs
        bint dither

    int ac_palette_build(ac_palette *palette, const char *ramp, size_t length)
    const ac_palette *ac_palette_builtin(int palette)
    ac_raster_style ac_raster_effective(const ac_raster_style *style)
    int ac_raster_pixels_per_column(const ac_raster_style *style)
    int ac_raster_pixels_per_row(const ac_raster_style *style)
    size_t ac_raster_bound(const ac_raster_style *style, int columns, int rows)
    size_t ac_raster(const ac_raster_style *style, const uint8_t *pixels, int columns, int rows, int stride,
                     char *text)

    enum:
        AC_LABELS
        AC_LABEL_BYTES

    ctypedef struct ac_label:
        int16_t x
        int16_t y
        int16_t width
        uint8_t length
        uint8_t emphasis
        char text[56]

    ctypedef struct ac_canvas:
        const uint8_t *pixels
        int columns
        int rows
        int stride
        const ac_label *labels
        int label_count

    size_t ac_raster_canvas(const ac_raster_style *style, const ac_canvas *canvas, char *text)
    size_t ac_raster_changes(const ac_raster_style *style, const ac_canvas *now, const ac_canvas *before, char *text)

cdef class Palette:
    cdef ac_palette table
    cdef readonly str ramp


cdef class Style:
    cdef ac_raster_style style
    cdef readonly Palette palette
