/* The lines of the block kernels. Included by block.c and block_avx2.c, which differ only in the instructions
   they are compiled to; AC_BLOCK_TABLE names the table to define. A vector is as wide as these have
   registers, a sum always has eight lanes, and no product is contracted into a sum, so that both round
   alike. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "block.h"

extern const ac_block_kernels AC_BLOCK_TABLE;

#if defined(__AVX2__)
#define LANES 8
#define UPWARD {1, 2, 3, 4, 5, 6, 7, 8}
#else
#define LANES 4
#define UPWARD {1, 2, 3, 4}
#endif
#define SUM_LANES 8
#define PARTS (SUM_LANES / LANES)

typedef float lanes __attribute__((vector_size(4 * LANES)));
typedef int32_t bits __attribute__((vector_size(4 * LANES)));
typedef float stored __attribute__((vector_size(4 * LANES), aligned(4), may_alias)); /* in memory, anywhere */

static const lanes upward = UPWARD;

/* The numbers of the samples in a vector that begins with sample i, counted from 1. */
#define NUMBERS_FROM(i) (upward + (float)(i))

/* Magnitudes of floats order as the integers their bits are. */
#define RAISE(largest, sample)                                                                               \
    do {                                                                                                     \
        bits magnitude = (bits)(sample) & 0x7fffffff;                                                        \
        bits above = magnitude > (largest);                                                                  \
        (largest) = (magnitude & above) | ((largest) & ~above);                                              \
    } while (0)

static inline float as_float(int32_t word) {
    float number;
    memcpy(&number, &word, sizeof number);
    return number;
}

static inline int32_t magnitude_of(float sample) {
    int32_t word;
    memcpy(&word, &sample, sizeof word);
    return word & 0x7fffffff;
}

static inline float widest(const bits *largest) {
    int32_t most[LANES];
    memcpy(most, largest, sizeof most);
    for (int half = LANES / 2; half; half /= 2)
        for (int lane = 0; lane < half; lane++)
            most[lane] = most[lane] > most[lane + half] ? most[lane] : most[lane + half];
    return as_float(most[0]);
}

static inline int step_length(int count, int at) {
    return count - at < AC_STEP ? count - at : AC_STEP;
}

/* What is left of a step after its last whole vector is done as a vector too, one that ends with the step and
   does some samples over again; in place, it is taken before they are changed. A step shorter than a vector
   is done by samples. */

static void peaks_of(const float *samples, int count, float *peaks) {
    for (int at = 0; at < count; at += AC_STEP) {
        const float *step = samples + at;
        int length = step_length(count, at), i = 0;
        bits largest = {0};
        for (; i + LANES <= length; i += LANES) RAISE(largest, *(const stored *)(step + i));
        if (i < length && length >= LANES) {
            RAISE(largest, *(const stored *)(step + length - LANES));
            i = length;
        }
        int32_t most = 0;
        for (; i < length; i++) most = magnitude_of(step[i]) > most ? magnitude_of(step[i]) : most;
        float peak = widest(&largest), rest = as_float(most);
        *peaks++ = rest > peak ? rest : peak;
    }
}

static float condition(float *samples, int count, float offset, float slope, float *peaks, float *power) {
    lanes sums[PARTS] = {0}, squares[PARTS] = {0};
    float sum = 0.0f, square = 0.0f;
    lanes number = NUMBERS_FROM(0);
    for (int at = 0; at < count; at += AC_STEP) {
        float *step = samples + at;
        int length = step_length(count, at), i = 0, end = length - SUM_LANES;
        bits largest = {0};
        lanes rest[PARTS];
        bool overlaps = end >= 0 && length % SUM_LANES;
        for (int part = 0; overlaps && part < PARTS; part++)
            rest[part] = *(stored *)(step + end + part * LANES);
        for (; i + SUM_LANES <= length; i += SUM_LANES) {
            for (int part = 0; part < PARTS; part++) {
                stored *here = (stored *)(step + i + part * LANES);
                lanes sample = *here;
                sums[part] += sample;
                sample -= offset + slope * number;
                number += (float)LANES;
                *here = sample;
                squares[part] += sample * sample;
                RAISE(largest, sample);
            }
        }
        for (int part = 0; overlaps && part < PARTS; part++) {
            lanes number = NUMBERS_FROM(at + end + part * LANES);
            bits fresh = number > (float)(at + i);
            lanes sample = rest[part];
            sums[part] += (lanes)((bits)sample & fresh);
            sample -= offset + slope * number;
            *(stored *)(step + end + part * LANES) = sample;
            squares[part] += (lanes)((bits)(sample * sample) & fresh);
            RAISE(largest, sample);
        }
        int32_t most = 0;
        for (i = overlaps ? length : i; i < length; i++) {
            sum += step[i];
            step[i] -= offset + slope * (float)(at + i + 1);
            square += step[i] * step[i];
            most = magnitude_of(step[i]) > most ? magnitude_of(step[i]) : most;
        }
        float peak = widest(&largest), last = as_float(most);
        *peaks++ = last > peak ? last : peak;
    }
    for (int part = 0; part < PARTS; part++) {
        for (int lane = 0; lane < LANES; lane++) {
            sum += sums[part][lane];
            square += squares[part][lane];
        }
    }
    *power = square;
    return sum;
}

