#include "scale.h"

#include "base/cpu.h"

/* With lengths in units of 1/target of a source pixel everything is a whole number: a source pixel is
   `target` long and an output pixel `source` long, output pixel i covers [i * source, (i + 1) * source). */
static uint64_t overlap(uint64_t pixel, uint64_t from, uint64_t to, uint64_t length) {
    const uint64_t left = pixel * length, right = left + length;
    return (right < to ? right : to) - (left > from ? left : from);
}

void ac_scale_scalar(const uint8_t *source, int source_width, int source_height, int source_stride,
                     uint8_t *target, int target_width, int target_height, int target_stride) {
    const uint64_t across = (uint64_t)source_width, down = (uint64_t)source_height;
    const uint64_t columns = (uint64_t)target_width, rows = (uint64_t)target_height;
    const uint64_t area = across * down;
    for (uint64_t y = 0; y < rows; y++) {
        const uint64_t top = y * down, bottom = top + down;
        for (uint64_t x = 0; x < columns; x++) {
            const uint64_t left = x * across, right = left + across;
            uint64_t red = 0, green = 0, blue = 0; /* at most 255 * 2^26 */
            for (uint64_t v = top / rows; v * rows < bottom; v++) {
                const uint64_t high = overlap(v, top, bottom, rows);
                const uint8_t *row = source + (int64_t)v * source_stride;
                for (uint64_t u = left / columns; u * columns < right; u++) {
                    const uint64_t weight = high * overlap(u, left, right, columns);
                    red += weight * row[3 * u];
                    green += weight * row[3 * u + 1];
                    blue += weight * row[3 * u + 2];
                }
            }
            uint8_t *pixel = target + (int64_t)y * target_stride + 3 * x;
            pixel[0] = (uint8_t)((red + area / 2) / area);
            pixel[1] = (uint8_t)((green + area / 2) / area);
            pixel[2] = (uint8_t)((blue + area / 2) / area);
        }
    }
}

static ac_scale_function *chosen = ac_scale_separable;

static void choose(uint32_t active) {
    chosen = ac_scale_separable;
#if defined(__x86_64__)
    if (active & AC_CPU_AVX2) chosen = ac_scale_avx2;
    if (active & AC_CPU_AVX512) chosen = ac_scale_avx512;
#endif
}

AC_CPU_KERNEL(choose)

void ac_scale(const uint8_t *source, int source_width, int source_height, int source_stride, uint8_t *target,
              int target_width, int target_height, int target_stride) {
    chosen(source, source_width, source_height, source_stride, target, target_width, target_height,
           target_stride);
}
