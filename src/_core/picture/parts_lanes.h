/* The modes whose cells have 2 x 2, 2 x 3 or 2 x 4 parts, for an including file that defines

   - part_pixels, which parts a row of 2 * LANES pixels into the planes of its left and of its right ones;
   - NAME(mode), the makers' names.

   LANES cells are worked on at a time, each step a loop over bytes or words that a compiler turns into
   vectors of the instruction set the file is compiled for. What the steps compute is written down in
   two_tone.h, cell_block.c and cell_ramp.c, whose makers these equal. */
#include <string.h>

#include "cell.h"
#include "glyphs.h"
#include "pixel.h"
#include "two_tone.h"

#define PARTS_MAX 8
#define EACH_LANE(i) for (int i = 0; i < LANES; i++)

/* A byte for each cell; as a mask 0 or 255. */
typedef uint8_t bytes[LANES];

/* Red, green and blue of each part of each cell. */
typedef struct {
    bytes part[PARTS_MAX][3];
} planes;

/* The parts of a cell that are lit, and their sums. */
typedef struct {
    bytes pattern, number;
    uint16_t sum[3][LANES];
} lit_parts;

static void load(planes *planes, int down, const uint8_t *pixels, int stride, int count) {
    for (int y = 0; y < down; y++) {
        const uint8_t *row = pixels + (int64_t)y * stride;
        uint8_t last[6 * LANES];
        if (count < LANES) { /* beyond the last cell there may be nothing to read */
            memset(last, 0, sizeof last);
            memcpy(last, row, 6 * (size_t)count);
            row = last;
        }
        part_pixels(row, planes->part[2 * y], planes->part[2 * y + 1]);
    }
}

static inline void luminances(const bytes *part, uint8_t *luminance) {
    EACH_LANE(i)
    luminance[i] = (uint8_t)((77 * part[0][i] + 150 * part[1][i] + 29 * part[2][i] + 128) >> 8);
}

static inline void begin(lit_parts *lit) {
    memset(lit, 0, sizeof *lit);
}

/* Count the part among the lit where the mask is set. */
static inline void add(lit_parts *lit, int number, const bytes *part, const uint8_t *mask) {
    const uint8_t bit = (uint8_t)(1u << number);
    EACH_LANE(i) {
        lit->pattern[i] |= mask[i] & bit;
        lit->number[i] += mask[i] & 1;
    }
    for (int channel = 0; channel < 3; channel++) {
        uint16_t *restrict sum = lit->sum[channel];
        const uint8_t *value = part[channel];
        EACH_LANE(i) sum[i] += mask[i] & value[i];
    }
}

/* Rounded half up. With whole numbers of at most 2044 and 8 a float's quotient is whole exactly when it
   should be, and else at least 1 / 8 away from a whole number. */
static inline void mean(const uint16_t *sum, const uint8_t *number, uint8_t *restrict mean) {
    EACH_LANE(i) {
        const int32_t count = number[i] > 0 ? number[i] : 1;
        mean[i] = (uint8_t)(int32_t)((float)(sum[i] + count / 2) / (float)count);
    }
}

/* The colours as the terminal is told them. */
ALWAYS_INLINE void colors(int level, bool dither, const bytes *mean, int x, int y, uint32_t *color) {
    if (level == AC_COLOR_TRUE) {
        EACH_LANE(i) color[i] = (uint32_t)mean[0][i] << 16 | (uint32_t)mean[1][i] << 8 | mean[2][i];
        return;
    }
    EACH_LANE(i) {
        const uint8_t pixel[3] = {mean[0][i], mean[1][i], mean[2][i]};
        color[i] = color_of(level, dither, pixel, x + i, y);
    }
}

/* Light the parts that are brighter than the thresholds of their places. */
static inline void light_by_place(const planes *planes, int down, int x, int y, lit_parts *lit) {
    begin(lit);
    for (int part = 0; part < 2 * down; part++) {
        bytes luminance, threshold, mask;
        for (int i = 0; i < 4; i++) /* they come again after eight pixels */
            threshold[i] = (uint8_t)ac_dither_threshold(2 * (x + i) + part % 2, down * y + part / 2);
        for (int i = 4; i < LANES; i += 4) memcpy(threshold + i, threshold, 4);
        luminances(planes->part[part], luminance);
        EACH_LANE(i) mask[i] = luminance[i] > threshold[i] ? 255 : 0;
        add(lit, part, planes->part[part], mask);
    }
}

/* The parting of two_tone.h. `even` is a mask of the cells of one colour; their pattern and mean are of no
 * use. */
