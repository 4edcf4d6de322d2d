/* Scaling in linear light. As in scale_separable.h it goes down first, then across, in strips of columns, so
   that the scratch (about 40 KiB) fits any thread's stack. The sums are whole numbers and exact; what is
   rounded are the 16 bits of light a value has, and the mean. */
#include "scale_linear.h"

#include <string.h>

#include "base/cpu.h"
#include "scale.h"
#include "span.h"
#include "srgb.h"

#define STRIP_SOURCE                                                                                         \
    2048 /* source columns; more only under a single output column, which then sums in parts */
#define STRIP_TARGET 512 /* output columns */

void ac_add_light_scalar(const uint8_t *values, int count, uint32_t weight, uint32_t *sums) {
    for (int i = 0; i < count; i++) sums[i] += weight * ac_srgb_light[values[i]];
}

static ac_add_light_function *add_light = ac_add_light_scalar;

static void choose(uint32_t active) {
    add_light = ac_add_light_scalar;
#if defined(__x86_64__)
    if (active & AC_CPU_AVX512) add_light = ac_add_light_avx512;
#endif
}

AC_CPU_KERNEL(choose)

/* A row's weights sum up to at most 8192, so the sums fit 29 bits. */
static void sum_rows(const uint8_t *source, int stride, const ac_span *rows, uint32_t weight, int count,
                     uint32_t *sums) {
    memset(sums, 0, (size_t)count * sizeof *sums);
    if (rows->before_weight)
        add_light(source + (int64_t)rows->before * stride, count, rows->before_weight, sums);
    for (int row = rows->full; row < rows->full + rows->count; row++)
        add_light(source + (int64_t)row * stride, count, weight, sums);
    if (rows->after_weight)
        add_light(source + (int64_t)rows->after * stride, count, rows->after_weight, sums);
}

/* Add what an output column covers of the source columns [left, right), whose sums are given. */
static void sum_columns(const uint32_t *sums, int left, int right, const ac_span *span, uint32_t weight,
                        uint64_t *total) {
    const int end = span->full + span->count;
    const int from = span->full > left ? span->full : left, to = end < right ? end : right;
    uint64_t whole[3] = {0, 0, 0};
    for (int x = from; x < to; x++)
        for (int channel = 0; channel < 3; channel++) whole[channel] += sums[3 * (x - left) + channel];
    for (int channel = 0; channel < 3; channel++) {
        total[channel] += weight * whole[channel];
        if (span->before >= left && span->before < right)
            total[channel] += (uint64_t)span->before_weight * sums[3 * (span->before - left) + channel];
        if (span->after >= left && span->after < right)
            total[channel] += (uint64_t)span->after_weight * sums[3 * (span->after - left) + channel];
    }
}

void ac_scale_linear(const uint8_t *source, int source_width, int source_height, int source_stride,
                     uint8_t *target, int target_width, int target_height, int target_stride) {
    const ac_ratio across = ac_ratio_of(source_width, target_width);
    const ac_ratio down = ac_ratio_of(source_height, target_height);
    const double inverse = 1.0 / ((double)across.source * down.source);
    ac_span columns[STRIP_TARGET];
    uint32_t sums[3 * STRIP_SOURCE];
    for (int x = 0; x < target_width;) {
        int count = 0, left = 0, right = 0;
        for (; count < STRIP_TARGET && x + count < target_width; count++) {
            const ac_span span = ac_span_of(across, x + count, source_width);
            if (count == 0) left = span.before;
            if (count > 0 && ac_span_end(&span) - left > STRIP_SOURCE) break;
            right = ac_span_end(&span);
            columns[count] = span;
        }
        for (int y = 0; y < target_height; y++) {
            const ac_span rows = ac_span_of(down, y, source_height);
            uint8_t *pixel = target + (int64_t)y * target_stride + 3 * (int64_t)x;
            uint64_t total[3];
            for (int from = left; from < right; from += STRIP_SOURCE) {
                const int to = right - from < STRIP_SOURCE ? right : from + STRIP_SOURCE;
                sum_rows(source + 3 * (int64_t)from, source_stride, &rows, down.target, 3 * (to - from),
                         sums);
                for (int i = 0; i < count; i++) {
                    if (from == left) memset(total, 0, sizeof total);
                    sum_columns(sums, from, to, columns + i, across.target, total);
                    if (to < right) continue;
                    for (int channel = 0; channel < 3; channel++)
                        pixel[3 * i + channel] =
                            ac_srgb_of((uint32_t)((double)(int64_t)total[channel] * inverse + 0.5));
                }
            }
        }
        x += count;
    }
}
