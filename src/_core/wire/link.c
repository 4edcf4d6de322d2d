#include "link.h"

#define NARROW 2u                /* busy for one part in so many of a window: the line is the bottleneck */
#define BUSY 8u                  /* busy for one part in so many: the rate is what was measured */
#define USED 2u                  /* a part in so many of the rate: what carries that may carry more */
#define GROWTH 10u               /* percent a window by which the rate then grows */
#define WIDE UINT64_C(4000000)   /* bytes a second from which on nothing waits long behind any picture */
#define SLOWEST UINT64_C(4000)   /* bytes a second; less is no line but a peer that stands still */
#define SHARE 85u                /* percent of the rate that pictures may use */
#define LONG UINT64_C(80000000)  /* a queue that neither jitter nor late acknowledgements make */
#define SHORT UINT64_C(20000000) /* a queue behind which more may be tried */
#define DRAIN                                                                                                \
    UINT64_C(500) /* milliseconds in which a long queue is to be gone, if half of the rate does it */
#define FAIR UINT64_C(32000) /* bytes a second; with less of them a long queue is others' */
#define FORGET 512u          /* a part of the shortest round trip that each window adds to it */
#define HELD_FOR 50u         /* a part of a second: what the kernel holds back is sent in that time */
#define HELD_MOST UINT64_C(16384)
#define HELD_LEAST UINT64_C(2048)

void ac_link_busy(ac_link *link, uint64_t drained, uint64_t ns) {
    link->drained += drained;
    link->busy_ns += ns;
}

void ac_link_wrote(ac_link *link, size_t bytes) {
    link->written += bytes;
}

void ac_link_picture(ac_link *link, size_t bytes, uint64_t now_ns) {
    const uint64_t rate = ac_link_rate(link);
    if (rate == 0) return;
    /* From when it was due, not from now: waking late must not cost the line time. A line that stood idle has
       saved up nothing. */
    const uint64_t takes = bytes * UINT64_C(100000000000) / (rate * SHARE);
    uint64_t from = ac_link_next(link);
    if (from + AC_LINK_WINDOW_NS / 8 < now_ns) from = now_ns;
    atomic_store_explicit(&link->next_ns, from + takes, memory_order_relaxed);
}

/* Bytes a second; no whole numbers, which a long silence could overflow. */
static uint64_t per_second(uint64_t bytes, uint64_t ns) {
    return ns ? (uint64_t)((double)bytes * 1e9 / (double)ns) : 0;
}

void ac_link_on_its_way(ac_link *link, uint64_t round_trip_ns, uint64_t unacknowledged) {
    const uint64_t had = link->unacknowledged + link->written;
    link->arrived = had > unacknowledged ? had - unacknowledged : 0;
    link->unacknowledged = unacknowledged;
    /* Routes change: a shortest round trip that never comes again is forgotten by and by. */
    link->shortest_ns += link->shortest_ns / FORGET;
    if (link->shortest_ns == 0 || round_trip_ns < link->shortest_ns) link->shortest_ns = round_trip_ns;
    link->queue_ns = round_trip_ns - link->shortest_ns;
    link->queued = link->queue_ns >= LONG && link->written ? link->queued + 1 : 0;
}

/* What to send on a line with a long queue, so that it runs empty; no more than the rate it has otherwise. */
static uint64_t draining(const ac_link *link, uint64_t lasted, uint64_t otherwise) {
    const uint64_t queued = link->queue_ns / 1000000, spare = queued < DRAIN / 2 ? queued : DRAIN / 2;
    uint64_t rate = per_second(link->arrived, lasted) / DRAIN * (DRAIN - spare);
    if (rate < FAIR) rate = FAIR;
    return otherwise && otherwise < rate ? otherwise : rate;
}

bool ac_link_judge(ac_link *link, uint64_t now_ns) {
    const uint64_t lasted = now_ns - link->since_ns, before = ac_link_rate(link);
    const uint64_t measured = per_second(link->drained, link->busy_ns);
    uint64_t rate = before;
    if (before == 0 && link->busy_ns >= lasted / NARROW && measured >= SLOWEST)
        rate = measured;
    else if (before != 0 && link->busy_ns >= lasted / BUSY)
        rate = measured >= SLOWEST ? (before + measured) / 2 : before;
    else if (before != 0 && link->queue_ns < SHORT && per_second(link->written, lasted) >= before / USED)
        rate = before + before * GROWTH / 100;
    if (link->queued >= 2) rate = draining(link, lasted, rate);
    if (rate >= WIDE) rate = 0;
    link->since_ns = now_ns;
    link->written = link->busy_ns = link->drained = 0;
    atomic_store_explicit(&link->rate, rate, memory_order_relaxed);
    if (rate == 0) atomic_store_explicit(&link->next_ns, 0, memory_order_relaxed);
    return rate != before;
}

int ac_link_held(const ac_link *link) {
    const uint64_t rate = ac_link_rate(link);
    const uint64_t held = rate ? rate / HELD_FOR : HELD_MOST;
    return (int)(held < HELD_LEAST ? HELD_LEAST : held > HELD_MOST ? HELD_MOST : held);
}
