#include "layout.h"

#include <math.h>
#include <string.h>

#define ASPECT_UNKNOWN 1.6
#define ASPECT_LIMIT 8192.0

/* Half up; the small extra undoes what the division of two whole numbers lost (1920 / 1080 * 22.5 is 40). */
static int rounded(double value) {
    return (int)floor(value + 0.5 + 1e-9);
}

static int clamp(int value, int low, int high) {
    return value < low ? low : value > high ? high : value;
}

static double usable(double aspect) {
    if (!(aspect > 0) || isinf(aspect)) return ASPECT_UNKNOWN;
    return fmin(fmax(aspect, 1 / ASPECT_LIMIT), ASPECT_LIMIT);
}

void ac_layout_fit(int width, int height, double aspect, int *fitted_width, int *fitted_height) {
    width = width < 1 ? 1 : width;
    height = height < 1 ? 1 : height;
    aspect = usable(aspect);
    const double wanted = floor(height * aspect * 2 + 0.5 + 1e-9); /* may be more than an int holds */
    if (wanted <= width) {
        *fitted_width = clamp((int)wanted, 1, width);
        *fitted_height = height;
    } else {
        *fitted_width = width;
        *fitted_height = clamp(rounded(width / 2.0 / aspect), 1, height);
    }
}

/* Cut `length` cells into `parts`, spreading the remainder; part `i` is [from, to). */
static void part(int length, int parts, int i, int *from, int *to) {
    *from = (int)((long long)length * i / parts);
    *to = (int)((long long)length * (i + 1) / parts);
}

/* The cell of source `i` in a grid: an incomplete last row keeps the width of the others and stands in the
 * middle. */
static ac_rect grid_cell(int width, int height, int columns, int rows, int count, int i) {
    const int row = i / columns, column = i % columns;
    int left, right, top, bottom;
    part(height, rows, row, &top, &bottom);
    const int in_row = row == rows - 1 ? count - row * columns : columns;
    const int span = in_row == columns ? width : (int)((long long)width * in_row / columns);
    part(span, in_row, column, &left, &right);
    return (ac_rect){(width - span) / 2 + left, top, right - left, bottom - top};
}

static ac_rect fitted(ac_rect cell, double aspect) {
    ac_rect image;
    ac_layout_fit(cell.width, cell.height, aspect, &image.width, &image.height);
    image.x = cell.x + (cell.width - image.width) / 2;
    image.y = cell.y + (cell.height - image.height) / 2;
    return image;
}

static long long shown_area(int width, int height, int columns, int rows, int count, const double *aspects) {
    long long area = 0;
    for (int i = 0; i < count; i++) {
        const ac_rect image = fitted(grid_cell(width, height, columns, rows, count, i), aspects[i]);
        area += (long long)image.width * image.height;
    }
    return area;
}

void ac_layout_grid(int width, int height, int count, const double *aspects, int stretch, ac_layout *layout) {
    memset(layout, 0, sizeof *layout);
    if (width < 1 || height < 1 || count < 1) return;
    count = count > AC_LAYOUT_MAX ? AC_LAYOUT_MAX : count;
    if ((long long)width * height < count) count = width * height;

    long long best = -1;
    for (int columns = 1; columns <= count && columns <= width; columns++) {
        const int rows = (count + columns - 1) / columns;
        if (rows > height) continue;
        const long long area = shown_area(width, height, columns, rows, count, aspects);
        if (area > best) {
            best = area;
            layout->columns = columns;
            layout->rows = rows;
        }
    }

    layout->count = count;
    for (int i = 0; i < count; i++) {
        layout->cell[i] = grid_cell(width, height, layout->columns, layout->rows, count, i);
        layout->image[i] = stretch ? layout->cell[i] : fitted(layout->cell[i], aspects[i]);
    }
}

int ac_layout_room(int width, int height) {
    const int across = width / AC_READABLE_COLUMNS, down = height / AC_READABLE_ROWS;
    return (across < 1 ? 1 : across) * (down < 1 ? 1 : down);
}

#define STRIP_FROM 12 /* rows from which on there is a strip */
#define STRIP_ASPECT (16.0 / 9.0)

/* A fifth of the screen. */
static int strip_rows(int height) {
    return height < STRIP_FROM ? 0 : clamp(height / 5, 3, 9);
}

int ac_layout_strip(int width, int height) {
    const int rows = strip_rows(height);
    return rows == 0 ? 0 : width / rounded(rows * 2 * STRIP_ASPECT);
}

void ac_layout_focus(int width, int height, int count, const double *aspects, int stretch,
                     ac_layout *layout) {
    memset(layout, 0, sizeof *layout);
    if (width < 1 || height < 1 || count < 1) return;
    const int room = ac_layout_strip(width, height), wanted = count - 1;
    const int others = clamp(wanted < room ? wanted : room, 0, AC_LAYOUT_MAX - 1);
    const int rows = others ? strip_rows(height) : 0;
    layout->count = 1 + others;
    layout->columns = others ? others : 1;
    layout->rows = others ? 2 : 1;
    layout->cell[0] = (ac_rect){0, 0, width, height - rows};
    const int span = others < room ? (int)((long long)width * others / room) : width;
    for (int i = 0; i < others; i++) {
        int left, right;
        part(span, others, i, &left, &right);
        layout->cell[i + 1] = (ac_rect){(width - span) / 2 + left, height - rows, right - left, rows};
    }
    for (int i = 0; i < layout->count; i++)
        layout->image[i] = stretch ? layout->cell[i] : fitted(layout->cell[i], aspects[i]);
}
