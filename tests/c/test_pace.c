/* Waiting and pacing: no lost wake-up, deadlines that do not drift, stalls without a burst. */
#include <pthread.h>
#include <time.h>

#include "base/pace.h"
#include "check.h"

static ac_wake wake;
static _Atomic uint32_t stop, turn;

static void a_signal_after_the_ticket_is_not_lost(void) {
    uint32_t ticket = ac_wake_ticket(&wake);
    ac_wake_signal(&wake);
    CHECK(ac_wake_wait(&wake, ticket, UINT64_MAX));
}

static void a_deadline_ends_the_wait(void) {
    uint64_t before = ac_now_ns();
    CHECK(!ac_wake_wait(&wake, ac_wake_ticket(&wake), before + 3000000));
    CHECK(ac_now_ns() >= before + 3000000);
}

static void *answer(void *unused) {
    for (uint32_t i = 1; i < 20000; i += 2) {
        for (;;) {
            uint32_t ticket = ac_wake_ticket(&wake);
            if (atomic_load(&turn) == i) break;
            ac_wake_wait(&wake, ticket, UINT64_MAX);
        }
        atomic_store(&turn, i + 1);
        ac_wake_signal(&wake);
    }
    return unused;
}

/* A lost wake-up would hang here. */
static void two_threads_hand_a_turn_to_and_fro(void) {
    pthread_t other;
    CHECK(pthread_create(&other, NULL, answer, NULL) == 0);
    for (uint32_t i = 0; i < 20000; i += 2) {
        for (;;) {
            uint32_t ticket = ac_wake_ticket(&wake);
            if (atomic_load(&turn) == i) break;
            ac_wake_wait(&wake, ticket, UINT64_MAX);
        }
        atomic_store(&turn, i + 1);
        ac_wake_signal(&wake);
    }
    pthread_join(other, NULL);
}

static void deadlines_do_not_drift(void) {
    ac_pace pace = {0};
    ac_pace_start(&pace, 1000, 172);
    CHECK(ac_pace_deadline(&pace, 0) == 1000);
    CHECK(ac_pace_deadline(&pace, 172) == 1000 + 1000000000u);
    CHECK(ac_pace_deadline(&pace, UINT64_C(172) * 86400 * 365) == 1000 + UINT64_C(86400) * 365 * 1000000000u);
    CHECK(ac_pace_deadline(&pace, 1) == 1000 + 1000000000u / 172);
}

static void ticks_come_at_their_rate(void) {
    ac_pace pace = {0};
    uint64_t start = ac_now_ns();
    ac_pace_start(&pace, start, 500);
    for (int i = 0; i < 51; i++) CHECK(ac_pace_wait(&pace, &wake, &stop));
    CHECK(ac_now_ns() - start >= 100000000u);
    CHECK(atomic_load(&pace.ticks) + atomic_load(&pace.skipped) >= 51);
}

static void a_stall_is_not_followed_by_a_burst(void) {
    ac_pace pace = {0};
    const uint64_t before = ac_now_ns(); /* and not after it: this thread may be held up then, too */
    ac_pace_start(&pace, before - 1000000000u, 100);
    CHECK(ac_pace_wait(&pace, &wake, &stop));
    CHECK(atomic_load(&pace.skipped) >= 98);
    CHECK(ac_pace_deadline(&pace, pace.tick) + 10000000u >= before);
    CHECK(ac_pace_lateness_us(&pace, 0.99) > 50000); /* the last bucket: 46 ms and more */
    CHECK(atomic_load(&pace.worst_ns) >= 999000000u);
}

static void a_new_rate_counts_from_now(void) {
    ac_pace pace = {0};
    ac_pace_start(&pace, ac_now_ns(), 1);
    CHECK(ac_pace_wait(&pace, &wake, &stop));
    ac_pace_set_rate(&pace, 1000);
    CHECK(ac_pace_deadline(&pace, pace.tick) <= ac_now_ns() + 1000000u); /* not the rest of the old second */
    CHECK(ac_pace_wait(&pace, &wake, &stop));
}

static void *stop_later(void *unused) {
    struct timespec moment = {.tv_nsec = 20000000};
    nanosleep(&moment, NULL);
    atomic_store(&stop, 1);
    ac_wake_signal(&wake);
    return unused;
}

static void stopping_ends_the_wait_at_once(void) {
    pthread_t other;
    ac_pace pace = {0};
    ac_pace_start(&pace, ac_now_ns() + UINT64_C(60000000000), 1);
    CHECK(pthread_create(&other, NULL, stop_later, NULL) == 0);
    CHECK(!ac_pace_wait(&pace, &wake, &stop));
    pthread_join(other, NULL);
}

int main(void) {
    a_signal_after_the_ticket_is_not_lost();
    a_deadline_ends_the_wait();
    two_threads_hand_a_turn_to_and_fro();
    deadlines_do_not_drift();
    ticks_come_at_their_rate();
    a_stall_is_not_followed_by_a_burst();
    a_new_rate_counts_from_now();
    stopping_ends_the_wait_at_once();
    return 0;
}
