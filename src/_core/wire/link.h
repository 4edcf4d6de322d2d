/* How fast a peer's line takes what is sent to it, found out by sending, and what follows for pictures.

   A packet cannot be interrupted, so sound waits behind whatever picture is on its way: on a line of 1 Mbit/s
   that is a quarter of a second for one picture in true colour. On a line that is found to be the bottleneck
   pictures therefore get a budget of bytes and a time before which the next one may not go, and little is
   left in the kernel.

   While the kernel has more to send than it may hold the line is busy, and what leaves in that time is its
   rate. Time is cut into windows. A line is narrow if it was busy for half of one; pictures then use a part
   of its rate, so that queues on the way can run empty. A rate that was used without the line being busy
   grows, until it is busy again or wide enough.

   A router with a long queue takes whatever the kernel has, and the kernel is never busy. Then round trips
   tell: they last longer than the shortest one did, by what waits on the way. A line on which that is long
   in two windows is narrow too, and until the queue is gone less is sent than arrives.

   The send thread alone writes; any thread reads. */
#ifndef ASCIICHAT_LINK_H
#define ASCIICHAT_LINK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    _Atomic uint64_t rate;    /* bytes a second; 0: the line is no bottleneck */
    _Atomic uint64_t next_ns; /* no picture goes before this */
    /* The window, the send thread's own. */
    uint64_t since_ns, written;
    uint64_t busy_ns, drained; /* how long the line was busy, and what left in that time */
    uint64_t shortest_ns;      /* a round trip without a queue; 0: not known */
    uint64_t queue_ns;         /* how much longer it is now */
    uint64_t unacknowledged, arrived;
    uint32_t queued; /* windows with a long queue in a row */
} ac_link;

#define AC_LINK_WINDOW_NS UINT64_C(250000000)

/* The line was busy for some time, in which so many bytes left. */
void ac_link_busy(ac_link *link, uint64_t drained, uint64_t ns);

/* A picture of so many bytes was handed to the kernel at `now_ns`. */
void ac_link_picture(ac_link *link, size_t bytes, uint64_t now_ns);

/* Bytes of any kind were handed to the kernel. */
void ac_link_wrote(ac_link *link, size_t bytes);

/* At the end of a window: how long a round trip takes (0: not known), and how many bytes are on their way. */
void ac_link_on_its_way(ac_link *link, uint64_t round_trip_ns, uint64_t unacknowledged);

/* Is the window over? Then `ac_link_judge` is due. */
static inline bool ac_link_due(const ac_link *link, uint64_t now_ns) {
    return now_ns - link->since_ns >= AC_LINK_WINDOW_NS;
}

/* End the window. True: the rate is another. */
bool ac_link_judge(ac_link *link, uint64_t now_ns);

/* Bytes the kernel should hold back at most (TCP_NOTSENT_LOWAT). */
int ac_link_held(const ac_link *link);

/* Bytes a second the line takes; 0: it is no bottleneck. */
static inline uint64_t ac_link_rate(const ac_link *link) {
    return atomic_load_explicit(&link->rate, memory_order_relaxed);
}

/* Bytes a picture may take so that sound does not wait long behind it; 0: any number. */
static inline uint64_t ac_link_budget(const ac_link *link) {
    return ac_link_rate(link) / 10; /* of a second */
}

/* When the next picture may go. */
static inline uint64_t ac_link_next(const ac_link *link) {
    return atomic_load_explicit(&link->next_ns, memory_order_relaxed);
}

#endif
