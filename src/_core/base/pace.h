/* Absolute-deadline pacing: tick n is due at start + n / rate, whatever the ticks before it took.

   Lateness (how long after its deadline a tick began) is kept in a histogram that any thread may read. */
#ifndef ASCIICHAT_PACE_H
#define ASCIICHAT_PACE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "clock.h"
#include "wake.h"

#define AC_LATENESS_BUCKETS                                                                                  \
    64 /* bucket b > 0 counts ticks late by [2^((b-1)/4), 2^(b/4)) us; 0 all below 1 us, the last all from   \
          46 ms on */

typedef struct {
    uint64_t start_ns;
    uint64_t rate; /* ticks a second */
    uint64_t tick; /* the next tick to wait for */
    _Atomic uint64_t ticks;
    _Atomic uint64_t skipped;
    _Atomic uint64_t worst_ns;
    _Atomic uint32_t lateness[AC_LATENESS_BUCKETS];
} ac_pace;

/* Start at tick 0 = `start_ns`, at `rate` ticks a second (1 to 1000000). */
void ac_pace_start(ac_pace *pace, uint64_t start_ns, uint64_t rate);

/* Change the rate from now on, without a burst and without a gap over one period. */
void ac_pace_set_rate(ac_pace *pace, uint64_t rate);

/* Go on with the first tick due after `now_ns`; what lies before it does not count as missed. */
void ac_pace_skip(ac_pace *pace, uint64_t now_ns);

/* When tick n is due. */
uint64_t ac_pace_deadline(const ac_pace *pace, uint64_t tick);

/* Wait for the next tick, or until `stop` becomes non-zero and `wake` is signalled (then false). Ticks that
   are a whole period or more in the past are skipped and counted, so that a stall is not followed by a burst.
 */
bool ac_pace_wait(ac_pace *pace, ac_wake *wake, const _Atomic uint32_t *stop);

/* The q-quantile (0 to 1) of the lateness so far, in microseconds (upper bound of its bucket). */
double ac_pace_lateness_us(const ac_pace *pace, double q);

#endif
