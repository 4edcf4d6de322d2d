#include "emit.h"

ALWAYS_INLINE char *emit(int level, bool rep, const ac_cells *cells, int from, int to, ac_pen *pen,
                         char *at) {
    while (from < to) at = put_cell(level, rep, cells, &from, to, pen, at);
    return at;
}

char *ac_emit_scalar(const ac_raster_style *style, const ac_cells *cells, int from, int to, ac_pen *pen,
                     char *at) {
    switch (style->color_level << 1 | style->rep) {
    case AC_COLOR_TRUE << 1:
        return emit(AC_COLOR_TRUE, false, cells, from, to, pen, at);
    case AC_COLOR_TRUE << 1 | 1:
        return emit(AC_COLOR_TRUE, true, cells, from, to, pen, at);
    case AC_COLOR_256 << 1:
        return emit(AC_COLOR_256, false, cells, from, to, pen, at);
    case AC_COLOR_256 << 1 | 1:
        return emit(AC_COLOR_256, true, cells, from, to, pen, at);
    case AC_COLOR_16 << 1:
        return emit(AC_COLOR_16, false, cells, from, to, pen, at);
    case AC_COLOR_16 << 1 | 1:
        return emit(AC_COLOR_16, true, cells, from, to, pen, at);
    case AC_COLOR_NONE << 1:
        return emit(AC_COLOR_NONE, false, cells, from, to, pen, at);
    default:
        return emit(AC_COLOR_NONE, true, cells, from, to, pen, at);
    }
}
