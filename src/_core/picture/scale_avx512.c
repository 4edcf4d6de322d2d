/* The quick scaler for usual ratios; others are left to the AVX2 one.

   A mean is t * whole + w * before + v * after: the sum of the whole rows under an output row, and its two
   border rows, each summed across. So every sum across is over a row of 16-bit values that are below 2^15,
   and VPMADDWD weighs and adds two pixels at a time, for sixteen output values at once: VPERMI2W brings each
   its two source values. Output row y's lower border is row y + 1's upper one, and summed across only once.
 */
#include <immintrin.h>
#include <stdbool.h>
#include <string.h>

#include "scale.h"
#include "span.h"

#define STRIP 256   /* output columns worked on at a time */
#define WINDOW 128  /* 16-bit values under sixteen output values, at most */
#define PAIRS 6     /* pairs of source pixels under an output pixel, at most */
#define SOURCE 2304 /* source columns under a strip, at most; 9 for each output column */
#define ROWS 128    /* whole rows under an output row, at most: 128 * 255 < 2^15 */
#define GROUPS (STRIP * 3 / 16)

/* How sixteen output values are summed across. */
typedef struct {
    __m512i index;          /* where in the window the two values of the first pair are */
    __m512i weights[PAIRS]; /* of the pairs; each next one is two pixels further on */
    int start;              /* of the window, in values from the strip's first column */
} group;

typedef struct {
    group groups[GROUPS];
    int count; /* of groups */
    int pairs;
    bool wide; /* windows are larger than two registers */
    bool floats;
    int left, width; /* the source columns, in pixels */
} across;

/* Rows of values, with room for what windows and vectors reach beyond the end. */
typedef struct {
    _Alignas(64) uint16_t values[3 * SOURCE + WINDOW + 6 * PAIRS + 64];
} value_row;

/* Sums across: floats where all that is made of them stays below 2^24, for then they are exact too, else
 * whole numbers. */
typedef struct {
    _Alignas(64) int32_t sums[GROUPS * 16];
} sum_row;

#define FLOAT_AREA 8192 /* the largest area, in lowest terms, for floats */

/* Lay out the sums across for output columns [x, x + count). */
static void lay_out(across *a, ac_ratio ratio, int x, int count, int source_width) {
    int first[STRIP], weights[STRIP][2 * PAIRS];
    for (int i = 0; i < count; i++) {
        const uint32_t from = (uint32_t)(x + i) * ratio.source, to = from + ratio.source;
        const uint32_t pixel = from / ratio.target;
        uint32_t left = from;
        first[i] = (int)pixel;
        for (uint32_t k = 0; k < 2 * (uint32_t)a->pairs; k++) {
            uint32_t right = (pixel + k + 1) * ratio.target;
            right = right < to ? right : to;
            weights[i][k] = (int)(right - left);
            left = right;
        }
    }
    a->left = first[0];
    const int end = first[count - 1] + 2 * a->pairs;
    a->width = (end < source_width ? end : source_width) - a->left;
    a->count = (3 * count + 15) / 16;
    for (int g = 0; g < a->count; g++) {
        uint16_t index[32];
        int32_t pair_weights[PAIRS][16];
        /* When enlarging, the first value's neighbours may come from the same pixel, before its channel. */
        const int start = 3 * (first[16 * g / 3] - a->left) + (ratio.source >= ratio.target ? 16 * g % 3 : 0);
        for (int lane = 0; lane < 16; lane++) {
            const int value = 16 * g + lane < 3 * count ? 16 * g + lane : 3 * count - 1;
            const int pixel = value / 3, place = 3 * (first[pixel] - a->left) + value % 3 - start;
            index[2 * lane] = (uint16_t)place;
            index[2 * lane + 1] = (uint16_t)(place + 3);
            for (int pair = 0; pair < a->pairs; pair++)
                pair_weights[pair][lane] = weights[pixel][2 * pair] | weights[pixel][2 * pair + 1] << 16;
        }
        a->groups[g].start = start;
        a->groups[g].index = _mm512_loadu_si512(index);
        for (int pair = 0; pair < a->pairs; pair++)
            a->groups[g].weights[pair] = _mm512_loadu_si512(pair_weights[pair]);
    }
}

