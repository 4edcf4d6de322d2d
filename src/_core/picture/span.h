/* What an output pixel covers of one axis of the source: a part of a pixel, some whole ones, a part of a
 * pixel. */
#ifndef ASCIICHAT_SPAN_H
#define ASCIICHAT_SPAN_H

#include <stdint.h>

/* Source and target lengths in lowest terms: output pixel i covers [i * source, (i + 1) * source) in units of
   which a source pixel is `target` long. */
typedef struct {
    uint32_t source, target;
} ac_ratio;

typedef struct {
    int before, after; /* the pixels covered in part; always ones that exist, even if their weight is 0 */
    int full, count;   /* the first of the whole ones, and how many */
    uint32_t before_weight, after_weight;
} ac_span;

static inline ac_ratio ac_ratio_of(int source, int target) {
    uint32_t a = (uint32_t)source, b = (uint32_t)target;
    while (b != 0) {
        const uint32_t rest = a % b;
        a = b;
        b = rest;
    }
    return (ac_ratio){(uint32_t)source / a, (uint32_t)target / a};
}

/* The span of output pixel `i` on an axis of `length` source pixels. */
static inline ac_span ac_span_of(ac_ratio ratio, int i, int length) {
    const uint32_t from = (uint32_t)i * ratio.source, to = from + ratio.source;
    const uint32_t first = from / ratio.target,
                   end = to / ratio.target; /* [first, end) begin and end before `to` */
    ac_span span = {.before = (int)first, .full = (int)first};
    if (first * ratio.target < from || end == first) {
        const uint32_t next = (first + 1) * ratio.target;
        span.before_weight = (next < to ? next : to) - from;
        span.full++;
    }
    if ((int)end >= span.full) {
        span.count = (int)end - span.full;
        span.after_weight = to - end * ratio.target;
    }
    span.after = (int)end < length ? (int)end : length - 1;
    return span;
}

/* One past the last source pixel the span may read. */
static inline int ac_span_end(const ac_span *span) {
    return span->after + 1;
}

#endif
