/* A row of a canvas: spans of cells with words between them. */
#ifndef ASCIICHAT_ROW_H
#define ASCIICHAT_ROW_H

#include "cell.h"
#include "sgr.h"

/* How the effective style cuts pixels into cells. */
typedef struct {
    int across, down;
} ac_cut;

ac_cut ac_cut_of(const ac_raster_style *effective);

/* The first pixel of a cell. */
static inline const uint8_t *ac_cell_pixels(const ac_canvas *canvas, ac_cut cut, int x, int y) {
    return canvas->pixels + (int64_t)y * cut.down * canvas->stride + (int64_t)x * cut.across * 3;
}

/* The leftmost label of row `y` from column `x` on, or NULL. */
const ac_label *ac_next_label(const ac_canvas *canvas, int y, int x);

#define AC_LABEL_ROOM (AC_LABEL_BYTES + 2 + 2 * (SGR_TRUE_LENGTH + 1) + SGR_RESET_LENGTH)
#define AC_CURSOR_LENGTH 12 /* CSI 4096;4096H */

/* Write a label in colours that can be read over any picture, and leave none of them in force. */
char *ac_put_label(const ac_raster_style *style, const ac_label *label, ac_pen *pen, char *at);

#endif
