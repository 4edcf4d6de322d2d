/* For any processor, in the vectors of its baseline. */
#include <stdint.h>

#define LANES 32
#define NAME(mode) ac_make_##mode##_lanes

#if defined(__aarch64__)

#include <arm_neon.h>

static inline void part_pixels(const uint8_t *row, uint8_t (*left)[LANES], uint8_t (*right)[LANES]) {
    for (int i = 0; i < LANES; i += 16) {
        const uint8x16x3_t first = vld3q_u8(row + 6 * i), second = vld3q_u8(row + 6 * i + 48);
        for (int channel = 0; channel < 3; channel++) {
            vst1q_u8(left[channel] + i, vuzp1q_u8(first.val[channel], second.val[channel]));
            vst1q_u8(right[channel] + i, vuzp2q_u8(first.val[channel], second.val[channel]));
        }
    }
}

#else

static inline void part_pixels(const uint8_t *row, uint8_t (*left)[LANES], uint8_t (*right)[LANES]) {
    for (int i = 0; i < LANES; i++)
        for (int channel = 0; channel < 3; channel++) {
            left[channel][i] = row[6 * i + channel];
            right[channel][i] = row[6 * i + 3 + channel];
        }
}

#endif

#include "parts_lanes.h"
