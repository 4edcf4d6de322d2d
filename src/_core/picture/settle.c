#include "settle.h"

void ac_settle_scalar(const ac_raster_style *style, ac_cells *cells, int from, int to, ac_pen pen) {
    uint8_t all;
    const uint32_t *glyphs = ac_cell_patterns(style, &all);
    for (int i = from; i < to; i++) settle_cell(cells, i, glyphs, all, &pen);
}
