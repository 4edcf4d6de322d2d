/* Buffers for pictures, lent to whoever receives or shows one, and the spares that nobody needs at the
   moment.

   A picture is large and short-lived: of a client's stream one is shown, and only now and then is another on
   its way in, or kept a moment longer for a viewer that began with it. Buffers of its own for all of these
   would be most of a client's memory; a room's clients share what is spare instead. Nobody waits, and once a
   call has as many buffers as it needs nothing is allocated: a spare one is given back to the system only
   after nobody has wanted it for some seconds. */
#ifndef ASCIICHAT_SPARES_H
#define ASCIICHAT_SPARES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AC_SPARES 256 /* more than 32 clients have: pictures that come, are shown, are drawn and are sent */

typedef struct {
    size_t capacity;
    uint8_t bytes[];
} ac_buffer;

typedef struct {
    struct {
        _Atomic(ac_buffer *) buffer;
        _Atomic size_t capacity; /* of the buffer, as a hint: it may just have been taken */
        _Atomic bool unwanted;   /* since the last look nobody has put anything here, or taken it */
    } places[AC_SPARES];
    _Atomic uint64_t made; /* buffers allocated so far */
} ac_spares;

/* A buffer for `size` bytes: a spare one that is not more than twice as large, or a new one; NULL without
   memory. Any thread. */
ac_buffer *ac_spares_take(ac_spares *spares, size_t size);

/* Give a buffer back (NULL: nothing). It is freed when there are AC_SPARES already, or `spares` is NULL. Any
   thread. */
void ac_spares_give(ac_spares *spares, ac_buffer *buffer);

/* Free the spares that nobody has wanted since the last call. One thread, now and then. */
void ac_spares_age(ac_spares *spares);

/* Free every spare. Any thread. */
void ac_spares_clear(ac_spares *spares);

#endif
