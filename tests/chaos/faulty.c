/* What the tests of faults put under a server: compiled when they run, loaded with ctypes or before the
   server's own libraries (LD_PRELOAD).

   - A function that keeps a chosen thread busy, to stand in the place of a foreign one.
   - An allocator whose n-th allocation on a chosen thread fails.
   - A wall clock that can be set. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* --- a busy thread --- */

typedef long (*any_function)(long, long, long, long, long, long, long, long, long);

static _Atomic(any_function) original;
static _Atomic long busy_thread;

void faulty_stand_in_for(any_function function) {
    original = function;
}

/* Keep this thread busy from its next call on, until another number (0: none). */
void faulty_keep_busy(long thread) {
    busy_thread = thread;
}

/* Passes on up to nine whole arguments, which is all that the core's foreign functions have. */
long faulty_call(long a, long b, long c, long d, long e, long f, long g, long h, long i) {
    const long me = syscall(SYS_gettid);
    while (busy_thread == me) continue;
    return atomic_load(&original)(a, b, c, d, e, f, g, h, i);
}

/* --- an allocator that fails --- */

static _Thread_local long countdown = -1; /* allocations until one fails; below 0: none does */
static _Thread_local long counted;

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);

/* Fail this thread's n-th allocation from now on, once; -1: fail none. */
void faulty_fail_allocation(long n) {
    countdown = n;
    counted = 0;
}

/* Allocations of this thread since then. */
long faulty_allocations(void) {
    return counted;
}

static int fails(void) {
    counted++;
    if (countdown < 0 || countdown-- != 0) return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size) {
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
    return fails() ? NULL : __libc_realloc(old, size);
}

/* --- a wall clock that is set --- */

static _Atomic long stepped; /* seconds */

void faulty_step_clock(long seconds) {
    stepped += seconds;
}

int clock_gettime(clockid_t clock, struct timespec *at) {
    const long result = syscall(SYS_clock_gettime, clock, at);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) at->tv_sec += stepped;
    return (int)result;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone) {
    const long result = syscall(SYS_gettimeofday, at, zone);
    if (result == 0) at->tv_sec += stepped;
    return (int)result;
}

time_t time(time_t *at) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at != NULL) *at = now.tv_sec;
    return now.tv_sec;
}
