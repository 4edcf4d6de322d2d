/* Makers of cells that take one pixel from a row, sixteen at a time. The cells' arrays have room for what the
   last sixteen write too much. */
#include "cell.h"
#include "glyphs.h"
#include "pixel_avx512.h"
#include "shade.h"

/* The glyphs for sixteen luminances. Ramps of up to 32 glyphs fit two registers. */
ALWAYS_INLINE __m512i ramp_glyphs(const ac_palette *palette, __m512i luminance) {
    if (palette->count > 32) return _mm512_i32gather_epi32(luminance, palette->glyph, 4);
    /* (L * (n - 1) + 127) / 255; v / 255 is (v + 1 + (v + 1 >> 8)) >> 8 for v below 65535. */
    const __m512i scaled = _mm512_mullo_epi16(luminance, _mm512_set1_epi32(palette->count - 1));
    const __m512i more = _mm512_add_epi32(scaled, _mm512_set1_epi32(128));
    const __m512i index = _mm512_srli_epi32(_mm512_add_epi32(more, _mm512_srli_epi32(more, 8)), 8);
    return _mm512_permutex2var_epi32(_mm512_loadu_si512(palette->ramp[0]), index,
                                     _mm512_loadu_si512(palette->ramp[16]));
}

static inline __m512i set1(uint32_t value) {
    return _mm512_set1_epi32((int)value);
}

ALWAYS_INLINE void foreground(int level, bool dither, const ac_palette *palette, const uint8_t *pixels, int x,
                              int y, int count, ac_cells *cells) {
    const __m512i blank = set1(ac_glyph_of(' '));
    const dither_offsets offsets = dither_offsets_of(level, dither, x, y);
    for (int i = 0; i < count; i += 16) {
        const __m512i sixteen = load_pixels(pixels + 3 * i, count - i);
        const __m512i glyph = ramp_glyphs(palette, luminances_of(sixteen));
        __m512i front = set1(AC_COLOR_UNSET);
        if (level != AC_COLOR_NONE)
            front = _mm512_mask_mov_epi32(colors_of(level, dither, &offsets, sixteen),
                                          _mm512_cmpeq_epi32_mask(glyph, blank), set1(AC_COLOR_ANY));
        _mm512_storeu_si512(cells->glyph + i, glyph);
        _mm512_storeu_si512(cells->front + i, front);
        _mm512_storeu_si512(cells->back + i, set1(AC_COLOR_UNSET));
    }
}

void ac_make_foreground_avx512(const ac_raster_style *style, const uint8_t *pixels, int stride, int x, int y,
                               int count, ac_cells *cells) {
    (void)stride;
    FOR_EACH_LEVEL(style, foreground, style->palette, pixels, x, y, count, cells);
}

ALWAYS_INLINE void background(int level, bool dither, const ac_palette *palette, const uint8_t *pixels, int x,
                              int y, int count, ac_cells *cells) {
    const __m512i blank = set1(ac_glyph_of(' '));
    const __m512i black = set1(level == AC_COLOR_256 ? 16 : 0);
    const __m512i white = set1(level == AC_COLOR_TRUE ? 0xFFFFFF : level == AC_COLOR_256 ? 231 : 15);
    const dither_offsets offsets = dither_offsets_of(level, dither, x, y);
    for (int i = 0; i < count; i += 16) {
        const __m512i sixteen = load_pixels(pixels + 3 * i, count - i);
        const __m512i luminance = luminances_of(sixteen), glyph = ramp_glyphs(palette, luminance);
        const __mmask16 bright = _mm512_cmpge_epi32_mask(luminance, _mm512_set1_epi32(128));
        const __m512i contrast = _mm512_mask_mov_epi32(white, bright, black);
        const __mmask16 blanks = _mm512_cmpeq_epi32_mask(glyph, blank);
        _mm512_storeu_si512(cells->glyph + i, glyph);
        _mm512_storeu_si512(cells->front + i, _mm512_mask_mov_epi32(contrast, blanks, set1(AC_COLOR_ANY)));
        _mm512_storeu_si512(cells->back + i, colors_of(level, dither, &offsets, sixteen));
    }
}

void ac_make_background_avx512(const ac_raster_style *style, const uint8_t *pixels, int stride, int x, int y,
                               int count, ac_cells *cells) {
    (void)stride;
    FOR_EACH_LEVEL(style, background, style->palette, pixels, x, y, count, cells);
}

ALWAYS_INLINE void half_block(int level, bool dither, const uint8_t *upper, const uint8_t *lower, int x,
                              int y, int count, ac_cells *cells) {
    const dither_offsets above = dither_offsets_of(level, dither, x, 2 * y);
    const dither_offsets below = dither_offsets_of(level, dither, x, 2 * y + 1);
    for (int i = 0; i < count; i += 16) {
        const __m512i top = load_pixels(upper + 3 * i, count - i),
                      bottom = load_pixels(lower + 3 * i, count - i);
        if (level == AC_COLOR_NONE) {
            const __m512i rows = _mm512_and_si512(luminances_of(top), set1(0xF8));
            const __m512i place =
                _mm512_add_epi32(_mm512_slli_epi32(rows, 2), _mm512_srli_epi32(luminances_of(bottom), 3));
            _mm512_storeu_si512(cells->glyph + i, _mm512_i32gather_epi32(place, ac_shades, 4));
            _mm512_storeu_si512(cells->front + i, set1(AC_COLOR_UNSET));
            _mm512_storeu_si512(cells->back + i, set1(AC_COLOR_UNSET));
        } else {
            const __m512i front = colors_of(level, dither, &above, top),
                          back = colors_of(level, dither, &below, bottom);
            put_blocks(cells, i, _mm_set1_epi8(1), front, back);
        }
    }
}

void ac_make_half_block_avx512(const ac_raster_style *style, const uint8_t *pixels, int stride, int x, int y,
                               int count, ac_cells *cells) {
    FOR_EACH_LEVEL(style, half_block, pixels, pixels + stride, x, y, count, cells);
}
