/* Cells: what stands at each place of a row, on the way from pixels to text.

   A mode's maker turns pixels into cells that do not depend on one another. Before they are written they are
   settled: what they leave open is decided by what the terminal has set by then. These three steps are the
   rasteriser's kernels; each instruction set has a table of them, and the scalar table is the specification.
 */
#ifndef ASCIICHAT_CELL_H
#define ASCIICHAT_CELL_H

#include <stdbool.h>
#include <stdint.h>

#include "raster.h"

#define AC_CELLS 512    /* cells made and written at a time */
#define AC_CELLS_PAD 32 /* entries that vectors may read and write beyond them */

/* Luminances in a cell that differ by this make an edge. */
#define EDGE_MIN 56

/* A colour is 0xRRGGBB or a palette number, as the level says; or one of these. */
#define AC_COLOR_UNSET 0xFF000000u /* the terminal's own */
#define AC_COLOR_ANY                                                                                         \
    0xFE000000u /* whatever is set: the glyph does not show it. None is left when settled                    \
                 */

typedef struct {
    uint32_t glyph[AC_CELLS + AC_CELLS_PAD]; /* UTF-8, the first byte first in memory, then zeros */
    uint32_t front[AC_CELLS + AC_CELLS_PAD];
    uint32_t back[AC_CELLS + AC_CELLS_PAD];
    uint8_t pattern[AC_CELLS +
                    AC_CELLS_PAD]; /* in block modes with colours: the parts that show the front colour */
} ac_cells;

/* What the terminal draws with. */
typedef struct {
    uint32_t front, back;
} ac_pen;

/* Make `count` cells of row `y` from column `x` on. `pixels` is the first cell's first pixel, `stride` bytes
   a row of pixels. Block modes with colours give patterns instead of glyphs. */
typedef void ac_make_function(const ac_raster_style *style, const uint8_t *pixels, int stride, int x, int y,
                              int count, ac_cells *cells);

/* Decide what cells [from, to) leave open when `pen` is set: a glyph that does not show a colour takes the
   one that is set, and a block is turned over, drawn as its complement with the colours exchanged, when that
   saves a colour. */
typedef void ac_settle_function(const ac_raster_style *style, ac_cells *cells, int from, int to, ac_pen pen);

/* Write settled cells [from, to), setting colours where they differ from the pen's. Returns the end of the
 * text. */
typedef char *ac_emit_function(const ac_raster_style *style, const ac_cells *cells, int from, int to,
                               ac_pen *pen, char *at);

typedef struct {
    ac_make_function *make[AC_RENDER_MODES];
    ac_settle_function *settle;
    ac_emit_function *emit;
} ac_raster_kernels;

extern const ac_raster_kernels ac_raster_kernels_scalar;

/* Those in use. */
extern const ac_raster_kernels *ac_raster_active;

ac_make_function ac_make_foreground, ac_make_background, ac_make_half_block, ac_make_quadrant,
    ac_make_sextant, ac_make_octant, ac_make_braille, ac_make_edge;
ac_settle_function ac_settle_scalar;
ac_emit_function ac_emit_scalar;

/* As those, in vectors of the processor's baseline. */
ac_make_function ac_make_quadrant_lanes, ac_make_sextant_lanes, ac_make_octant_lanes, ac_make_braille_lanes,
    ac_make_edge_lanes;

/* Only on a processor that has the set. */
ac_make_function ac_make_foreground_avx2, ac_make_background_avx2, ac_make_half_block_avx2,
    ac_make_quadrant_avx2, ac_make_sextant_avx2, ac_make_octant_avx2, ac_make_braille_avx2, ac_make_edge_avx2;
ac_make_function ac_make_foreground_avx512, ac_make_background_avx512, ac_make_half_block_avx512,
    ac_make_quadrant_avx512, ac_make_sextant_avx512, ac_make_octant_avx512;
ac_settle_function ac_settle_avx2, ac_settle_avx512;
ac_emit_function ac_emit_avx512;
void ac_emit_avx512_prepare(void); /* before the first ac_emit_avx512 */

/* The glyphs of a mode's patterns, and the pattern that is all front; NULL for modes and levels that give
 * glyphs. */
const uint32_t *ac_cell_patterns(const ac_raster_style *style, uint8_t *all);

#endif
