/* The quick scaler, for an including file that defines

   - LANES, how many bytes of a row it works on at once;
   - sum_down, which puts the weighted sums of LANES bytes of each row of a span into sums[LANES], a whole row
   weighing `weight` (at most 8192);
   - FUNCTION, the name.

   Down first, because that meets every source byte and leaves few: the source rows of an output row become
   one row of sums. Then across, in vectors of one pixel. With both ratios in lowest terms the sums are those
   of the scalar specification over a common factor, so the means are equal. Where a sum would not fit 31 bits
   (a source larger than 3840 x 2160, in lowest terms) the specification does the work.

   A strip of columns is worked on at a time, so that the scratch (about 45 KiB) fits any thread's stack. */
#include <string.h>

#include "scale.h"
#include "span.h"

#define STRIP_SOURCE 2048 /* source columns */
#define STRIP_TARGET 512  /* output columns */

typedef uint32_t pixel_vector __attribute__((vector_size(16)));

static void sum_rows(const uint8_t *source, int stride, const ac_span *rows, uint32_t weight, uint32_t *sums,
                     int length) {
    int i = 0;
    for (; i + LANES <= length; i += LANES) {
        sum_down(source + i, stride, rows, weight, sums + i);
    }
    if (i < length && length >= LANES) { /* the last vector overlaps the one before it */
        i = length - LANES;
        sum_down(source + i, stride, rows, weight, sums + i);
        i = length;
    }
    for (; i < length; i++) {
        const uint8_t *column = source + i;
        uint32_t whole = 0;
        for (int row = rows->full; row < rows->full + rows->count; row++)
            whole += column[(int64_t)row * stride];
        sums[i] = column[(int64_t)rows->before * stride] * rows->before_weight +
                  column[(int64_t)rows->after * stride] * rows->after_weight + whole * weight;
    }
}

static inline pixel_vector load_pixel(const uint32_t *sums, int pixel) {
    pixel_vector vector;
    memcpy(&vector, sums + 3 * pixel, sizeof vector); /* the fourth lane is nobody's */
    return vector;
}

static void sum_columns(const uint32_t *sums, const ac_span *columns, int count, uint32_t weight,
                        uint32_t *areas) {
    for (int x = 0; x < count; x++) {
        const ac_span *span = columns + x;
        pixel_vector whole = {0};
        for (int i = 0; i < span->count; i++) whole += load_pixel(sums, span->full + i);
        const pixel_vector area = load_pixel(sums, span->before) * span->before_weight +
                                  load_pixel(sums, span->after) * span->after_weight + whole * weight;
        memcpy(areas + 3 * x, &area, sizeof area);
    }
}

/* Rounded means. With the half added a quotient is at least 1 / (2 * area) away from every whole number, far
   more than a double's error, so that truncating it is exact. */
static void divide(const uint32_t *areas, int count, uint32_t area, uint8_t *target) {
    const double inverse = 1.0 / area, half = area / 2 + 0.5;
    for (int i = 0; i < count; i++) target[i] = (uint8_t)(int32_t)(((int32_t)areas[i] + half) * inverse);
}

void FUNCTION(const uint8_t *source, int source_width, int source_height, int source_stride, uint8_t *target,
              int target_width, int target_height, int target_stride) {
    const ac_ratio across = ac_ratio_of(source_width, target_width);
    const ac_ratio down = ac_ratio_of(source_height, target_height);
    if ((uint64_t)across.source * down.source * 255 > INT32_MAX ||
        across.source / across.target > STRIP_SOURCE / 2) {
        ac_scale_scalar(source, source_width, source_height, source_stride, target, target_width,
                        target_height, target_stride);
        return;
    }
    ac_span columns[STRIP_TARGET];
    uint32_t sums[3 * STRIP_SOURCE + 4], areas[3 * STRIP_TARGET + 4];
    for (int x = 0; x < target_width;) {
        int count = 0, left = 0, right = 0;
        for (; count < STRIP_TARGET && x + count < target_width; count++) {
            ac_span span = ac_span_of(across, x + count, source_width);
            if (count == 0) left = span.before;
            if (ac_span_end(&span) - left > STRIP_SOURCE) break;
            right = ac_span_end(&span);
            span.before -= left;
            span.after -= left;
            span.full -= left;
            columns[count] = span;
        }
        for (int y = 0; y < target_height; y++) {
            const ac_span rows = ac_span_of(down, y, source_height);
            sum_rows(source + 3 * left, source_stride, &rows, down.target, sums, 3 * (right - left));
            sum_columns(sums, columns, count, across.target, areas);
            divide(areas, 3 * count, across.source * down.source,
                   target + (int64_t)y * target_stride + 3 * x);
        }
        x += count;
    }
}
