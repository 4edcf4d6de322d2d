#include <immintrin.h>

#include "span.h"

#define LANES 32
#define FUNCTION ac_scale_avx2
#define ROWS_MAX 128 /* this many 255s fit the 15 bits that a multiplication takes as positive */

/* Two bytes of each column, one before and one after, times their weights. */
static inline __m256i weigh(__m128i pairs, __m256i weights) {
    return _mm256_madd_epi16(_mm256_cvtepu8_epi16(pairs), weights);
}

static inline __m256i widen(__m128i words) {
    return _mm256_cvtepu16_epi32(words);
}

static inline void sum_down(const uint8_t *column, int stride, const ac_span *rows, uint32_t weight,
                            uint32_t *sums) {
    __m256i total[4] = {_mm256_setzero_si256(), _mm256_setzero_si256(), _mm256_setzero_si256(),
                        _mm256_setzero_si256()};
    if (rows->before_weight | rows->after_weight) {
        const __m256i weights = _mm256_set1_epi32((int)(rows->before_weight | rows->after_weight << 16));
        const __m128i *before = (const __m128i *)(column + (int64_t)rows->before * stride);
        const __m128i *after = (const __m128i *)(column + (int64_t)rows->after * stride);
        for (int half = 0; half < 2; half++) {
            const __m128i first = _mm_loadu_si128(before + half), last = _mm_loadu_si128(after + half);
            total[2 * half] = weigh(_mm_unpacklo_epi8(first, last), weights);
            total[2 * half + 1] = weigh(_mm_unpackhi_epi8(first, last), weights);
        }
    }
    const __m256i whole = _mm256_set1_epi32((int)weight);
    const uint8_t *row = column + (int64_t)rows->full * stride;
    for (int left = rows->count; left > 0; left -= ROWS_MAX) {
        __m256i low = _mm256_setzero_si256(), high = low;
        for (int i = left < ROWS_MAX ? left : ROWS_MAX; i > 0; i--, row += stride) {
            low = _mm256_add_epi16(low, _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)row)));
            high = _mm256_add_epi16(high, _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(row + 16))));
        }
        const __m128i words[4] = {_mm256_castsi256_si128(low), _mm256_extracti128_si256(low, 1),
                                  _mm256_castsi256_si128(high), _mm256_extracti128_si256(high, 1)};
        for (int i = 0; i < 4; i++)
            total[i] = _mm256_add_epi32(total[i], _mm256_madd_epi16(widen(words[i]), whole));
    }
    for (int i = 0; i < 4; i++) _mm256_storeu_si256((__m256i *)(sums + 8 * i), total[i]);
}

#include "scale_separable.h"
