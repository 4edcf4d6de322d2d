/* The look-ahead limiter: never above its ceiling, the same for both signs.

   The gain a step of samples needs is known AC_LIMITER_DELAY samples before the step goes out. The smallest
   gain needed over the look-ahead, released slowly, averaged over its length, gives a gain that has come down
   in a straight line by the time the peak arrives, and stays at or below what every sample needs. */
#ifndef ASCIICHAT_LIMITER_H
#define ASCIICHAT_LIMITER_H

#include <stdbool.h>
#include <stddef.h>

#define AC_LIMITER_BLOCK 320
#define AC_LIMITER_STEP 16
#define AC_LIMITER_AHEAD 3  /* steps the gain comes down over: 1 ms */
#define AC_LIMITER_DELAY 64 /* samples between input and output: 1.33 ms */

typedef struct {
    float ceiling_db; /* dBFS */
    float release;    /* seconds */
} ac_limiter_settings;

extern const ac_limiter_settings ac_limiter_defaults; /* -0.1 dBFS, 50 ms */

typedef struct {
    float ceiling;                      /* amplitude */
    float keep;                         /* what is left of a reduction after a step */
    float delayed[AC_LIMITER_DELAY];    /* the newest input */
    int phase;                          /* samples of the present step that have come */
    float peak;                         /* of the present step so far */
    float needed[AC_LIMITER_AHEAD + 1]; /* gains the newest whole steps need, newest last */
    float released[AC_LIMITER_AHEAD];   /* newest last */
    float begin, end;                   /* gain over the step going out */
    bool idle;                          /* nothing to reduce, in the delay or now */
} ac_limiter;

void ac_limiter_init(ac_limiter *limiter, const ac_limiter_settings *settings, float rate);

/* A block of at most AC_LIMITER_BLOCK samples none of which is larger than `bound`. */
void ac_limiter_run(ac_limiter *limiter, float *samples, int count, float bound);

/* In place; what comes out went in AC_LIMITER_DELAY samples ago. */
void ac_limiter_process(ac_limiter *limiter, float *samples, size_t count);

#endif