static void add(float *restrict total, const float *restrict samples, int count) {
    int i = 0;
    if (count >= LANES) {
        stored *last = (stored *)(total + count - LANES);
        lanes rest = *last + *(const stored *)(samples + count - LANES);
        for (; i + LANES <= count; i += LANES) *(stored *)(total + i) += *(const stored *)(samples + i);
        *last = rest;
        return;
    }
    for (; i < count; i++) total[i] += samples[i];
}

static void difference(float *restrict samples, const float *restrict total, const float *restrict own,
                       int count, float gain, float slope, float *peaks) {
    lanes number = NUMBERS_FROM(0);
    for (int at = 0; at < count; at += AC_STEP) {
        int end = at + step_length(count, at), i = at;
        bits largest = {0};
        int32_t most = 0;
        if (end - at < LANES) {
            for (; i < end; i++) {
                samples[i] = (own ? total[i] - own[i] : total[i]) * (gain + slope * (float)(i + 1));
                most = magnitude_of(samples[i]) > most ? magnitude_of(samples[i]) : most;
            }
        }
        while (i < end) {
            if (i > end - LANES) {
                i = end - LANES;
                number = NUMBERS_FROM(i);
            }
            lanes sample = *(const stored *)(total + i);
            if (own) sample -= *(const stored *)(own + i);
            sample *= gain + slope * number;
            number += (float)LANES;
            *(stored *)(samples + i) = sample;
            RAISE(largest, sample);
            i += LANES;
        }
        float peak = widest(&largest), last = as_float(most);
        *peaks++ = last > peak ? last : peak;
    }
}

static void interpolate(float *restrict samples, const float *restrict input, int count, const float *first,
                        const float *last) {
    float change[AC_TAPS], share = 1.0f / (float)count;
    for (int k = 0; k < AC_TAPS; k++) change[k] = last[k] - first[k];
    int i = 0;
    if (count < 2 * LANES) {
        for (; i < count; i++) {
            float begin = 0.0f, more = 0.0f;
            for (int k = 0; k < AC_TAPS; k++) {
                begin += first[k] * input[i + k];
                more += change[k] * input[i + k];
            }
            samples[i] = begin + share * (float)i * more;
        }
    }
    /* Two vectors at a time: each tap is fetched for both. */
    lanes number = NUMBERS_FROM(-1);
    while (i < count) {
        if (i > count - 2 * LANES) {
            i = count - 2 * LANES;
            number = NUMBERS_FROM(i - 1);
        }
        lanes begin = {0}, more = {0}, next_begin = {0}, next_more = {0};
        for (int k = 0; k < AC_TAPS; k++) {
            lanes sample = *(const stored *)(input + i + k), next = *(const stored *)(input + i + k + LANES);
            begin += first[k] * sample;
            more += change[k] * sample;
            next_begin += first[k] * next;
            next_more += change[k] * next;
        }
        *(stored *)(samples + i) = begin + share * number * more;
        number += (float)LANES;
        *(stored *)(samples + i + LANES) = next_begin + share * number * next_more;
        number += (float)LANES;
        i += 2 * LANES;
    }
}

static void shape(float *samples, int count, const float *gains) {
    for (int at = 0; at < count; at += AC_STEP, gains++) {
        float *step = samples + at;
        int length = step_length(count, at), i = 0;
        float slope = (gains[1] - gains[0]) / (float)length;
        if (length >= LANES) {
            stored *last = (stored *)(step + length - LANES);
            lanes rest = *last;
            lanes number = NUMBERS_FROM(0);
            for (; i + LANES <= length; i += LANES) {
                *(stored *)(step + i) *= gains[0] + slope * number;
                number += (float)LANES;
            }
            number = NUMBERS_FROM(length - LANES);
            *last = rest * (gains[0] + slope * number);
            continue;
        }
        for (; i < length; i++) step[i] *= gains[0] + slope * (float)(i + 1);
    }
}

const ac_block_kernels AC_BLOCK_TABLE = {peaks_of, condition, add, difference, interpolate, shape};
