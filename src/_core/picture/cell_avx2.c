/* Makers of cells that take one pixel from a row, eight at a time. The cells' arrays have room for what the
   last eight write too much. */
#include "glyphs.h"
#include "pixel_avx2.h"
#include "shade.h"

ALWAYS_INLINE void foreground(int level, bool dither, const ac_palette *palette, const uint8_t *pixels, int x,
                              int y, int count, ac_cells *cells) {
    const __m256i blank = set1(ac_glyph_of(' '));
    const dither_offsets offsets = dither_offsets_of(level, dither, x, y);
    for (int i = 0; i < count; i += 8) {
        const __m256i eight = load_pixels(pixels + 3 * i, count - i);
        const __m256i glyph = look_up(palette->glyph, luminances_of(eight));
        __m256i front = set1(AC_COLOR_UNSET);
        if (level != AC_COLOR_NONE)
            front = _mm256_blendv_epi8(colors_of(level, dither, &offsets, eight), set1(AC_COLOR_ANY),
                                       _mm256_cmpeq_epi32(glyph, blank));
        store8(cells->glyph + i, glyph);
        store8(cells->front + i, front);
        store8(cells->back + i, set1(AC_COLOR_UNSET));
    }
}

void ac_make_foreground_avx2(const ac_raster_style *style, const uint8_t *pixels, int stride, int x, int y,
                             int count, ac_cells *cells) {
    (void)stride;
    FOR_EACH_LEVEL(style, foreground, style->palette, pixels, x, y, count, cells);
}

ALWAYS_INLINE void background(int level, bool dither, const ac_palette *palette, const uint8_t *pixels, int x,
                              int y, int count, ac_cells *cells) {
    const __m256i blank = set1(ac_glyph_of(' '));
    const __m256i black = set1(level == AC_COLOR_256 ? 16 : 0);
    const __m256i white = set1(level == AC_COLOR_TRUE ? 0xFFFFFF : level == AC_COLOR_256 ? 231 : 15);
    const dither_offsets offsets = dither_offsets_of(level, dither, x, y);
    for (int i = 0; i < count; i += 8) {
        const __m256i eight = load_pixels(pixels + 3 * i, count - i);
        const __m256i luminance = luminances_of(eight), glyph = look_up(palette->glyph, luminance);
        const __m256i contrast =
            _mm256_blendv_epi8(white, black, _mm256_cmpgt_epi32(luminance, _mm256_set1_epi32(127)));
        const __m256i blanks = _mm256_cmpeq_epi32(glyph, blank);
        store8(cells->glyph + i, glyph);
        store8(cells->front + i, _mm256_blendv_epi8(contrast, set1(AC_COLOR_ANY), blanks));
        store8(cells->back + i, colors_of(level, dither, &offsets, eight));
    }
}

void ac_make_background_avx2(const ac_raster_style *style, const uint8_t *pixels, int stride, int x, int y,
                             int count, ac_cells *cells) {
    (void)stride;
    FOR_EACH_LEVEL(style, background, style->palette, pixels, x, y, count, cells);
}

ALWAYS_INLINE void half_block(int level, bool dither, const uint8_t *upper, const uint8_t *lower, int x,
                              int y, int count, ac_cells *cells) {
    const dither_offsets above = dither_offsets_of(level, dither, x, 2 * y);
    const dither_offsets below = dither_offsets_of(level, dither, x, 2 * y + 1);
    for (int i = 0; i < count; i += 8) {
        const __m256i top = load_pixels(upper + 3 * i, count - i);
        const __m256i bottom = load_pixels(lower + 3 * i, count - i);
        if (level == AC_COLOR_NONE) {
            const __m256i row = _mm256_slli_epi32(_mm256_and_si256(luminances_of(top), set1(0xF8)), 2);
            const __m256i place = _mm256_add_epi32(row, _mm256_srli_epi32(luminances_of(bottom), 3));
            store8(cells->glyph + i, look_up(ac_shades, place));
            store8(cells->front + i, set1(AC_COLOR_UNSET));
            store8(cells->back + i, set1(AC_COLOR_UNSET));
        } else {
            const __m256i front = colors_of(level, dither, &above, top);
            const __m256i back = colors_of(level, dither, &below, bottom);
            const __m256i solid = _mm256_cmpeq_epi32(front, back);
            const __m128i words =
                _mm_packs_epi32(_mm256_castsi256_si128(solid), _mm256_extracti128_si256(solid, 1));
            const __m128i pattern = _mm_andnot_si128(_mm_packs_epi16(words, words), _mm_set1_epi8(1));
            _mm_storel_epi64((__m128i *)(cells->pattern + i), pattern);
            store8(cells->front + i, _mm256_blendv_epi8(front, set1(AC_COLOR_ANY), solid));
            store8(cells->back + i, back);
        }
    }
}

void ac_make_half_block_avx2(const ac_raster_style *style, const uint8_t *pixels, int stride, int x, int y,
                             int count, ac_cells *cells) {
    FOR_EACH_LEVEL(style, half_block, pixels, pixels + stride, x, y, count, cells);
}
