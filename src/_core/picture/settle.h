/* Settling cells one by one: the specification, and what vectors leave over. */
#ifndef ASCIICHAT_SETTLE_H
#define ASCIICHAT_SETTLE_H

#include <stddef.h>

#include "cell.h"
#include "pixel.h"

/* `glyphs` are the mode's patterns, `all` the pattern that is all front; NULL for modes that give glyphs. */
ALWAYS_INLINE void settle_cell(ac_cells *cells, int i, const uint32_t *glyphs, uint32_t all, ac_pen *pen) {
    uint32_t front = cells->front[i], back = cells->back[i];
    if (glyphs != NULL) {
        /* Colours to set as it is, and turned over. An open colour costs nothing, it takes the one that is
         * set. */
        const int kept = (front != AC_COLOR_ANY && front != pen->front) + (back != pen->back);
        const int turned = (back != pen->front) + (front != AC_COLOR_ANY && front != pen->back);
        uint32_t pattern = cells->pattern[i];
        if (turned < kept) {
            const uint32_t other = front;
            front = back;
            back = other;
            pattern ^= all;
        }
        cells->glyph[i] = glyphs[pattern];
    }
    cells->front[i] = pen->front = front == AC_COLOR_ANY ? pen->front : front;
    cells->back[i] = pen->back = back == AC_COLOR_ANY ? pen->back : back;
}

#endif
