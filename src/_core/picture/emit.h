/* Writing cells one by one: the specification, and what vectors leave over. */
#ifndef ASCIICHAT_EMIT_H
#define ASCIICHAT_EMIT_H

#include "cell.h"
#include "glyphs.h"
#include "pixel.h"
#include "sgr.h"

ALWAYS_INLINE char *put_color(char *at, int level, bool back, uint32_t color) {
    if (level == AC_COLOR_TRUE) return sgr_put_true(at, back ? "48;2;\0\0" : "38;2;\0\0", color);
    if (level == AC_COLOR_256)
        return sgr_put_indexed(at, back ? &sgr_background_256 : &sgr_foreground_256, color);
    return sgr_put_indexed(at, back ? &sgr_background_16 : &sgr_foreground_16, color);
}

/* `count` more of a glyph of `length` bytes by REP (ECMA-48 8.3.103), if that is shorter than writing them.
 */
static inline bool put_repeat(char **at, int count, int length) {
    const int digits = count < 10 ? 1 : count < 100 ? 2 : 3;
    if (count * length <= 3 + digits) return false;
    char *text = sgr_begin(*at);
    for (int i = digits - 1; i >= 0; i--, count /= 10) text[i] = (char)('0' + count % 10);
    text[digits] = 'b';
    *at = text + digits + 1;
    return true;
}

/* Write cell `*i` and, with `rep`, those after it that are equal, up to `to`; `*i` becomes the next one. */
ALWAYS_INLINE char *put_cell(int level, bool rep, const ac_cells *cells, int *i, int to, ac_pen *pen,
                             char *at) {
    const uint32_t glyph = cells->glyph[*i], front = cells->front[*i], back = cells->back[*i];
    if (level != AC_COLOR_NONE && (front != pen->front || back != pen->back)) {
        at = sgr_begin(at);
        if (front != pen->front) at = put_color(at, level, false, front);
        if (back != pen->back) at = put_color(at, level, true, back);
        at = sgr_end(at);
        pen->front = front;
        pen->back = back;
    }
    const int length = ac_glyph_length(glyph);
    memcpy(at, &glyph, 4);
    at += length;
    ++*i;
    if (!rep) return at;
    int end = *i;
    while (end < to && cells->glyph[end] == glyph && cells->front[end] == front && cells->back[end] == back)
        end++;
    if (put_repeat(&at, end - *i, length)) *i = end;
    return at;
}

#endif
