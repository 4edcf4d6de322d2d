/* How regularly a source's samples arrive, and how long to hold them back for it.

   A write's delay is when it came minus when its first sample would have come from an ideal source. The least
   delay of the last seconds is what the path costs at its best; jitter is how much later the others came. The
   delay to aim for is the 95th percentile of the jitter, over some seconds, and a little more. */
#ifndef ASCIICHAT_ARRIVAL_H
#define ASCIICHAT_ARRIVAL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define AC_ARRIVAL_BUCKETS 256 /* of 1 ms */

typedef struct {
    /* The writer's side. */
    bool begun;
    uint64_t last_ns;
    double lowest, lowest_before;    /* least delays of the present and the last window, samples */
    uint64_t window_ns;              /* when the present window began */
    float share[AC_ARRIVAL_BUCKETS]; /* of the samples that came so late, older ones for less */
    float shares;                    /* their sum */

    /* What the mixer sees. */
    _Atomic uint64_t origin_ns; /* delays are relative to this */
    _Atomic double best;        /* the least delay, samples */
    _Atomic uint32_t target;    /* samples */
} ac_arrival;

/* Until something is measured, aim for `target` samples. */
void ac_arrival_init(ac_arrival *arrival, uint32_t target);

/* Writer: `count` samples came at `now_ns`, after `before` others. Call it before the samples can be seen. */
void ac_arrival_note(ac_arrival *arrival, uint64_t before, int count, uint64_t now_ns);

/* Reader: how much later than at best possible, in samples, the first `position` samples are if they have
   been used at `now_ns`. */
double ac_arrival_lateness(const ac_arrival *arrival, double position, uint64_t now_ns);

#endif