static inline __m512i window(const uint16_t *values, __m512i index, bool wide) {
    const __m512i near =
        _mm512_permutex2var_epi16(_mm512_loadu_si512(values), index, _mm512_loadu_si512(values + 32));
    if (!wide) return near;
    const __mmask32 far = _mm512_cmpge_epu16_mask(index, _mm512_set1_epi16(64));
    const __m512i beyond =
        _mm512_permutex2var_epi16(_mm512_loadu_si512(values + 64), index, _mm512_loadu_si512(values + 96));
    return _mm512_mask_mov_epi16(near, far, beyond);
}

static inline __attribute__((always_inline)) void sum_groups(const across *a, const value_row *row,
                                                             sum_row *out, int pairs, bool wide) {
    for (int g = 0; g < a->count; g++) {
        const group *group = a->groups + g;
        const uint16_t *values = row->values + group->start;
        __m512i sum = _mm512_madd_epi16(window(values, group->index, wide), group->weights[0]);
        for (int pair = 1; pair < pairs; pair++)
            sum = _mm512_add_epi32(
                sum, _mm512_madd_epi16(window(values + 6 * pair, group->index, wide), group->weights[pair]));
        if (a->floats) sum = _mm512_castps_si512(_mm512_cvtepi32_ps(sum));
        _mm512_store_si512(out->sums + 16 * g, sum);
    }
}

static void sum_across(const across *a, const value_row *row, sum_row *out) {
    switch (a->wide ? 0 : a->pairs) {
    case 1:
        sum_groups(a, row, out, 1, false);
        break;
    case 2:
        sum_groups(a, row, out, 2, false);
        break;
    case 3:
        sum_groups(a, row, out, 3, false);
        break;
    case 0:
        sum_groups(a, row, out, a->pairs, true);
        break;
    default:
        sum_groups(a, row, out, a->pairs, false);
        break;
    }
}

static inline __mmask64 mask_of(int left) {
    return left >= 64 ? UINT64_MAX : (UINT64_C(1) << left) - 1;
}

/* One source row as values. */
static void widen_row(const uint8_t *source, int length, value_row *row) {
    for (int i = 0; i < length; i += 64) {
        const __m512i bytes = _mm512_maskz_loadu_epi8(mask_of(length - i), source + i);
        _mm512_storeu_si512(row->values + i, _mm512_cvtepu8_epi16(_mm512_castsi512_si256(bytes)));
        _mm512_storeu_si512(row->values + i + 32, _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(bytes, 1)));
    }
}

/* Sums of 64 bytes of each of `count` rows. Two rows at a time are interleaved, so that VPMADDUBSW adds their
 * bytes. */
static inline __attribute__((always_inline)) void sum_down(const uint8_t *source, int stride, int count,
                                                           __mmask64 mask, int registers, uint16_t *values) {
    const __m512i ones = _mm512_set1_epi8(1);
    __m512i low[4], high[4];
    for (int r = 0; r < registers; r++) low[r] = high[r] = _mm512_setzero_si512();
    for (; count >= 2; count -= 2, source += 2 * (int64_t)stride)
        for (int r = 0; r < registers; r++) {
            const __m512i upper = _mm512_maskz_loadu_epi8(mask, source + 64 * r);
            const __m512i lower = _mm512_maskz_loadu_epi8(mask, source + stride + 64 * r);
            low[r] = _mm512_add_epi16(low[r], _mm512_maddubs_epi16(_mm512_unpacklo_epi8(upper, lower), ones));
            high[r] =
                _mm512_add_epi16(high[r], _mm512_maddubs_epi16(_mm512_unpackhi_epi8(upper, lower), ones));
        }
    if (count == 1)
        for (int r = 0; r < registers; r++) {
            const __m512i last = _mm512_maskz_loadu_epi8(mask, source + 64 * r),
                          zero = _mm512_setzero_si512();
            low[r] = _mm512_add_epi16(low[r], _mm512_unpacklo_epi8(last, zero));
            high[r] = _mm512_add_epi16(high[r], _mm512_unpackhi_epi8(last, zero));
        }
    for (int r = 0; r < registers; r++) { /* eight values of `low`, eight of `high`, and so on */
        const __m512i early = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11),
                      late = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
        _mm512_storeu_si512(values + 64 * r, _mm512_permutex2var_epi64(low[r], early, high[r]));
        _mm512_storeu_si512(values + 64 * r + 32, _mm512_permutex2var_epi64(low[r], late, high[r]));
    }
}

