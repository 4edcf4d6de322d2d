/* One listener's end of the mix: crowd scaling, compressor, limiter. */
#ifndef ASCIICHAT_LISTENER_H
#define ASCIICHAT_LISTENER_H

#include "dynamics.h"
#include "limiter.h"
#include "mix.h"

struct ac_listener {
    float crowd;
    ac_compressor compressor;
    ac_limiter limiter;
    int quiet; /* samples of silence that went in */
};

/* A block of `total` (NULL: nothing) without `own` (NULL: nothing), of which so many voices speak. True when
   all that comes out is zero. */
bool ac_listener_process(ac_listener *listener, float *samples, int count, const float *total,
                         const float *own, int speakers);

#endif
