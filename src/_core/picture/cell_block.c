/* Modes that show several pixels a cell as the parts of a block character, in two colours. */
#include "cell.h"
#include "glyphs.h"
#include "pixel.h"
#include "shade.h"
#include "two_tone.h"

/* One colour for the whole cell, or two. */
ALWAYS_INLINE void put_block(ac_cells *cells, int i, uint32_t pattern, uint32_t front, uint32_t back) {
    const bool solid = front == back;
    cells->pattern[i] = (uint8_t)(solid ? 0 : pattern);
    cells->front[i] = solid ? AC_COLOR_ANY : front;
    cells->back[i] = back;
}

ALWAYS_INLINE void half_block(int level, bool dither, const uint8_t *upper, const uint8_t *lower, int x,
                              int y, int count, ac_cells *cells) {
    for (int i = 0; i < count; i++) {
        if (level == AC_COLOR_NONE) {
            cells->glyph[i] = ac_shade_of(luminance_of(upper + 3 * i), luminance_of(lower + 3 * i));
            cells->front[i] = cells->back[i] = AC_COLOR_UNSET;
        } else {
            put_block(cells, i, 1, color_of(level, dither, upper + 3 * i, x + i, 2 * y),
                      color_of(level, dither, lower + 3 * i, x + i, 2 * y + 1));
        }
    }
}

void ac_make_half_block(const ac_raster_style *style, const uint8_t *pixels, int stride, int x, int y,
                        int count, ac_cells *cells) {
    FOR_EACH_LEVEL(style, half_block, pixels, pixels + stride, x, y, count, cells);
}

/* Which parts of a cell are brighter than the thresholds of their places. */
ALWAYS_INLINE uint32_t lit_parts(const uint8_t *pixels, int stride, int down, int x, int y) {
    uint32_t pattern = 0;
    for (int part = 0; part < 2 * down; part++) {
        const uint8_t *pixel = pixels + part / 2 * stride + part % 2 * 3;
        const bool lit = luminance_of(pixel) > ac_dither_threshold(2 * x + part % 2, down * y + part / 2);
        pattern |= (uint32_t)lit << part;
    }
    return pattern;
}

ALWAYS_INLINE void blocks(int level, bool dither, int down, const uint32_t *glyphs, const uint8_t *pixels,
                          int stride, int x, int y, int count, ac_cells *cells) {
    for (int i = 0; i < count; i++, pixels += 6) {
        if (level == AC_COLOR_NONE) {
            cells->glyph[i] = glyphs[lit_parts(pixels, stride, down, x + i, y)];
            cells->front[i] = cells->back[i] = AC_COLOR_UNSET;
        } else {
            const two_tones tones = two_tones_of(pixels, stride, down);
            put_block(cells, i, tones.pattern, color_of(level, dither, tones.lit, x + i, y),
                      color_of(level, dither, tones.dark, x + i, y));
        }
    }
}

void ac_make_quadrant(const ac_raster_style *style, const uint8_t *pixels, int stride, int x, int y,
                      int count, ac_cells *cells) {
    FOR_EACH_LEVEL(style, blocks, 2, ac_glyphs_quadrant, pixels, stride, x, y, count, cells);
}

void ac_make_sextant(const ac_raster_style *style, const uint8_t *pixels, int stride, int x, int y, int count,
                     ac_cells *cells) {
    FOR_EACH_LEVEL(style, blocks, 3, ac_glyphs_sextant, pixels, stride, x, y, count, cells);
}

void ac_make_octant(const ac_raster_style *style, const uint8_t *pixels, int stride, int x, int y, int count,
                    ac_cells *cells) {
    FOR_EACH_LEVEL(style, blocks, 4, ac_glyphs_octant, pixels, stride, x, y, count, cells);
}

ALWAYS_INLINE void braille(int level, bool dither, const uint8_t *pixels, int stride, int x, int y, int count,
                           ac_cells *cells) {
    for (int i = 0; i < count; i++, pixels += 6) {
        const uint32_t pattern = lit_parts(pixels, stride, 4, x + i, y);
        cells->glyph[i] = ac_glyphs_braille[pattern];
        cells->front[i] = level == AC_COLOR_NONE ? AC_COLOR_UNSET : AC_COLOR_ANY;
        cells->back[i] = AC_COLOR_UNSET;
        if (level == AC_COLOR_NONE || pattern == 0) continue;
        uint32_t sums[3] = {0}, lit = 0;
        for (int part = 0; part < 8; part++) {
            if (!(pattern >> part & 1)) continue;
            const uint8_t *pixel = pixels + part / 2 * stride + part % 2 * 3;
            for (int channel = 0; channel < 3; channel++) sums[channel] += pixel[channel];
            lit++;
        }
        uint8_t mean[3];
        mean_of(sums, lit, mean);
        cells->front[i] = color_of(level, dither, mean, x + i, y);
    }
}

/* Dots where the picture is bright, in the colour of what is bright. */
void ac_make_braille(const ac_raster_style *style, const uint8_t *pixels, int stride, int x, int y, int count,
                     ac_cells *cells) {
    FOR_EACH_LEVEL(style, braille, pixels, stride, x, y, count, cells);
}

const uint32_t *ac_cell_patterns(const ac_raster_style *style, uint8_t *all) {
    static const struct {
        const uint32_t *glyphs;
        uint8_t all;
    } patterns[AC_RENDER_MODES] = {
        [AC_RENDER_HALF_BLOCK] = {ac_glyphs_half, 0x03},
        [AC_RENDER_QUADRANT] = {ac_glyphs_quadrant, 0x0F},
        [AC_RENDER_SEXTANT] = {ac_glyphs_sextant, 0x3F},
        [AC_RENDER_OCTANT] = {ac_glyphs_octant, 0xFF},
    };
    if (style->color_level == AC_COLOR_NONE) return NULL;
    *all = patterns[style->render_mode].all;
    return patterns[style->render_mode].glyphs;
}
