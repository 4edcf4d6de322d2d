#include "raster.h"

#include "base/cpu.h"
#include "cell.h"
#include "row.h"
#include "sgr.h"

static const struct {
    uint8_t across, down;
    uint8_t glyphs;   /* the set it needs */
    uint8_t fallback; /* the mode without it */
} modes[AC_RENDER_MODES] = {
    [AC_RENDER_FOREGROUND] = {1, 1, 0, 0},
    [AC_RENDER_BACKGROUND] = {1, 1, 0, 0},
    [AC_RENDER_HALF_BLOCK] = {1, 2, 0, 0},
    [AC_RENDER_QUADRANT] = {2, 2, AC_GLYPHS_QUADRANT, AC_RENDER_HALF_BLOCK},
    [AC_RENDER_SEXTANT] = {2, 3, AC_GLYPHS_SEXTANT, AC_RENDER_QUADRANT},
    [AC_RENDER_OCTANT] = {2, 4, AC_GLYPHS_OCTANT, AC_RENDER_SEXTANT},
    [AC_RENDER_BRAILLE] = {2, 4, AC_GLYPHS_BRAILLE, AC_RENDER_FOREGROUND},
    [AC_RENDER_EDGE] = {2, 4, 0, 0},
};

ac_raster_style ac_raster_effective(const ac_raster_style *style) {
    ac_raster_style effective = *style;
    if (effective.color_level > AC_COLOR_TRUE) effective.color_level = AC_COLOR_NONE;
    uint8_t mode = effective.render_mode < AC_RENDER_MODES ? effective.render_mode : AC_RENDER_FOREGROUND;
    while (modes[mode].glyphs & ~effective.glyphs) mode = modes[mode].fallback;
    if (!effective.utf8 && mode == AC_RENDER_BRAILLE) mode = AC_RENDER_FOREGROUND;
    if (!effective.utf8 && mode >= AC_RENDER_HALF_BLOCK && mode <= AC_RENDER_OCTANT)
        mode = AC_RENDER_BACKGROUND;
    if (effective.color_level == AC_COLOR_NONE && mode == AC_RENDER_BACKGROUND) mode = AC_RENDER_FOREGROUND;
    effective.render_mode = mode;
    if (effective.palette == NULL || (!effective.utf8 && !effective.palette->ascii))
        effective.palette = ac_palette_builtin(AC_PALETTE_STANDARD);
    return effective;
}

int ac_raster_pixels_per_column(const ac_raster_style *style) {
    return modes[ac_raster_effective(style).render_mode].across;
}

int ac_raster_pixels_per_row(const ac_raster_style *style) {
    return modes[ac_raster_effective(style).render_mode].down;
}

size_t ac_raster_bound(const ac_raster_style *style, int columns, int rows) {
    if (columns < 1 || rows < 1) return SGR_SLACK;
    static const size_t parameters[] = {0, SGR_16_LENGTH, SGR_256_LENGTH, SGR_TRUE_LENGTH};
    const ac_raster_style effective = ac_raster_effective(style);
    const uint8_t mode = effective.render_mode;
    const bool one = mode == AC_RENDER_FOREGROUND || mode == AC_RENDER_BRAILLE || mode == AC_RENDER_EDGE;
    const size_t color = parameters[effective.color_level];
    const size_t sgr = color == 0 ? 0 : 2 + color + (one ? 0 : 1 + color) + 1;
    /* Changes move the cursor at most once for two cells. */
    const size_t row =
        (size_t)columns * (sgr + 4) + SGR_RESET_LENGTH + 1 + ((size_t)columns / 2 + 1) * AC_CURSOR_LENGTH;
    return row * (size_t)rows + AC_LABELS * AC_LABEL_ROOM + SGR_SLACK;
}

ac_cut ac_cut_of(const ac_raster_style *effective) {
    return (ac_cut){modes[effective->render_mode].across, modes[effective->render_mode].down};
}

/* Cells [from, to) of row `y`. */
static char *put_cells(const ac_raster_kernels *kernels, const ac_raster_style *style,
                       const ac_canvas *canvas, int y, int from, int to, ac_pen *pen, char *at) {
    const ac_cut cut = ac_cut_of(style);
    ac_cells cells;
    for (int x = from; x < to; x += AC_CELLS) {
        const int count = to - x < AC_CELLS ? to - x : AC_CELLS;
        kernels->make[style->render_mode](style, ac_cell_pixels(canvas, cut, x, y), canvas->stride, x, y,
                                          count, &cells);
        kernels->settle(style, &cells, 0, count, *pen);
        at = kernels->emit(style, &cells, 0, count, pen, at);
    }
    return at;
}

