#include "clock.h"

#include <time.h>

#if defined(__linux__)
#include <sys/prctl.h>
#endif

uint64_t ac_now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void ac_sharpen_thread(void) {
#if defined(__linux__)
    /* The default slack of 50 us is most of our lateness budget. */
    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
#endif
}
