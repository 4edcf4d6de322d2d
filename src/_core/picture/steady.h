/* Holding pictures still: what differs from the picture before by no more than a camera's noise keeps its old
   value.

   Averaging leaves little of the noise, and a cell that flickers by one or two levels costs as much to send
   as one that moves. The error is at most AC_STEADY_NOISE in each channel, always against the true picture,
   so a slow change comes through a step later and nothing drifts. */
#ifndef ASCIICHAT_STEADY_H
#define ASCIICHAT_STEADY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AC_STEADY_NOISE 4 /* levels of 255 */
#define AC_STEADY_SIZES 8 /* picture sizes that are held */

/* One size of one source's pictures as they were last shown. */
typedef struct {
    _Atomic uint32_t claimed; /* 1: somebody works on it */
    _Atomic uint64_t key;     /* the size; 0: none */
    _Atomic uint64_t number;  /* of the frame it was made from; 0: none */
    uint8_t *pixels;
    size_t capacity;
} ac_steady_size;

typedef struct {
    ac_steady_size sizes[AC_STEADY_SIZES];
} ac_steady;

/* No thread may use it. */
void ac_steady_destroy(ac_steady *steady);

/* Make the picture of frame `number` (counted from 1), RGB24 without padding, hold still against the one of
   the same size before it, and keep it for the next. A picture older than the one kept, or one that another
   thread is busy with, is left as it is. Any thread; waits for nobody. */
void ac_steady_hold(ac_steady *steady, uint64_t number, uint8_t *pixels, int width, int height);

#endif