/* A canvas by some set of kernels. */
static size_t draw(const ac_raster_kernels *kernels, const ac_raster_style *asked, const ac_canvas *canvas,
                   char *text) {
    if (canvas->columns < 1 || canvas->rows < 1) return 0;
    const ac_raster_style style = ac_raster_effective(asked);
    ac_pen pen = {AC_COLOR_UNSET, AC_COLOR_UNSET};
    char *at = text;
    for (int y = 0; y < canvas->rows; y++) {
        int x = 0;
        const ac_label *label;
        while ((label = ac_next_label(canvas, y, x)) != NULL) {
            at = put_cells(kernels, &style, canvas, y, x, label->x, &pen, at);
            at = ac_put_label(&style, label, &pen, at);
            x = label->x + label->width;
        }
        at = put_cells(kernels, &style, canvas, y, x, canvas->columns, &pen, at);
        const bool last = y == canvas->rows - 1;
        /* A terminal fills what a row break scrolls in with the background colour, so none may be in force
         * there. */
        if (pen.back != AC_COLOR_UNSET || (last && pen.front != AC_COLOR_UNSET)) {
            at = sgr_put_reset(at);
            pen = (ac_pen){AC_COLOR_UNSET, AC_COLOR_UNSET};
        }
        if (!last) *at++ = '\n';
    }
    return (size_t)(at - text);
}

const ac_raster_kernels ac_raster_kernels_scalar = {
    .make =
        {
            [AC_RENDER_FOREGROUND] = ac_make_foreground,
            [AC_RENDER_BACKGROUND] = ac_make_background,
            [AC_RENDER_HALF_BLOCK] = ac_make_half_block,
            [AC_RENDER_QUADRANT] = ac_make_quadrant,
            [AC_RENDER_SEXTANT] = ac_make_sextant,
            [AC_RENDER_OCTANT] = ac_make_octant,
            [AC_RENDER_BRAILLE] = ac_make_braille,
            [AC_RENDER_EDGE] = ac_make_edge,
        },
    .settle = ac_settle_scalar,
    .emit = ac_emit_scalar,
};

static const ac_raster_kernels kernels_baseline = {
    .make =
        {
            [AC_RENDER_FOREGROUND] = ac_make_foreground,
            [AC_RENDER_BACKGROUND] = ac_make_background,
            [AC_RENDER_HALF_BLOCK] = ac_make_half_block,
            [AC_RENDER_QUADRANT] = ac_make_quadrant_lanes,
            [AC_RENDER_SEXTANT] = ac_make_sextant_lanes,
            [AC_RENDER_OCTANT] = ac_make_octant_lanes,
            [AC_RENDER_BRAILLE] = ac_make_braille_lanes,
            [AC_RENDER_EDGE] = ac_make_edge_lanes,
        },
    .settle = ac_settle_scalar,
    .emit = ac_emit_scalar,
};

#if defined(__x86_64__)
static const ac_raster_kernels kernels_avx2 = {
    .make =
        {
            [AC_RENDER_FOREGROUND] = ac_make_foreground_avx2,
            [AC_RENDER_BACKGROUND] = ac_make_background_avx2,
            [AC_RENDER_HALF_BLOCK] = ac_make_half_block_avx2,
            [AC_RENDER_QUADRANT] = ac_make_quadrant_avx2,
            [AC_RENDER_SEXTANT] = ac_make_sextant_avx2,
            [AC_RENDER_OCTANT] = ac_make_octant_avx2,
            [AC_RENDER_BRAILLE] = ac_make_braille_avx2,
            [AC_RENDER_EDGE] = ac_make_edge_avx2,
        },
    .settle = ac_settle_avx2,
    .emit = ac_emit_scalar,
};

static const ac_raster_kernels kernels_avx512 = {
    .make =
        {
            [AC_RENDER_FOREGROUND] = ac_make_foreground_avx512,
            [AC_RENDER_BACKGROUND] = ac_make_background_avx512,
            [AC_RENDER_HALF_BLOCK] = ac_make_half_block_avx512,
            [AC_RENDER_QUADRANT] = ac_make_quadrant_avx512,
            [AC_RENDER_SEXTANT] = ac_make_sextant_avx512,
            [AC_RENDER_OCTANT] = ac_make_octant_avx512,
            [AC_RENDER_BRAILLE] = ac_make_braille_avx2,
            [AC_RENDER_EDGE] = ac_make_edge_avx2,
        },
    .settle = ac_settle_avx512,
    .emit = ac_emit_avx512,
};
#endif

const ac_raster_kernels *ac_raster_active = &kernels_baseline;

static void choose(uint32_t active) {
    ac_raster_active = &kernels_baseline;
#if defined(__x86_64__)
    if (active & AC_CPU_AVX2) ac_raster_active = &kernels_avx2;
    if (active & AC_CPU_AVX512) {
        ac_emit_avx512_prepare();
        ac_raster_active = &kernels_avx512;
    }
#endif
}

AC_CPU_KERNEL(choose)

size_t ac_raster_canvas(const ac_raster_style *style, const ac_canvas *canvas, char *text) {
    return draw(ac_raster_active, style, canvas, text);
}

size_t ac_raster(const ac_raster_style *style, const uint8_t *pixels, int columns, int rows, int stride,
                 char *text) {
    const ac_canvas canvas = {.pixels = pixels, .columns = columns, .rows = rows, .stride = stride};
    return draw(ac_raster_active, style, &canvas, text);
}

size_t ac_raster_scalar(const ac_raster_style *style, const uint8_t *pixels, int columns, int rows,
                        int stride, char *text) {
    const ac_canvas canvas = {.pixels = pixels, .columns = columns, .rows = rows, .stride = stride};
    return draw(&ac_raster_kernels_scalar, style, &canvas, text);
}