static void sum_rows(const uint8_t *source, int stride, int count, int length, value_row *row) {
    /* Whole cache lines from the first row on; from the others too where a row is a multiple of one. */
    const int head = (int)(-(uintptr_t)source & 63);
    int i = head < length ? head : 0;
    if (i > 0) sum_down(source, stride, count, mask_of(i), 1, row->values);
    for (; i + 256 <= length; i += 256) sum_down(source + i, stride, count, UINT64_MAX, 4, row->values + i);
    for (; i < length; i += 64) sum_down(source + i, stride, count, mask_of(length - i), 1, row->values + i);
}

static inline __m128i pack_bytes(__m512i lanes) {
    return _mm512_cvtepi32_epi8(lanes);
}

/* The three rows under an output row and what they weigh. */
typedef struct {
    const sum_row *row[3];
    uint32_t weight[3];
} layers;

/* Means from whole numbers; see scale_separable.h for why they are exact. */
static inline __m128i means_of_integers(const layers *layers, int i, uint32_t area) {
    __m512i sum = _mm512_setzero_si512();
    for (int n = 0; n < 3; n++) {
        const __m512i row = _mm512_load_si512(layers->row[n]->sums + i);
        sum = _mm512_add_epi32(sum, _mm512_mullo_epi32(row, _mm512_set1_epi32((int)layers->weight[n])));
    }
    const __m512d half = _mm512_set1_pd(area / 2 + 0.5), inverse = _mm512_set1_pd(1.0 / area);
    const __m512d low = _mm512_cvtepi32_pd(_mm512_castsi512_si256(sum));
    const __m512d high = _mm512_cvtepi32_pd(_mm512_extracti64x4_epi64(sum, 1));
    const __m256i first = _mm512_cvttpd_epi32(_mm512_mul_pd(_mm512_add_pd(low, half), inverse));
    const __m256i second = _mm512_cvttpd_epi32(_mm512_mul_pd(_mm512_add_pd(high, half), inverse));
    return pack_bytes(_mm512_inserti64x4(_mm512_castsi256_si512(first), second, 1));
}

/* Means from floats. All is exact up to the last multiplication, whose result is off by at most 256 * 2^-23;
   it is at least 1 / 16384 away from every whole number. */
static inline __m128i means_of_floats(const layers *layers, int i, uint32_t area) {
    __m512 sum = _mm512_set1_ps((float)(area / 2) + 0.5f);
    for (int n = 0; n < 3; n++)
        sum = _mm512_fmadd_ps(_mm512_load_ps(layers->row[n]->sums + i),
                              _mm512_set1_ps((float)layers->weight[n]), sum);
    return pack_bytes(_mm512_cvttps_epi32(_mm512_mul_ps(sum, _mm512_set1_ps(1.0f / (float)area))));
}

