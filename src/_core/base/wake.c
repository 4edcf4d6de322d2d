#include "wake.h"

#include <errno.h>
#include <time.h>

#include "clock.h"

#if defined(__linux__)

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

static void wait_for_change(_Atomic uint32_t *word, uint32_t seen, uint64_t deadline_ns) {
    struct timespec at = {.tv_sec = (time_t)(deadline_ns / 1000000000u),
                          .tv_nsec = (long)(deadline_ns % 1000000000u)};
    /* WAIT_BITSET takes an absolute CLOCK_MONOTONIC time, so a spurious return cannot stretch the deadline.
     */
    syscall(SYS_futex, word, FUTEX_WAIT_BITSET_PRIVATE, seen, deadline_ns == UINT64_MAX ? NULL : &at, NULL,
            FUTEX_BITSET_MATCH_ANY);
}

static void wake_all(_Atomic uint32_t *word) {
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
}

#else

/* One condition for all event counts of the process: waiters are few and a spurious wake only costs a look.
 */
#include <pthread.h>

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static void wait_for_change(_Atomic uint32_t *word, uint32_t seen, uint64_t deadline_ns) {
    pthread_mutex_lock(&gate);
    if (atomic_load(word) == seen) {
        if (deadline_ns == UINT64_MAX) {
            pthread_cond_wait(&changed, &gate);
        } else {
            uint64_t now = ac_now_ns();
            if (now < deadline_ns) {
                struct timespec at;
                clock_gettime(CLOCK_REALTIME, &at);
                uint64_t until =
                    (uint64_t)at.tv_sec * 1000000000u + (uint64_t)at.tv_nsec + (deadline_ns - now);
                at.tv_sec = (time_t)(until / 1000000000u);
                at.tv_nsec = (long)(until % 1000000000u);
                pthread_cond_timedwait(&changed, &gate, &at);
            }
        }
    }
    pthread_mutex_unlock(&gate);
}

static void wake_all(_Atomic uint32_t *word) {
    (void)word;
    pthread_mutex_lock(&gate);
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&gate);
}

#endif

uint32_t ac_wake_ticket(ac_wake *wake) {
    return atomic_load(&wake->count);
}

void ac_wake_signal(ac_wake *wake) {
    atomic_fetch_add(&wake->count, 1);
    /* Sequentially consistent on both sides: either the waiter is seen here, or it sees the new count. */
    if (atomic_load(&wake->waiters) != 0) wake_all(&wake->count);
}

bool ac_wake_wait(ac_wake *wake, uint32_t ticket, uint64_t deadline_ns) {
    bool signalled = true;
    atomic_fetch_add(&wake->waiters, 1);
    while (atomic_load(&wake->count) == ticket) {
        if (deadline_ns != UINT64_MAX && ac_now_ns() >= deadline_ns) {
            signalled = false;
            break;
        }
        wait_for_change(&wake->count, ticket, deadline_ns);
    }
    atomic_fetch_sub(&wake->waiters, 1);
    return signalled;
}
