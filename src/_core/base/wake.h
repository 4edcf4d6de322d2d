/* An event count: waiting for "something happened" without a lock and without losing a wake-up.

   The waiter takes a ticket, looks whether there is work, and if there is none waits with that ticket; a
   signal given after the ticket was taken ends the wait at once. Signalling costs one atomic addition when
   nobody waits. */
#ifndef ASCIICHAT_WAKE_H
#define ASCIICHAT_WAKE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    _Atomic uint32_t count;
    _Atomic uint32_t waiters;
} ac_wake;

/* The present count. Any number of threads. */
uint32_t ac_wake_ticket(ac_wake *wake);

/* Wake every waiter. Any thread; never blocks. */
void ac_wake_signal(ac_wake *wake);

/* Wait until a signal later than `ticket`, or until `deadline_ns` on ac_now_ns()'s clock (UINT64_MAX: no
   deadline). True when signalled, false at the deadline. */
bool ac_wake_wait(ac_wake *wake, uint32_t ticket, uint64_t deadline_ns);

#endif