static inline void part_in_two(const planes *planes, int down, lit_parts *lit, uint16_t (*all)[LANES],
                               uint8_t *even) {
    bytes least[3], range[3], green, blue, middle;
    for (int channel = 0; channel < 3; channel++) {
        bytes most;
        memset(least[channel], 255, LANES);
        memset(most, 0, LANES);
        memset(all[channel], 0, sizeof all[channel]);
        for (int part = 0; part < 2 * down; part++) {
            const uint8_t *value = planes->part[part][channel];
            EACH_LANE(i) {
                least[channel][i] = value[i] < least[channel][i] ? value[i] : least[channel][i];
                most[i] = value[i] > most[i] ? value[i] : most[i];
            }
            EACH_LANE(i) all[channel][i] += value[i];
        }
        EACH_LANE(i) range[channel][i] = most[i] - least[channel][i];
    }
    EACH_LANE(i) {
        green[i] = range[1][i] > range[0][i] ? 255 : 0;
        uint8_t widest = range[1][i] > range[0][i] ? range[1][i] : range[0][i];
        uint8_t floor = range[1][i] > range[0][i] ? least[1][i] : least[0][i];
        blue[i] = range[2][i] > widest ? 255 : 0;
        floor = range[2][i] > widest ? least[2][i] : floor;
        widest = range[2][i] > widest ? range[2][i] : widest;
        even[i] = widest <= TWO_TONE_FLAT ? 255 : 0;
        middle[i] = (uint8_t)(floor + (widest >> 1) + (widest & 1));
    }
    begin(lit);
    for (int part = 0; part < 2 * down; part++) {
        const bytes *value = planes->part[part];
        bytes mask;
        EACH_LANE(i) {
            const uint8_t other = (uint8_t)((value[1][i] & green[i]) | (value[0][i] & ~green[i]));
            const uint8_t axis = (uint8_t)((value[2][i] & blue[i]) | (other & ~blue[i]));
            mask[i] = (axis >= middle[i] ? 255 : 0) & (uint8_t)~even[i];
        }
        add(lit, part, value, mask);
    }
}

ALWAYS_INLINE void blocks(int level, bool dither, int down, const uint32_t *glyphs, const uint8_t *pixels,
                          int stride, int x, int y, int count, ac_cells *cells) {
    planes planes;
    lit_parts lit;
    for (int at = 0; at < count; at += LANES, pixels += 6 * LANES) {
        const int left = count - at < LANES ? count - at : LANES;
        load(&planes, down, pixels, stride, left);
        if (level == AC_COLOR_NONE) {
            light_by_place(&planes, down, x + at, y, &lit);
            for (int i = 0; i < left; i++) {
                cells->glyph[at + i] = glyphs[lit.pattern[i]];
                cells->front[at + i] = cells->back[at + i] = AC_COLOR_UNSET;
            }
            continue;
        }
        uint16_t all[3][LANES], rest[LANES];
        bytes even, others, bright[3], dark[3];
        uint32_t front[LANES], back[LANES];
        part_in_two(&planes, down, &lit, all, even);
        EACH_LANE(i) others[i] = (uint8_t)(2 * down - lit.number[i]);
        for (int channel = 0; channel < 3; channel++) {
            const uint16_t *sum = lit.sum[channel];
            uint8_t *light = bright[channel], *shade = dark[channel];
            EACH_LANE(i) rest[i] = all[channel][i] - sum[i];
            mean(rest, others, shade);
            mean(sum, lit.number, light);
            EACH_LANE(i) light[i] |= shade[i] & even[i];
        }
        colors(level, dither, bright, x + at, y, front);
        colors(level, dither, dark, x + at, y, back);
        for (int i = 0; i < left; i++) {
            const bool solid = front[i] == back[i];
            cells->front[at + i] = solid ? AC_COLOR_ANY : front[i];
            cells->back[at + i] = back[i];
        }
        for (int i = 0; i < left; i++) cells->pattern[at + i] = front[i] == back[i] ? 0 : lit.pattern[i];
    }
}

void NAME(quadrant)(const ac_raster_style *style, const uint8_t *pixels, int stride, int x, int y, int count,
                    ac_cells *cells) {
    FOR_EACH_LEVEL(style, blocks, 2, ac_glyphs_quadrant, pixels, stride, x, y, count, cells);
}

void NAME(sextant)(const ac_raster_style *style, const uint8_t *pixels, int stride, int x, int y, int count,
                   ac_cells *cells) {
    FOR_EACH_LEVEL(style, blocks, 3, ac_glyphs_sextant, pixels, stride, x, y, count, cells);
}

