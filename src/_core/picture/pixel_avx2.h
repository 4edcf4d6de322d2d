/* Eight pixels' luminance and colour, as in pixel.h. */
#ifndef ASCIICHAT_PIXEL_AVX2_H
#define ASCIICHAT_PIXEL_AVX2_H

#include <immintrin.h>
#include <string.h>

#include "cell.h"
#include "pixel.h"

/* Eight pixels as 0xRRGGBB, of which `count` are there: no byte after these is touched, the others are black.
 */
static inline __m256i load_pixels(const uint8_t *pixels, int count) {
    const __m256i order =
        _mm256_setr_epi8(2, 1, 0, -1, 5, 4, 3, -1, 8, 7, 6, -1, 11, 10, 9, -1,      /* of 0 to 15 */
                         6, 5, 4, -1, 9, 8, 7, -1, 12, 11, 10, -1, 15, 14, 13, -1); /* of 8 to 23 */
    uint8_t last[24] = {0};
    if (count < 8) {
        memcpy(last, pixels, 3 * (size_t)count);
        pixels = last;
    }
    const __m128i first = _mm_loadu_si128((const __m128i *)pixels);
    const __m128i second = _mm_loadu_si128((const __m128i *)(pixels + 8));
    return _mm256_shuffle_epi8(_mm256_inserti128_si256(_mm256_castsi128_si256(first), second, 1), order);
}

static inline __m256i luminances_of(__m256i pixels) {
    const __m256i even = _mm256_and_si256(pixels, _mm256_set1_epi32(0x00FF00FF)); /* blue, red */
    const __m256i green = _mm256_and_si256(_mm256_srli_epi32(pixels, 8), _mm256_set1_epi32(0xFF));
    const __m256i sum = _mm256_add_epi32(_mm256_madd_epi16(even, _mm256_set1_epi32(29 | 77 << 16)),
                                         _mm256_madd_epi16(green, _mm256_set1_epi32(150)));
    return _mm256_srli_epi32(_mm256_add_epi32(sum, _mm256_set1_epi32(128)), 8);
}

/* ac_dither_offset for eight cells from (x, y) on, in each of the three lower bytes: what to add and what to
   take away. They repeat after eight cells. */
typedef struct {
    __m256i add, take;
} dither_offsets;

ALWAYS_INLINE dither_offsets dither_offsets_of(int level, bool dither, int x, int y) {
    int32_t add[8], take[8];
    if (!dither) return (dither_offsets){_mm256_setzero_si256(), _mm256_setzero_si256()};
    for (int i = 0; i < 8; i++) {
        const int offset = ac_dither_offset(x + i, y, level == AC_COLOR_256 ? 40 : 128);
        add[i] = offset > 0 ? offset * 0x010101 : 0;
        take[i] = offset < 0 ? -offset * 0x010101 : 0;
    }
    return (dither_offsets){_mm256_loadu_si256((const __m256i *)add),
                            _mm256_loadu_si256((const __m256i *)take)};
}

/* The colours as the terminal is told them. */
ALWAYS_INLINE __m256i colors_of(int level, bool dither, const dither_offsets *offsets, __m256i pixels) {
    if (level == AC_COLOR_TRUE) return pixels;
    if (dither) pixels = _mm256_subs_epu8(_mm256_adds_epu8(pixels, offsets->add), offsets->take);
    const __m256i red = _mm256_and_si256(_mm256_srli_epi32(pixels, 8), _mm256_set1_epi32(0xF800));
    const __m256i green = _mm256_and_si256(_mm256_srli_epi32(pixels, 5), _mm256_set1_epi32(0x07E0));
    const __m256i blue = _mm256_and_si256(_mm256_srli_epi32(pixels, 3), _mm256_set1_epi32(0x001F));
    const __m256i box = _mm256_or_si256(_mm256_or_si256(red, green), blue);
    const uint8_t *table = level == AC_COLOR_256 ? ac_color_nearest_256 : ac_color_nearest_16;
    return _mm256_and_si256(_mm256_i32gather_epi32((const int *)(const void *)table, box, 1),
                            _mm256_set1_epi32(0xFF));
}

/* Eight entries of a table of 32-bit words. */
static inline __m256i look_up(const void *table, __m256i index) {
    return _mm256_i32gather_epi32((const int *)table, index, 4);
}

static inline __m256i set1(uint32_t value) {
    return _mm256_set1_epi32((int)value);
}

static inline __m256i load8(const uint32_t *words) {
    return _mm256_loadu_si256((const __m256i *)words);
}

static inline void store8(uint32_t *words, __m256i value) {
    _mm256_storeu_si256((__m256i *)words, value);
}

#endif
