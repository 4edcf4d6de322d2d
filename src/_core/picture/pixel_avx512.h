/* Sixteen pixels' luminance and colour, as in pixel.h. */
#ifndef ASCIICHAT_PIXEL_AVX512_H
#define ASCIICHAT_PIXEL_AVX512_H

#include <immintrin.h>

#include "cell.h"
#include "pixel.h"

/* Sixteen pixels as 0xRRGGBB, of which `count` are there: no byte after these is touched, the others are
 * black. */
static inline __m512i load_pixels(const uint8_t *pixels, int count) {
    static const _Alignas(64) uint8_t order[64] = {
        2,  1,  0,  63, 5,  4,  3,  63, 8,  7,  6,  63, 11, 10, 9,  63, 14, 13, 12, 63, 17, 16,
        15, 63, 20, 19, 18, 63, 23, 22, 21, 63, 26, 25, 24, 63, 29, 28, 27, 63, 32, 31, 30, 63,
        35, 34, 33, 63, 38, 37, 36, 63, 41, 40, 39, 63, 44, 43, 42, 63, 47, 46, 45, 63};
    const __m512i bytes = _mm512_maskz_loadu_epi8((UINT64_C(1) << 3 * (count < 16 ? count : 16)) - 1, pixels);
    return _mm512_permutexvar_epi8(_mm512_load_si512(order), bytes);
}

static inline __m512i luminances_of(__m512i pixels) {
    const __m512i even = _mm512_and_si512(pixels, _mm512_set1_epi32(0x00FF00FF)); /* blue, red */
    const __m512i green = _mm512_and_si512(_mm512_srli_epi32(pixels, 8), _mm512_set1_epi32(0xFF));
    const __m512i sum = _mm512_add_epi32(_mm512_madd_epi16(even, _mm512_set1_epi32(29 | 77 << 16)),
                                         _mm512_madd_epi16(green, _mm512_set1_epi32(150)));
    return _mm512_srli_epi32(_mm512_add_epi32(sum, _mm512_set1_epi32(128)), 8);
}

/* ac_dither_offset for sixteen cells from (x, y) on, in each of the three lower bytes: what to add and what
   to take away. They repeat after eight cells. */
typedef struct {
    __m512i add, take;
} dither_offsets;

ALWAYS_INLINE dither_offsets dither_offsets_of(int level, bool dither, int x, int y) {
    int32_t add[16], take[16];
    if (!dither) return (dither_offsets){_mm512_setzero_si512(), _mm512_setzero_si512()};
    for (int i = 0; i < 16; i++) {
        const int offset = ac_dither_offset(x + i, y, level == AC_COLOR_256 ? 40 : 128);
        add[i] = offset > 0 ? offset * 0x010101 : 0;
        take[i] = offset < 0 ? -offset * 0x010101 : 0;
    }
    return (dither_offsets){_mm512_loadu_si512(add), _mm512_loadu_si512(take)};
}

/* The colours as the terminal is told them. */
ALWAYS_INLINE __m512i colors_of(int level, bool dither, const dither_offsets *offsets, __m512i pixels) {
    if (level == AC_COLOR_TRUE) return pixels;
    if (dither) pixels = _mm512_subs_epu8(_mm512_adds_epu8(pixels, offsets->add), offsets->take);
    const __m512i red = _mm512_and_si512(_mm512_srli_epi32(pixels, 8), _mm512_set1_epi32(0xF800));
    const __m512i green = _mm512_and_si512(_mm512_srli_epi32(pixels, 5), _mm512_set1_epi32(0x07E0));
    const __m512i blue = _mm512_and_si512(_mm512_srli_epi32(pixels, 3), _mm512_set1_epi32(0x001F));
    const __m512i box = _mm512_ternarylogic_epi32(red, green, blue, 0xFE);
    const uint8_t *table = level == AC_COLOR_256 ? ac_color_nearest_256 : ac_color_nearest_16;
    return _mm512_and_si512(_mm512_i32gather_epi32(box, table, 1), _mm512_set1_epi32(0xFF));
}

/* Sixteen block cells: those of one colour are blank. */
static inline void put_blocks(ac_cells *cells, int i, __m128i pattern, __m512i front, __m512i back) {
    const __mmask16 solid = _mm512_cmpeq_epi32_mask(front, back);
    _mm_storeu_si128((__m128i *)(cells->pattern + i), _mm_maskz_mov_epi8((__mmask16)~solid, pattern));
    _mm512_storeu_si512(cells->front + i,
                        _mm512_mask_mov_epi32(front, solid, _mm512_set1_epi32((int)AC_COLOR_ANY)));
    _mm512_storeu_si512(cells->back + i, back);
}

#endif
