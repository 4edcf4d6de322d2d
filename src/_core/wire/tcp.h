/* What the kernel is told about a connection, and what it knows of it. */
#ifndef ASCIICHAT_TCP_H
#define ASCIICHAT_TCP_H

#include <stdint.h>

/* Small packets go at once, and nothing ever waits inside a call. */
void ac_tcp_tune(int fd);

/* Keep at most so many unsent bytes in the kernel (TCP_NOTSENT_LOWAT). */
void ac_tcp_hold(int fd, int bytes);

/* Bytes in the kernel that the peer has not acknowledged; 0 where that cannot be known. */
uint64_t ac_tcp_unacknowledged(int fd);

/* The smoothed time until what is sent is acknowledged, in nanoseconds; 0 where that cannot be known. */
uint64_t ac_tcp_round_trip_ns(int fd);

#endif
