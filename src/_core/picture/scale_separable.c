/* For any processor: loops a compiler turns into the vectors of its baseline. */
#include "span.h"

#define LANES 16
#define FUNCTION ac_scale_separable

static inline void sum_down(const uint8_t *column, int stride, const ac_span *rows, uint32_t weight,
                            uint32_t *sums) {
    const uint8_t *before = column + (int64_t)rows->before * stride,
                  *after = column + (int64_t)rows->after * stride;
    const uint8_t *row = column + (int64_t)rows->full * stride;
    for (int i = 0; i < LANES; i++) sums[i] = before[i] * rows->before_weight + after[i] * rows->after_weight;
    for (int left = rows->count; left > 0; left -= 256) { /* this many 255s fit 16 bits */
        uint16_t words[LANES] = {0};
        for (int n = left < 256 ? left : 256; n > 0; n--, row += stride)
            for (int i = 0; i < LANES; i++) words[i] += row[i];
        for (int i = 0; i < LANES; i++) sums[i] += words[i] * weight;
    }
}

#include "scale_separable.h"
