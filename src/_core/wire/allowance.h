/* How much a peer may send: for each class of packets a token bucket of packets and one of bytes.

   A bucket fills at its rate and holds `burst` seconds of it, so that what a stalled network held back may
   come at once, and what keeps coming faster may not. One thread (the receiver). */
#ifndef ASCIICHAT_ALLOWANCE_H
#define ASCIICHAT_ALLOWANCE_H

#include <stdbool.h>
#include <stdint.h>

typedef enum {
    AC_FLOW_PICTURES, /* counted in packets */
    AC_FLOW_SOUND,    /* counted in frames to decode: a batch may hold a thousand */
    AC_FLOW_CONTROL,  /* everything else */
    AC_FLOWS
} ac_flow;

typedef struct {
    double rate, most; /* a second; what it holds. A rate of 0 is no limit */
    double level;
} ac_bucket;

typedef struct {
    ac_bucket items[AC_FLOWS], bytes[AC_FLOWS];
    uint64_t last_ns[AC_FLOWS];
} ac_allowance;

/* items_a_second and bytes_a_second: one for each flow; 0 is no limit. */
void ac_allowance_init(ac_allowance *allowance, const double *items_a_second, const double *bytes_a_second,
                       double burst, uint64_t now_ns);

/* Which flow packets of this type belong to. */
ac_flow ac_flow_of(uint16_t type);

/* Take `items` and `bytes` out; false when the flow has run dry: the peer sends too much. */
bool ac_allowance_take(ac_allowance *allowance, ac_flow flow, uint32_t items, uint32_t bytes,
                       uint64_t now_ns);

/* "pictures", "sound" or "control packets", for logs. */
const char *ac_flow_text(ac_flow flow);

#endif
