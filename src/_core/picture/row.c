#include "row.h"

#include <string.h>

#include "emit.h"

const ac_label *ac_next_label(const ac_canvas *canvas, int y, int x) {
    const ac_label *next = NULL;
    for (int i = 0; i < canvas->label_count; i++) {
        const ac_label *label = &canvas->labels[i];
        if (label->y == y && label->x >= x && (next == NULL || label->x < next->x)) next = label;
    }
    return next;
}

/* White on black; black on green when it stands out. As each level numbers its colours. */
static const struct {
    uint32_t front, back;
} inks[4][2] = {
    [AC_COLOR_16] = {{15, 0}, {0, 10}},
    [AC_COLOR_256] = {{231, 16}, {16, 41}},
    [AC_COLOR_TRUE] = {{0xFFFFFF, 0x000000}, {0x000000, 0x30D060}},
};

char *ac_put_label(const ac_raster_style *style, const ac_label *label, ac_pen *pen, char *at) {
    const int level = style->color_level;
    if (level != AC_COLOR_NONE) {
        at = sgr_begin(at);
        at = put_color(at, level, false, inks[level][label->emphasis].front);
        at = put_color(at, level, true, inks[level][label->emphasis].back);
        at = sgr_end(at);
    }
    memcpy(at, label->text, label->length);
    at += label->length;
    /* The cells that follow may leave the background to the terminal, and only a reset gives it back. */
    if (level != AC_COLOR_NONE) at = sgr_put_reset(at);
    *pen = (ac_pen){AC_COLOR_UNSET, AC_COLOR_UNSET};
    return at;
}
