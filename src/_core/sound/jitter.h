/* The jitter buffer of one source: between the receive thread, which writes samples in bursts whenever
   packets come, and the mixer, which takes so many a block.

   It holds samples back until they are as late as the measured jitter demands, and keeps them that late:
   small errors (the clocks of two sound cards differ by some ppm) by resampling, larger ones by cutting or
   repeating where the signal resembles itself, in silence at once. When nothing is left it goes on with the
   last pitch period, fading. */
#ifndef ASCIICHAT_JITTER_H
#define ASCIICHAT_JITTER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "arrival.h"
#include "conceal.h"
#include "sample_ring.h"

#define AC_JITTER_CAPACITY 32768 /* samples: 0.68 s */

typedef enum { AC_JITTER_WAITING, AC_JITTER_PLAYING, AC_JITTER_CONCEALING } ac_jitter_state;

typedef struct {
    ac_sample_ring ring;
    ac_arrival arrival;

    /* The mixer's side. */
    ac_jitter_state state;
    uint64_t cursor; /* the next sample */
    double fraction; /* of it already past, when resampling */
    uint64_t dry_ns; /* when it last ran dry */
    int rest;        /* samples until the next cut or repetition may be made */
    double caution;  /* samples added to the target because it was not enough lately */
    ac_conceal conceal;

    /* For any thread. */
    _Atomic uint64_t underruns, dropped, concealed;
    _Atomic int32_t lateness; /* samples: how much later than at best possible it plays */
} ac_jitter;

int ac_jitter_init(ac_jitter *jitter, uint32_t target);
void ac_jitter_destroy(ac_jitter *jitter);

/* Writer. */
void ac_jitter_write(ac_jitter *jitter, const float *samples, int count, uint64_t now_ns);

/* Take the next `count` samples, at most AC_BLOCK_MAX, that are due at `due_ns`. False when all are zero
   because there is nothing to play. */
bool ac_jitter_pull(ac_jitter *jitter, float *samples, int count, uint64_t due_ns);

#endif