static inline __attribute__((always_inline)) void put_means(const layers *layers, bool floats, uint32_t area,
                                                            uint8_t *target, int length) {
    int i = 0;
    for (; i + 16 <= length; i += 16)
        _mm_storeu_si128((__m128i *)(target + i),
                         floats ? means_of_floats(layers, i, area) : means_of_integers(layers, i, area));
    if (i == length) return;
    /* Not a masked store: those of bytes are many times slower on some processors. */
    const __m128i means = floats ? means_of_floats(layers, i, area) : means_of_integers(layers, i, area);
    memcpy(target + i, &means, (size_t)(length - i));
}

/* The last two border rows' sums across: an output row's lower border is the next one's upper one. */
typedef struct {
    sum_row row[2];
    int number[2]; /* which source rows; -1: none */
    int newer;
} borders;

static const sum_row *border(borders *kept, int number, const across *a, const uint8_t *source, int stride,
                             value_row *scratch) {
    if (kept->number[kept->newer] != number) {
        kept->newer ^= 1;
        kept->number[kept->newer] = number;
        widen_row(source + (int64_t)number * stride, 3 * a->width, scratch);
        sum_across(a, scratch, &kept->row[kept->newer]);
    }
    return &kept->row[kept->newer];
}

static void scale_strip(const across *a, const uint8_t *source, int source_height, int source_stride,
                        uint8_t *target, int length, int target_height, int target_stride, ac_ratio down,
                        uint32_t area) {
    value_row scratch;
    sum_row whole;
    borders kept;
    kept.number[0] = kept.number[1] = -1;
    kept.newer = 0;
    memset(&scratch, 0, sizeof scratch);
    memset(&whole, 0, sizeof whole);
    for (int y = 0; y < target_height; y++, target += target_stride) {
        const ac_span rows = ac_span_of(down, y, source_height);
        layers layers = {{&whole, &whole, &whole},
                         {rows.count ? down.target : 0, rows.before_weight, rows.after_weight}};
        if (rows.before_weight)
            layers.row[1] = border(&kept, rows.before, a, source, source_stride, &scratch);
        if (rows.after_weight) layers.row[2] = border(&kept, rows.after, a, source, source_stride, &scratch);
        if (rows.count) {
            sum_rows(source + (int64_t)rows.full * source_stride, source_stride, rows.count, 3 * a->width,
                     &scratch);
            sum_across(a, &scratch, &whole);
        }
        if (a->floats)
            put_means(&layers, true, area, target, length);
        else
            put_means(&layers, false, area, target, length);
    }
}

void ac_scale_avx512(const uint8_t *source, int source_width, int source_height, int source_stride,
                     uint8_t *target, int target_width, int target_height, int target_stride) {
    const ac_ratio ratio = ac_ratio_of(source_width, target_width),
                   down = ac_ratio_of(source_height, target_height);
    across a;
    /* A span touches one source pixel more than its length, and another unless it begins with one. */
    const uint32_t touched = ratio.target == 1 ? ratio.source : (ratio.source - 1) / ratio.target + 2;
    a.pairs = (int)((touched + 1) / 2);
    /* From the first of sixteen values to the last's neighbour are five output pixels and one source pixel.
     */
    const uint32_t reach = 3 * ((5 * ratio.source + ratio.target - 1) / ratio.target) + 3 +
                           (ratio.source < ratio.target ? 2 : 0);
    a.wide = reach >= 64;
    a.floats = (uint64_t)ratio.source * down.source <= FLOAT_AREA;
    if (a.pairs > PAIRS || reach >= WINDOW || down.source / down.target > ROWS ||
        (uint64_t)ratio.source * down.source * 255 > INT32_MAX) {
        ac_scale_avx2(source, source_width, source_height, source_stride, target, target_width, target_height,
                      target_stride);
        return;
    }
    for (int x = 0; x < target_width; x += STRIP) {
        const int count = target_width - x < STRIP ? target_width - x : STRIP;
        lay_out(&a, ratio, x, count, source_width);
        scale_strip(&a, source + 3 * a.left, source_height, source_stride, target + 3 * x, 3 * count,
                    target_height, target_stride, down, ratio.source * down.source);
    }
}
