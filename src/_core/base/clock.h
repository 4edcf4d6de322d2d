/* The one clock of the core, and threads that wait by it exactly. */
#ifndef ASCIICHAT_CLOCK_H
#define ASCIICHAT_CLOCK_H

#include <stdint.h>

/* CLOCK_MONOTONIC in nanoseconds. */
uint64_t ac_now_ns(void);

/* Ask the kernel for timers as exact as it has, and to be let run soon when they are due: for the calling
 * thread. */
void ac_sharpen_thread(void);

#endif
