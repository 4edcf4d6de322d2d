/* The two colours of block cells, as in two_tone.h, for 32 cells at a time: the 64 pixels that they have in a
   row are the bytes of a register for each channel. A cell's two bytes are one 16-bit lane. */
#include "pixel_avx512.h"
#include "two_tone.h"

typedef struct {
    __m512i channel[3];
} planes;

/* 64 pixels of which `count` are there; the others are black. */
static inline planes load_planes(const uint8_t *pixels, int count) {
    static _Alignas(64) const uint8_t ramp[64] = {
        0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
        22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
        44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
    __m512i part[3];
    for (int i = 0; i < 3; i++) {
        const int left = 3 * count - 64 * i;
        const __mmask64 mask = left >= 64 ? UINT64_MAX : left > 0 ? (UINT64_C(1) << left) - 1 : 0;
        part[i] = _mm512_maskz_loadu_epi8(mask, pixels + 64 * i);
    }
    /* Pixel j's channel c is byte 3j + c of 192: of the first two registers up to pixel 42, of the third
     * after. */
    const __m512i place = _mm512_load_si512(ramp);
    const __m512i thrice = _mm512_add_epi8(place, _mm512_add_epi8(place, place));
    planes planes;
    for (int c = 0; c < 3; c++) {
        const __m512i index = _mm512_add_epi8(thrice, _mm512_set1_epi8((char)c));
        const __mmask64 third = UINT64_MAX << (c == 0 ? 43 : c == 1 ? 43 : 42);
        const __m512i early = _mm512_permutex2var_epi8(part[0], index, part[1]);
        planes.channel[c] = _mm512_mask_permutexvar_epi8(early, third, index, part[2]);
    }
    return planes;
}

/* The sum of each lane's two bytes. */
static inline __m512i add_pairs(__m512i bytes) {
    return _mm512_maddubs_epi16(bytes, _mm512_set1_epi8(1));
}

static inline __m512i low_bytes(__m512i lanes) {
    return _mm512_and_si512(lanes, _mm512_set1_epi16(0xFF));
}

/* (sum + count / 2) / count for sums up to 2040 and counts 1 to 8: times the reciprocal in 1 / 32768, rounded
   up. The error is below 2044 / 32768, a quotient's distance from the next whole number at least 1 / 8. */
static inline __m512i divide(__m512i sum, __m512i count) {
    static const uint16_t reciprocals[32] = {0, 32768, 16384, 10923, 8192, 6554, 5462, 4682, 4096};
    const __m512i reciprocal = _mm512_permutexvar_epi16(count, _mm512_loadu_si512(reciprocals));
    const __m512i rounded = _mm512_add_epi16(sum, _mm512_srli_epi16(count, 1));
    return _mm512_mulhi_epu16(_mm512_add_epi16(rounded, rounded), reciprocal);
}

/* Sixteen lanes of three channels as 0xRRGGBB: the lower or the upper half. */
static inline __m512i pack(const __m512i *mean, int half) {
    const __m512i low = _mm512_or_si512(mean[2], _mm512_slli_epi16(mean[1], 8));
    const __m256i green_blue = half ? _mm512_extracti64x4_epi64(low, 1) : _mm512_castsi512_si256(low);
    const __m256i red = half ? _mm512_extracti64x4_epi64(mean[0], 1) : _mm512_castsi512_si256(mean[0]);
    return _mm512_or_si512(_mm512_cvtepu16_epi32(green_blue),
                           _mm512_slli_epi32(_mm512_cvtepu16_epi32(red), 16));
}

ALWAYS_INLINE void thirty_two(int level, bool dither, const dither_offsets *offsets, int down,
                              const uint8_t *pixels, int stride, int i, int count, ac_cells *cells) {
    planes row[4];
    for (int y = 0; y < down; y++) row[y] = load_planes(pixels + (int64_t)y * stride, 2 * count);

    __m512i least[3], range[3], middle, all[3];
    for (int c = 0; c < 3; c++) {
        __m512i low = row[0].channel[c], high = low;
        all[c] = add_pairs(low);
        for (int y = 1; y < down; y++) {
            low = _mm512_min_epu8(low, row[y].channel[c]);
            high = _mm512_max_epu8(high, row[y].channel[c]);
            all[c] = _mm512_add_epi16(all[c], add_pairs(row[y].channel[c]));
        }
        least[c] = low_bytes(_mm512_min_epu8(low, _mm512_srli_epi16(low, 8)));
        range[c] = _mm512_sub_epi16(low_bytes(_mm512_max_epu8(high, _mm512_srli_epi16(high, 8))), least[c]);
    }

    /* The channel that differs most, the first of equals. */
    const __mmask32 green = _mm512_cmpgt_epu16_mask(range[1], range[0]);
    __m512i most = _mm512_max_epu16(range[0], range[1]),
            floor = _mm512_mask_mov_epi16(least[0], green, least[1]);
    const __mmask32 blue = _mm512_cmpgt_epu16_mask(range[2], most);
    most = _mm512_max_epu16(most, range[2]);
    floor = _mm512_mask_mov_epi16(floor, blue, least[2]);
    const __mmask32 even = _mm512_cmple_epu16_mask(most, _mm512_set1_epi16(TWO_TONE_FLAT));
    /* (least + (least + range) + 1) / 2 */
    middle = _mm512_add_epi16(floor, _mm512_srli_epi16(_mm512_add_epi16(most, _mm512_set1_epi16(1)), 1));
    middle = _mm512_or_si512(middle, _mm512_slli_epi16(middle, 8));

    __m512i pattern = _mm512_setzero_si512(), number = pattern, sum[3] = {pattern, pattern, pattern};
    for (int y = 0; y < down; y++) {
        __m512i value = _mm512_mask_mov_epi16(row[y].channel[0], green, row[y].channel[1]);
        value = _mm512_mask_mov_epi16(value, blue, row[y].channel[2]);
        const __mmask64 lit = _mm512_cmpge_epu8_mask(value, middle);
        const __m512i bits = add_pairs(_mm512_maskz_mov_epi8(lit, _mm512_set1_epi16(1 | 2 << 8)));
        pattern = _mm512_or_si512(pattern, _mm512_slli_epi16(bits, 2 * y));
        number = _mm512_add_epi16(number, add_pairs(_mm512_maskz_set1_epi8(lit, 1)));
        for (int c = 0; c < 3; c++)
            sum[c] = _mm512_add_epi16(sum[c], add_pairs(_mm512_maskz_mov_epi8(lit, row[y].channel[c])));
    }

    const __m512i parts = _mm512_set1_epi16((short)(2 * down));
    const __m512i others = _mm512_mask_mov_epi16(_mm512_sub_epi16(parts, number), even, parts);
    __m512i lit[3], dark[3];
    for (int c = 0; c < 3; c++) {
        const __m512i rest = _mm512_mask_mov_epi16(_mm512_sub_epi16(all[c], sum[c]), even, all[c]);
        dark[c] = divide(rest, others);
        lit[c] = _mm512_mask_mov_epi16(divide(sum[c], number), even, dark[c]);
    }
    const __m256i patterns = _mm512_cvtepi16_epi8(pattern);
    for (int half = 0; half < 2; half++)
        put_blocks(cells, i + 16 * half,
                   half ? _mm256_extracti128_si256(patterns, 1) : _mm256_castsi256_si128(patterns),
                   colors_of(level, dither, offsets, pack(lit, half)),
                   colors_of(level, dither, offsets, pack(dark, half)));
}

ALWAYS_INLINE void blocks(int level, bool dither, int down, const uint8_t *pixels, int stride, int x, int y,
                          int count, ac_cells *cells) {
    const dither_offsets offsets = dither_offsets_of(level, dither, x, y);
    for (int i = 0; i < count; i += 32)
        thirty_two(level, dither, &offsets, down, pixels + 6 * i, stride, i, count - i, cells);
}

void ac_make_quadrant_avx512(const ac_raster_style *style, const uint8_t *pixels, int stride, int x, int y,
                             int count, ac_cells *cells) {
    if (style->color_level == AC_COLOR_NONE)
        ac_make_quadrant(style, pixels, stride, x, y, count, cells);
    else
        FOR_EACH_LEVEL(style, blocks, 2, pixels, stride, x, y, count, cells);
}

void ac_make_sextant_avx512(const ac_raster_style *style, const uint8_t *pixels, int stride, int x, int y,
                            int count, ac_cells *cells) {
    if (style->color_level == AC_COLOR_NONE)
        ac_make_sextant(style, pixels, stride, x, y, count, cells);
    else
        FOR_EACH_LEVEL(style, blocks, 3, pixels, stride, x, y, count, cells);
}

void ac_make_octant_avx512(const ac_raster_style *style, const uint8_t *pixels, int stride, int x, int y,
                           int count, ac_cells *cells) {
    if (style->color_level == AC_COLOR_NONE)
        ac_make_octant(style, pixels, stride, x, y, count, cells);
    else
        FOR_EACH_LEVEL(style, blocks, 4, pixels, stride, x, y, count, cells);
}
