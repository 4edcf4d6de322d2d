/* For any processor, in the vectors of its baseline. */
#include <stdint.h>

#define LANES 32
#define NAME(mode) ac_make_##mode##_lanes

static inline void part_pixels(const uint8_t *row, uint8_t (*left)[LANES], uint8_t (*right)[LANES]) {
    for (int i = 0; i < LANES; i++)
        for (int channel = 0; channel < 3; channel++) {
            left[channel][i] = row[6 * i + channel];
            right[channel][i] = row[6 * i + 3 + channel];
        }
}

#include "parts_lanes.h"
