/* The glyphs of block patterns. A pattern's bit n is part n of the cell, rows from top to bottom, in a row
 * left first. */
#ifndef ASCIICHAT_GLYPHS_H
#define ASCIICHAT_GLYPHS_H

#include <stdint.h>

/* UTF-8 as cells hold it. Filled at load. */
extern uint32_t ac_glyphs_half[4], ac_glyphs_quadrant[16], ac_glyphs_sextant[64], ac_glyphs_octant[256];
extern uint32_t ac_glyphs_braille[256];

/* ASCII characters with the shape of a 2 x 4 pattern. */
extern uint32_t ac_glyphs_edge[256];

/* The glyph of a character. */
uint32_t ac_glyph_of(uint32_t character);

/* Its bytes, 1 to 4. */
static inline int ac_glyph_length(uint32_t glyph) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return glyph & 0xFF ? 4 : glyph & 0xFF00 ? 3 : glyph & 0xFF0000 ? 2 : 1;
#else
    return glyph >> 24 ? 4 : glyph >> 16 ? 3 : glyph >> 8 ? 2 : 1;
#endif
}

#endif
