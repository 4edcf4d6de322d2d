#include "pace.h"

#include <math.h>

void ac_pace_start(ac_pace *pace, uint64_t start_ns, uint64_t rate) {
    pace->start_ns = start_ns;
    pace->rate = rate ? rate : 1;
    pace->tick = 0;
}

void ac_pace_set_rate(ac_pace *pace, uint64_t rate) {
    if (rate == pace->rate || rate == 0) return;
    uint64_t next = ac_pace_deadline(pace, pace->tick);
    uint64_t soonest = ac_now_ns() + 1000000000u / rate;
    ac_pace_start(pace, next < soonest ? next : soonest, rate);
}

uint64_t ac_pace_deadline(const ac_pace *pace, uint64_t tick) {
    /* Seconds and the rest apart: exact for centuries, without 128-bit arithmetic. */
    return pace->start_ns + tick / pace->rate * 1000000000u + tick % pace->rate * 1000000000u / pace->rate;
}

static void record(ac_pace *pace, uint64_t late_ns) {
    /* One writer: plain read-modify-write on relaxed atomics is enough. */
    atomic_store_explicit(&pace->ticks, atomic_load_explicit(&pace->ticks, memory_order_relaxed) + 1,
                          memory_order_relaxed);
    if (late_ns > atomic_load_explicit(&pace->worst_ns, memory_order_relaxed))
        atomic_store_explicit(&pace->worst_ns, late_ns, memory_order_relaxed);
    int bucket = 0;
    if (late_ns >= 1000) {
        bucket = (int)(4.0f * log2f((float)late_ns / 1000.0f)) + 1;
        if (bucket > AC_LATENESS_BUCKETS - 1) bucket = AC_LATENESS_BUCKETS - 1;
    }
    atomic_fetch_add_explicit(&pace->lateness[bucket], 1, memory_order_relaxed);
}

/* Ticks due up to `now_ns`, by division: however long the stall was. */
static uint64_t ticks_until(const ac_pace *pace, uint64_t now_ns) {
    if (now_ns < pace->start_ns) return 0;
    uint64_t since = now_ns - pace->start_ns;
    return since / 1000000000u * pace->rate + since % 1000000000u * pace->rate / 1000000000u + 1;
}

void ac_pace_skip(ac_pace *pace, uint64_t now_ns) {
    pace->tick = ticks_until(pace, now_ns);
}

bool ac_pace_wait(ac_pace *pace, ac_wake *wake, const _Atomic uint32_t *stop) {
    uint64_t deadline = ac_pace_deadline(pace, pace->tick);
    uint64_t now;
    for (;;) {
        uint32_t ticket = ac_wake_ticket(wake);
        if (atomic_load_explicit(stop, memory_order_acquire)) return false;
        now = ac_now_ns();
        if (now >= deadline) break;
        ac_wake_wait(wake, ticket, deadline);
    }
    record(pace, now - deadline);
    pace->tick++;
    uint64_t due = ticks_until(pace, now);
    if (due > pace->tick + 1) {
        /* Only whole missed periods: the tick that is due at this moment is still to come. */
        uint64_t missed = due - 1 - pace->tick;
        pace->tick += missed;
        atomic_store_explicit(&pace->skipped,
                              atomic_load_explicit(&pace->skipped, memory_order_relaxed) + missed,
                              memory_order_relaxed);
    }
    return true;
}

double ac_pace_lateness_us(const ac_pace *pace, double q) {
    uint64_t total = 0, seen = 0;
    for (int b = 0; b < AC_LATENESS_BUCKETS; b++)
        total += atomic_load_explicit(&pace->lateness[b], memory_order_relaxed);
    if (total == 0) return 0.0;
    uint64_t wanted = (uint64_t)ceil(q * (double)total);
    if (wanted == 0) wanted = 1;
    for (int b = 0; b < AC_LATENESS_BUCKETS; b++) {
        seen += atomic_load_explicit(&pace->lateness[b], memory_order_relaxed);
        if (seen >= wanted) return exp2((double)b / 4.0);
    }
    return exp2((AC_LATENESS_BUCKETS - 1) / 4.0);
}
