/* Cells to terminal text: a picture with one pixel a cell (two, one above the other, in half-block mode)
   becomes rows of glyphs with the fewest SGR sequences. */
#ifndef ASCIICHAT_RASTER_H
#define ASCIICHAT_RASTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { AC_COLOR_NONE = 0, AC_COLOR_16 = 1, AC_COLOR_256 = 2, AC_COLOR_TRUE = 3 };

/* The first three are the wire's; the others are for our own clients. */
enum {
    AC_RENDER_FOREGROUND = 0, /* coloured glyphs */
    AC_RENDER_BACKGROUND = 1, /* black or white glyphs on coloured cells */
    AC_RENDER_HALF_BLOCK = 2, /* a cell is 1 x 2 pixels */
    AC_RENDER_QUADRANT = 3,   /* 2 x 2 pixels in two colours */
    AC_RENDER_SEXTANT = 4,    /* 2 x 3 */
    AC_RENDER_OCTANT = 5,     /* 2 x 4 */
    AC_RENDER_BRAILLE = 6,    /* 2 x 4 dots in one colour */
    AC_RENDER_EDGE = 7,       /* coloured glyphs, along edges those that have the edge's shape */
    AC_RENDER_MODES = 8
};

/* Sets of glyphs beyond the half blocks that a terminal and its font may have. */
enum {
    AC_GLYPHS_QUADRANT = 1, /* Block Elements */
    AC_GLYPHS_BRAILLE = 2,
    AC_GLYPHS_SEXTANT = 4, /* Unicode 13 */
    AC_GLYPHS_OCTANT = 8,  /* Unicode 16 */
};

enum {
    AC_PALETTE_STANDARD = 1,
    AC_PALETTE_BLOCKS = 2,
    AC_PALETTE_DIGITAL = 3,
    AC_PALETTE_MINIMAL = 4,
    AC_PALETTE_COOL = 5,
    AC_PALETTE_CUSTOM = 6
};

#define AC_PALETTE_GLYPHS 255

/* A luminance ramp, dark to bright, and the glyph of each of the 256 luminances. */
typedef struct {
    uint8_t count;         /* glyphs in the ramp */
    bool ascii;            /* none of them needs UTF-8 */
    uint8_t length[256];   /* UTF-8 bytes of the glyph for luminance L, 1 to 4 */
    uint8_t glyph[256][4]; /* its bytes, then zeros */
    uint8_t index[256];    /* which glyph of the ramp it is: equal index, equal place in the ramp */
    uint8_t ramp[32][4];   /* the first 32 glyphs of the ramp, as in `glyph` */
} ac_palette;

typedef struct {
    uint8_t color_level; /* AC_COLOR_* */
    uint8_t render_mode; /* AC_RENDER_* */
    bool utf8;           /* the terminal shows UTF-8 */
    bool rep;            /* the terminal understands REP (CSI n b) */
    const ac_palette *palette;
    uint8_t glyphs; /* AC_GLYPHS_* the terminal has */
    bool dither;    /* with 16 or 256 colours: mix them in a pattern that stands still */
} ac_raster_style;

/* Words over a picture: they stand in place of the cells they cover. */
#define AC_LABELS 72 /* at most, on one canvas */
#define AC_LABEL_BYTES 56
typedef struct {
    int16_t x, y, width; /* cells; wholly on the canvas, and no two overlap */
    uint8_t length;      /* bytes of text, which takes `width` cells */
    uint8_t emphasis;    /* 1: stands out */
    char text[AC_LABEL_BYTES];
} ac_label;

/* What is to be drawn: pixels in RGB24 and words over them. */
typedef struct {
    const uint8_t *pixels;
    int columns, rows; /* cells */
    int stride;        /* bytes from one row of pixels to the next */
    const ac_label *labels;
    int label_count;
} ac_canvas;

/* Build the table for a ramp of `length` bytes of valid UTF-8 (1 to 255 glyphs). 0, or -1 for bad UTF-8 or a
 * bad count. */
int ac_palette_build(ac_palette *palette, const char *ramp, size_t length);

/* A built-in palette; AC_PALETTE_STANDARD for anything unknown. Built at load, never changes. */
const ac_palette *ac_palette_builtin(int palette);

/* What the style comes to on the terminal it names:
   - octants fall back to sextants, these to quadrants, these to half blocks, for want of the glyphs; braille
   to foreground;
   - without UTF-8, block modes become background mode, their cells filled with colour, and braille foreground
   mode;
   - a palette with non-ASCII glyphs is replaced by the standard one without UTF-8;
   - without colour, background mode is foreground mode: bare glyphs. */
ac_raster_style ac_raster_effective(const ac_raster_style *style);

/* Pixels a cell is wide (1 or 2) and high (1 to 4) in the effective style: in half-block mode 1 and 2. */
int ac_raster_pixels_per_column(const ac_raster_style *style);
int ac_raster_pixels_per_row(const ac_raster_style *style);

/* An upper bound of the text's bytes, also of that of a canvas and of changes. */
size_t ac_raster_bound(const ac_raster_style *style, int columns, int rows);

/* Write the text of a picture of columns x rows cells in RGB24: rows joined by '\n', none after the last,
   every row `columns` cells wide, `ESC[0m` at the end when any SGR is in force. `text` has ac_raster_bound()
   bytes. Returns the bytes written. Never allocates; safe from any number of threads. */
size_t ac_raster(const ac_raster_style *style, const uint8_t *pixels, int columns, int rows, int stride,
                 char *text);

/* The same with words over the picture. */
size_t ac_raster_canvas(const ac_raster_style *style, const ac_canvas *canvas, char *text);

/* Write what turns `before`, drawn at the top left of a terminal, into `now`, of the same size: cursor moves
   (CUP, CUF) and the cells that differ. It begins and ends with no SGR in force; empty when nothing differs.
 */
size_t ac_raster_changes(const ac_raster_style *style, const ac_canvas *now, const ac_canvas *before,
                         char *text);

/* The specification that every variant equals. */
size_t ac_raster_scalar(const ac_raster_style *style, const uint8_t *pixels, int columns, int rows,
                        int stride, char *text);

#endif
