/* 64 values at a time: their light is looked up in registers, its low and its high bytes each in a table of
 * 256. */
#include <immintrin.h>

#include "scale_linear.h"
#include "srgb.h"

typedef struct {
    __m512i part[4];
} table;

/* The bytes `shift` bits up in the lights. */
static inline table table_of(int shift) {
    table table;
    for (int i = 0; i < 4; i++) {
        const __m512i first = _mm512_loadu_si512(ac_srgb_light + 64 * i);
        const __m512i second = _mm512_loadu_si512(ac_srgb_light + 64 * i + 32);
        const __m256i low = _mm512_cvtepi16_epi8(_mm512_srl_epi16(first, _mm_cvtsi32_si128(shift)));
        const __m256i high = _mm512_cvtepi16_epi8(_mm512_srl_epi16(second, _mm_cvtsi32_si128(shift)));
        table.part[i] = _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
    }
    return table;
}

static inline __m512i look_up(const table *table, __m512i values) {
    const __m512i dark = _mm512_permutex2var_epi8(table->part[0], values, table->part[1]);
    const __m512i bright = _mm512_permutex2var_epi8(table->part[2], values, table->part[3]);
    return _mm512_mask_mov_epi8(dark, _mm512_movepi8_mask(values), bright);
}

void ac_add_light_avx512(const uint8_t *values, int count, uint32_t weight, uint32_t *sums) {
    const table low = table_of(0), high = table_of(8);
    const __m512i weights = _mm512_set1_epi32((int)weight);
    /* Unpacking works on 16 bytes each; taken in this order its results are the values in theirs. */
    const __m512i order = _mm512_setr_epi64(0, 4, 1, 5, 2, 6, 3, 7);
    int i = 0;
    for (; i + 64 <= count; i += 64) {
        const __m512i ordered = _mm512_permutexvar_epi64(order, _mm512_loadu_si512(values + i));
        const __m512i lows = look_up(&low, ordered), highs = look_up(&high, ordered);
        const __m512i light[2] = {_mm512_unpacklo_epi8(lows, highs), _mm512_unpackhi_epi8(lows, highs)};
        for (int half = 0; half < 2; half++)
            for (int quarter = 0; quarter < 2; quarter++) {
                const __m256i words =
                    quarter ? _mm512_extracti64x4_epi64(light[half], 1) : _mm512_castsi512_si256(light[half]);
                uint32_t *sum = sums + i + 32 * half + 16 * quarter;
                const __m512i more = _mm512_mullo_epi32(_mm512_cvtepu16_epi32(words), weights);
                _mm512_storeu_si512(sum, _mm512_add_epi32(_mm512_loadu_si512(sum), more));
            }
    }
    ac_add_light_scalar(values + i, count - i, weight, sums + i);
}
