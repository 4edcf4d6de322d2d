/* What turns one drawn canvas into another: only the cells that look different.

   A cell's look depends on its own pixels and its place alone, so equal pixels make equal cells. Where pixels
   differ both cells are made and compared: with few colours or a short ramp they are often the same. */
#include <string.h>

#include "emit.h"
#include "row.h"

#define BRIDGE 3 /* unchanged cells that are written again rather than moved over: a move takes 4 bytes */

typedef struct {
    const ac_raster_style *style;
    const ac_canvas *now, *before;
    ac_cut cut;
    bool patterns;   /* the mode gives patterns instead of glyphs */
    int row, column; /* where the cursor is; -1: not known */
    ac_pen pen;
    char *at;
} writer;

static char *put_digits(char *at, int value) {
    char digits[8];
    int count = 0;
    do digits[count++] = (char)('0' + value % 10);
    while ((value /= 10) != 0);
    while (count) *at++ = digits[--count];
    return at;
}

/* CUF within the row, CUP to another (ECMA-48 8.3.20, 8.3.21). */
static void move_to(writer *w, int row, int column) {
    if (row == w->row && column == w->column) return;
    char *at = sgr_begin(w->at);
    if (row == w->row && column > w->column) {
        if (column - w->column > 1) at = put_digits(at, column - w->column);
        *at++ = 'C';
    } else {
        at = put_digits(at, row + 1);
        if (column > 0) {
            *at++ = ';';
            at = put_digits(at, column + 1);
        }
        *at++ = 'H';
    }
    w->at = at;
    w->row = row;
    w->column = column;
}

static bool same_pixels(const writer *w, int x, int y) {
    const uint8_t *now = ac_cell_pixels(w->now, w->cut, x, y);
    const uint8_t *before = ac_cell_pixels(w->before, w->cut, x, y);
    for (int line = 0; line < w->cut.down; line++)
        if (memcmp(now + (int64_t)line * w->now->stride, before + (int64_t)line * w->before->stride,
                   (size_t)w->cut.across * 3) != 0)
            return false;
    return true;
}

static bool same_cell(const writer *w, const ac_cells *now, const ac_cells *before, int i) {
    if (w->patterns ? now->pattern[i] != before->pattern[i] : now->glyph[i] != before->glyph[i]) return false;
    return w->style->color_level == AC_COLOR_NONE ||
           (now->front[i] == before->front[i] && now->back[i] == before->back[i]);
}

/* Was the cell under a label that is not there any more? */
static bool was_covered(const ac_canvas *canvas, int x, int y) {
    for (int i = 0; i < canvas->label_count; i++) {
        const ac_label *label = &canvas->labels[i];
        if (label->y == y && x >= label->x && x < label->x + label->width) return true;
    }
    return false;
}

/* Can cells [from, to), unchanged, be written again in the colours of the one before them, without setting
   any? */
static bool bridges(const writer *w, const ac_cells *cells, int from, int to) {
    if (to - from > (w->patterns ? 0 : BRIDGE)) return false;
    for (int i = from; i < to; i++) {
        if (ac_glyph_length(cells->glyph[i]) > 1) return false;
        if (w->style->color_level != AC_COLOR_NONE &&
            (cells->front[i] != cells->front[from - 1] || cells->back[i] != cells->back[from - 1]))
            return false;
    }
    return true;
}

/* Cells [from, to) of row `y`, at most AC_CELLS. */
static void put_chunk(writer *w, int y, int from, int to) {
    bool differs[AC_CELLS];
    int first = to, last = from - 1;
    for (int x = from; x < to; x++) {
        differs[x - from] = !same_pixels(w, x, y) || was_covered(w->before, x, y);
        if (!differs[x - from]) continue;
        if (first == to) first = x;
        last = x;
    }
    if (first == to) return;

    ac_cells now, before;
    const int start = first - from, count = last + 1 - first;
    ac_make_function *make = ac_raster_active->make[w->style->render_mode];
    make(w->style, ac_cell_pixels(w->now, w->cut, first, y), w->now->stride, first, y, count, &now);
    make(w->style, ac_cell_pixels(w->before, w->cut, first, y), w->before->stride, first, y, count, &before);
    for (int i = 0; i < count; i++)
        if (differs[start + i] && same_cell(w, &now, &before, i) && !was_covered(w->before, first + i, y))
            differs[start + i] = false;

    for (int i = 0; i < count;) {
        if (!differs[start + i]) {
            i++;
            continue;
        }
        int end = i + 1;
        for (;;) {
            int next = end;
            while (next < count && !differs[start + next]) next++;
            if (next == count || !bridges(w, &now, end, next)) break;
            end = next + 1;
        }
        move_to(w, y, first + i);
        ac_raster_active->settle(w->style, &now, i, end, w->pen);
        w->at = ac_raster_active->emit(w->style, &now, i, end, &w->pen, w->at);
        w->column = first + end;
        i = end;
    }
}

static void put_cells(writer *w, int y, int from, int to) {
    for (int x = from; x < to; x += AC_CELLS) put_chunk(w, y, x, to - x < AC_CELLS ? to : x + AC_CELLS);
}

static bool same_label(const ac_label *a, const ac_label *b) {
    return a->x == b->x && a->y == b->y && a->width == b->width && a->length == b->length &&
           a->emphasis == b->emphasis && memcmp(a->text, b->text, a->length) == 0;
}

static void put_label(writer *w, const ac_label *label) {
    for (int i = 0; i < w->before->label_count; i++)
        if (same_label(label, &w->before->labels[i])) return;
    move_to(w, label->y, label->x);
    w->at = ac_put_label(w->style, label, &w->pen, w->at);
    w->column = label->x + label->width;
}

static bool same_row(const writer *w, int y) {
    for (int line = y * w->cut.down; line < (y + 1) * w->cut.down; line++)
        if (memcmp(w->now->pixels + (int64_t)line * w->now->stride,
                   w->before->pixels + (int64_t)line * w->before->stride,
                   (size_t)w->now->columns * (size_t)w->cut.across * 3) != 0)
            return false;
    return ac_next_label(w->now, y, 0) == NULL && ac_next_label(w->before, y, 0) == NULL;
}

size_t ac_raster_changes(const ac_raster_style *asked, const ac_canvas *now, const ac_canvas *before,
                         char *text) {
    const ac_raster_style style = ac_raster_effective(asked);
    uint8_t all;
    writer w = {.style = &style,
                .now = now,
                .before = before,
                .cut = ac_cut_of(&style),
                .patterns = ac_cell_patterns(&style, &all) != NULL,
                .row = -1,
                .column = -1,
                .pen = {AC_COLOR_UNSET, AC_COLOR_UNSET},
                .at = text};
    for (int y = 0; y < now->rows; y++) {
        if (same_row(&w, y)) continue;
        int x = 0;
        const ac_label *label;
        while ((label = ac_next_label(now, y, x)) != NULL) {
            put_cells(&w, y, x, label->x);
            put_label(&w, label);
            x = label->x + label->width;
        }
        put_cells(&w, y, x, now->columns);
    }
    if (w.pen.front != AC_COLOR_UNSET || w.pen.back != AC_COLOR_UNSET) w.at = sgr_put_reset(w.at);
    return (size_t)(w.at - text);
}
