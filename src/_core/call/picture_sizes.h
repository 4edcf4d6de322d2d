/* How large each viewer draws each source: what is to be known for sending pictures no larger than they are
   shown.

   Each viewer's video thread keeps a row of its own, one word for a source; whoever wants to know takes the
   maximum over the rows. Nobody waits for anybody. */
#ifndef ASCIICHAT_PICTURE_SIZES_H
#define ASCIICHAT_PICTURE_SIZES_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/wake.h"

#define AC_PICTURE_SIZES 32 /* viewers, and sources */

typedef struct {
    _Atomic uint32_t rows[AC_PICTURE_SIZES]
                         [AC_PICTURE_SIZES]; /* viewer, source: width << 16 | height, 0: not shown */
    ac_wake changed;
} ac_picture_sizes;

static inline uint32_t ac_picture_size(int width, int height) {
    return (uint32_t)width << 16 | (uint32_t)height;
}

/* A viewer's video thread: this is how large the sources are drawn now; `row` has AC_PICTURE_SIZES words.
   Wakes who waits for `changed` if anything differs. */
void ac_picture_sizes_put(ac_picture_sizes *sizes, int viewer, const uint32_t *row);

/* The largest width and the largest height at which anybody draws a source, in pixels; 0 and 0: nobody does.
   Any thread. */
void ac_picture_sizes_largest(const ac_picture_sizes *sizes, int source, int *width, int *height);

#endif
