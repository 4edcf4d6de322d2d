/* Modes whose glyphs come from the palette's ramp. */
#include <string.h>

#include "cell.h"
#include "glyphs.h"
#include "pixel.h"
#include "two_tone.h"

ALWAYS_INLINE uint32_t glyph_for(const ac_palette *palette, uint32_t luminance) {
    uint32_t glyph;
    memcpy(&glyph, palette->glyph[luminance], 4);
    return glyph;
}

ALWAYS_INLINE void foreground(int level, bool dither, const ac_palette *palette, uint32_t blank,
                              const uint8_t *pixels, int x, int y, int count, ac_cells *cells) {
    for (int i = 0; i < count; i++) {
        const uint8_t *pixel = pixels + 3 * i;
        const uint32_t glyph = glyph_for(palette, luminance_of(pixel));
        cells->glyph[i] = glyph;
        cells->back[i] = AC_COLOR_UNSET;
        cells->front[i] = level == AC_COLOR_NONE ? AC_COLOR_UNSET
                          : glyph == blank       ? AC_COLOR_ANY
                                                 : color_of(level, dither, pixel, x + i, y);
    }
}

/* Glyphs in the picture's colours. */
void ac_make_foreground(const ac_raster_style *style, const uint8_t *pixels, int stride, int x, int y,
                        int count, ac_cells *cells) {
    (void)stride;
    const uint32_t blank = ac_glyph_of(' ');
    FOR_EACH_LEVEL(style, foreground, style->palette, blank, pixels, x, y, count, cells);
}

/* Black or white as the level has them, for a glyph on ground of this luminance. */
ALWAYS_INLINE uint32_t contrast_to(int level, uint32_t luminance) {
    const bool bright = luminance >= 128;
    if (level == AC_COLOR_TRUE) return bright ? 0x000000 : 0xFFFFFF;
    if (level == AC_COLOR_256) return bright ? 16 : 231;
    return bright ? 0 : 15;
}

ALWAYS_INLINE void background(int level, bool dither, const ac_palette *palette, uint32_t blank,
                              const uint8_t *pixels, int x, int y, int count, ac_cells *cells) {
    for (int i = 0; i < count; i++) {
        const uint8_t *pixel = pixels + 3 * i;
        const uint32_t luminance = luminance_of(pixel), glyph = glyph_for(palette, luminance);
        cells->glyph[i] = glyph;
        cells->back[i] = color_of(level, dither, pixel, x + i, y);
        cells->front[i] = glyph == blank ? AC_COLOR_ANY : contrast_to(level, luminance);
    }
}

/* Black or white glyphs on the picture's colours. */
void ac_make_background(const ac_raster_style *style, const uint8_t *pixels, int stride, int x, int y,
                        int count, ac_cells *cells) {
    (void)stride;
    const uint32_t blank = ac_glyph_of(' ');
    FOR_EACH_LEVEL(style, background, style->palette, blank, pixels, x, y, count, cells);
}

ALWAYS_INLINE void edge(int level, bool dither, const ac_palette *palette, uint32_t blank,
                        const uint8_t *pixels, int stride, int x, int y, int count, ac_cells *cells) {
    for (int i = 0; i < count; i++, pixels += 6) {
        uint32_t luminance[8], least = 255, most = 0;
        for (int part = 0; part < 8; part++) {
            luminance[part] = luminance_of(pixels + part / 2 * stride + part % 2 * 3);
            least = luminance[part] < least ? luminance[part] : least;
            most = luminance[part] > most ? luminance[part] : most;
        }
        const bool is_edge = most - least >= EDGE_MIN;
        uint32_t sums[3] = {0}, lit = 0, pattern = 0;
        for (int part = 0; part < 8; part++) {
            if (is_edge && 2 * luminance[part] < least + most) continue;
            const uint8_t *pixel = pixels + part / 2 * stride + part % 2 * 3;
            for (int channel = 0; channel < 3; channel++) sums[channel] += pixel[channel];
            pattern |= 1u << part;
            lit++;
        }
        uint8_t mean[3];
        mean_of(sums, lit, mean);
        const uint32_t glyph = is_edge ? ac_glyphs_edge[pattern] : glyph_for(palette, luminance_of(mean));
        cells->glyph[i] = glyph;
        cells->back[i] = AC_COLOR_UNSET;
        cells->front[i] = level == AC_COLOR_NONE ? AC_COLOR_UNSET
                          : glyph == blank       ? AC_COLOR_ANY
                                                 : color_of(level, dither, mean, x + i, y);
    }
}

/* Where the cell has an edge, the character of its shape in the colour of its bright side; elsewhere the
 * ramp's. */
void ac_make_edge(const ac_raster_style *style, const uint8_t *pixels, int stride, int x, int y, int count,
                  ac_cells *cells) {
    const uint32_t blank = ac_glyph_of(' ');
    FOR_EACH_LEVEL(style, edge, style->palette, blank, pixels, stride, x, y, count, cells);
}
