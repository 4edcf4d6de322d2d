#include "effect.h"

#include <string.h>

#include "rain.h"

void ac_flip_x(uint8_t *pixels, int width, int height, int stride) {
    for (int y = 0; y < height; y++) {
        uint8_t *left = pixels + (int64_t)y * stride, *right = left + 3 * ((int64_t)width - 1);
        for (; left < right; left += 3, right -= 3) {
            uint8_t pixel[3];
            memcpy(pixel, left, 3);
            memcpy(left, right, 3);
            memcpy(right, pixel, 3);
        }
    }
}

void ac_flip_y(uint8_t *pixels, int width, int height, int stride) {
    const int64_t length = 3 * (int64_t)width;
    uint8_t *top = pixels, *bottom = pixels + ((int64_t)height - 1) * stride;
    for (int y = 0; y < height / 2; y++, top += stride, bottom -= stride) {
        uint8_t part[256];
        for (int64_t at = 0; at < length; at += (int64_t)sizeof part) {
            const size_t count =
                (size_t)(length - at < (int64_t)sizeof part ? length - at : (int64_t)sizeof part);
            memcpy(part, top + at, count);
            memcpy(top + at, bottom + at, count);
            memcpy(bottom + at, part, count);
        }
    }
}

void ac_effects_apply(const ac_effects *effects, uint8_t *pixels, int columns, int rows, int across, int down,
                      int stride, double now) {
    const int width = columns * across, height = rows * down;
    if (effects->flip_x) ac_flip_x(pixels, width, height, stride);
    if (effects->flip_y) ac_flip_y(pixels, width, height, stride);
    const bool plain = effects->rain && effects->filter == AC_FILTER_NONE;
    ac_filter(plain ? AC_FILTER_MATRIX : effects->filter, now, pixels, width, height, stride);
    if (effects->rain) ac_rain(pixels, columns, rows, across, down, stride, now);
}
