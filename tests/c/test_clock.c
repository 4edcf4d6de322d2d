/* A thread that is sharpened keeps its class and its nice value, and works in short turns where the kernel
 * knows them. */
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "check.h"

#if defined(__linux__)
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

static bool knows_short_turns(void) {
    struct utsname kernel;
    int major = 0, minor = 0;
    CHECK(uname(&kernel) == 0);
    return sscanf(kernel.release, "%d.%d", &major, &minor) == 2 && (major > 6 || (major == 6 && minor >= 12));
}

static void *sharpen(void *unused) {
    struct {
        uint32_t size, policy;
        uint64_t flags;
        int32_t nice;
        uint32_t priority;
        uint64_t runtime, deadline, period;
    } before = {.size = sizeof before}, after = before;
    CHECK(setpriority(PRIO_PROCESS, 0, 5) == 0);
    CHECK(syscall(SYS_sched_getattr, 0, &before, sizeof before, 0) == 0);
    ac_sharpen_thread();
    CHECK(syscall(SYS_sched_getattr, 0, &after, sizeof after, 0) == 0);
    CHECK(prctl(PR_GET_TIMERSLACK) == 1);
    CHECK(after.policy == before.policy && after.nice == 5);
    if (knows_short_turns() && after.policy == SCHED_OTHER) CHECK(after.runtime == 100000);
    return unused;
}

#else

static void *sharpen(void *unused) {
    ac_sharpen_thread();
    return unused;
}

#endif

int main(void) {
    pthread_t thread;
    const uint64_t before = ac_now_ns();
    CHECK(pthread_create(&thread, NULL, sharpen, NULL) == 0);
    pthread_join(thread, NULL);
    CHECK(ac_now_ns() >= before);
    return 0;
}