void NAME(octant)(const ac_raster_style *style, const uint8_t *pixels, int stride, int x, int y, int count,
                  ac_cells *cells) {
    FOR_EACH_LEVEL(style, blocks, 4, ac_glyphs_octant, pixels, stride, x, y, count, cells);
}

ALWAYS_INLINE void braille(int level, bool dither, const uint8_t *pixels, int stride, int x, int y, int count,
                           ac_cells *cells) {
    planes planes;
    lit_parts lit;
    for (int at = 0; at < count; at += LANES, pixels += 6 * LANES) {
        const int left = count - at < LANES ? count - at : LANES;
        bytes means[3];
        uint32_t front[LANES];
        load(&planes, 4, pixels, stride, left);
        light_by_place(&planes, 4, x + at, y, &lit);
        if (level != AC_COLOR_NONE) {
            for (int channel = 0; channel < 3; channel++) mean(lit.sum[channel], lit.number, means[channel]);
            colors(level, dither, means, x + at, y, front);
        }
        for (int i = 0; i < left; i++) {
            cells->glyph[at + i] = ac_glyphs_braille[lit.pattern[i]];
            cells->back[at + i] = AC_COLOR_UNSET;
            cells->front[at + i] = level == AC_COLOR_NONE ? AC_COLOR_UNSET
                                   : lit.pattern[i] == 0  ? AC_COLOR_ANY
                                                          : front[i];
        }
    }
}

void NAME(braille)(const ac_raster_style *style, const uint8_t *pixels, int stride, int x, int y, int count,
                   ac_cells *cells) {
    FOR_EACH_LEVEL(style, braille, pixels, stride, x, y, count, cells);
}

/* Where the luminances of a cell's parts differ enough, light the brighter half of them, elsewhere all. */
static inline void light_edges(const planes *planes, lit_parts *lit, uint8_t *is_edge) {
    bytes luminance[PARTS_MAX], least, most, mask;
    memset(least, 255, LANES);
    memset(most, 0, LANES);
    for (int part = 0; part < 8; part++) {
        luminances(planes->part[part], luminance[part]);
        EACH_LANE(i) {
            least[i] = luminance[part][i] < least[i] ? luminance[part][i] : least[i];
            most[i] = luminance[part][i] > most[i] ? luminance[part][i] : most[i];
        }
    }
    EACH_LANE(i) is_edge[i] = (uint8_t)(most[i] - least[i]) >= EDGE_MIN ? 255 : 0;
    begin(lit);
    for (int part = 0; part < 8; part++) {
        /* 2 * luminance >= least + most, in bytes: at least their mean, rounded up. */
        EACH_LANE(i) {
            const uint8_t middle = (uint8_t)((least[i] + most[i] + 1) >> 1);
            mask[i] = (luminance[part][i] >= middle ? 255 : 0) | (uint8_t)~is_edge[i];
        }
        add(lit, part, planes->part[part], mask);
    }
}

ALWAYS_INLINE void edge(int level, bool dither, const ac_palette *palette, const uint8_t *pixels, int stride,
                        int x, int y, int count, ac_cells *cells) {
    const uint32_t blank = ac_glyph_of(' ');
    planes planes;
    lit_parts lit;
    for (int at = 0; at < count; at += LANES, pixels += 6 * LANES) {
        const int left = count - at < LANES ? count - at : LANES;
        bytes is_edge, means[3], luminance;
        uint32_t front[LANES];
        load(&planes, 4, pixels, stride, left);
        light_edges(&planes, &lit, is_edge);
        for (int channel = 0; channel < 3; channel++) mean(lit.sum[channel], lit.number, means[channel]);
        luminances(means, luminance);
        if (level != AC_COLOR_NONE) colors(level, dither, means, x + at, y, front);
        for (int i = 0; i < left; i++) {
            uint32_t glyph;
            memcpy(&glyph, palette->glyph[luminance[i]], 4);
            if (is_edge[i]) glyph = ac_glyphs_edge[lit.pattern[i]];
            cells->glyph[at + i] = glyph;
            cells->back[at + i] = AC_COLOR_UNSET;
            cells->front[at + i] = level == AC_COLOR_NONE ? AC_COLOR_UNSET
                                   : glyph == blank       ? AC_COLOR_ANY
                                                          : front[i];
        }
    }
}

void NAME(edge)(const ac_raster_style *style, const uint8_t *pixels, int stride, int x, int y, int count,
                ac_cells *cells) {
    FOR_EACH_LEVEL(style, edge, style->palette, pixels, stride, x, y, count, cells);
}
