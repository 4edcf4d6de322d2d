#include "arrival.h"

#include <math.h>
#include <string.h>

#include "mix.h"

#define SAMPLES_A_NS (AC_AUDIO_RATE * 1e-9)
#define BUCKET (AC_AUDIO_RATE / 1000)
#define WINDOW_NS UINT64_C(2000000000) /* long against jitter, short against drift: 200 ppm are 0.4 ms */
#define PAUSE_NS UINT64_C(250000000)   /* after so long a source begins anew */
#define MEMORY 6.0f                    /* seconds until an observation counts for a third */
#define QUANTILE 0.95f
#define MARGIN (3 * BUCKET)
#define LEAST (8 * BUCKET)
#define MOST (200 * BUCKET)

void ac_arrival_init(ac_arrival *arrival, uint32_t target) {
    memset(arrival, 0, sizeof *arrival);
    /* After a second of observations it is below the quantile. */
    uint32_t bucket = target > MARGIN + BUCKET ? (target - MARGIN) / BUCKET - 1 : 0;
    arrival->share[bucket < AC_ARRIVAL_BUCKETS ? bucket : AC_ARRIVAL_BUCKETS - 1] = arrival->shares = 0.01f;
    atomic_init(&arrival->origin_ns, 0);
    atomic_init(&arrival->best, 0.0);
    atomic_init(&arrival->target, target);
}

static void remember(ac_arrival *arrival, double jitter, int count) {
    float kept = expf(-(float)count / (MEMORY * AC_AUDIO_RATE));
    for (int i = 0; i < AC_ARRIVAL_BUCKETS; i++) arrival->share[i] *= kept;
    arrival->shares = arrival->shares * kept + 1.0f - kept;
    int bucket = jitter < (AC_ARRIVAL_BUCKETS - 1) * BUCKET ? (int)(jitter / BUCKET) : AC_ARRIVAL_BUCKETS - 1;
    arrival->share[bucket] += 1.0f - kept;

    float beyond = 0.0f;
    for (bucket = AC_ARRIVAL_BUCKETS - 1; bucket > 0; bucket--) {
        beyond += arrival->share[bucket];
        if (beyond > (1.0f - QUANTILE) * arrival->shares) break;
    }
    uint32_t target = (uint32_t)(bucket + 1) * BUCKET + MARGIN;
    target = target < LEAST ? LEAST : target > MOST ? MOST : target;
    atomic_store_explicit(&arrival->target, target, memory_order_relaxed);
}

void ac_arrival_note(ac_arrival *arrival, uint64_t before, int count, uint64_t now_ns) {
    if (!arrival->begun) atomic_store_explicit(&arrival->origin_ns, now_ns, memory_order_relaxed);
    uint64_t origin = atomic_load_explicit(&arrival->origin_ns, memory_order_relaxed);
    double delay = (double)(int64_t)(now_ns - origin) * SAMPLES_A_NS - (double)before;

    if (!arrival->begun || now_ns - arrival->last_ns > PAUSE_NS) {
        arrival->begun = true;
        arrival->lowest = arrival->lowest_before = delay;
        arrival->window_ns = now_ns;
    } else if (now_ns - arrival->window_ns > WINDOW_NS) {
        arrival->lowest_before = arrival->lowest;
        arrival->lowest = delay;
        arrival->window_ns = now_ns;
    }
    arrival->last_ns = now_ns;
    if (delay < arrival->lowest) arrival->lowest = delay;
    double best = arrival->lowest < arrival->lowest_before ? arrival->lowest : arrival->lowest_before;
    atomic_store_explicit(&arrival->best, best, memory_order_relaxed);
    remember(arrival, delay - best, count);
}

double ac_arrival_lateness(const ac_arrival *arrival, double position, uint64_t now_ns) {
    uint64_t origin = atomic_load_explicit(&arrival->origin_ns, memory_order_relaxed);
    return (double)(int64_t)(now_ns - origin) * SAMPLES_A_NS - position -
           atomic_load_explicit(&arrival->best, memory_order_relaxed);
}
