/* Finished pictures that several viewers want: whoever needs one first makes it, the others copy it.

   A place is found by the key's hash. It is used by whoever pins it, made by whoever claims it while nobody
   does, and a viewer that finds its place taken for something else simply draws for itself: nobody waits
   longer than 2 ms. */
#ifndef ASCIICHAT_SHARED_VIEW_H
#define ASCIICHAT_SHARED_VIEW_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/wake.h"

#define AC_SHARED_VIEWS 16
#define AC_SHARED_KEY 2304

typedef struct {
    _Atomic uint32_t users; /* AC_SHARED_MAKING while claimed; else how many look at it */
    _Atomic uint32_t ready; /* hash of the key whose picture is here, 0: none */
    uint32_t key_size;
    uint8_t key[AC_SHARED_KEY];
    uint8_t *bytes;
    size_t capacity, length;
} ac_shared_view;

typedef struct {
    ac_shared_view places[AC_SHARED_VIEWS];
    ac_wake made;
    _Atomic uint64_t pictures_made, pictures_shared; /* drawn, and copied from somebody's drawing */
    _Atomic uint64_t tiles_made, tiles_shared;
} ac_shared_views;

typedef enum { AC_SHARED_HAVE, AC_SHARED_MAKE, AC_SHARED_ALONE } ac_shared_result;

void ac_shared_views_destroy(ac_shared_views *views);

/* Look for the picture of this key (at most AC_SHARED_KEY bytes).
   HAVE: it is in (*view)->bytes; call ac_shared_view_done.
   MAKE: fill (*view)->bytes through ac_shared_view_reserve, set length, call ac_shared_view_made, then done.
   ALONE: draw it for yourself. */
ac_shared_result ac_shared_view_find(ac_shared_views *views, const void *key, uint32_t size,
                                     ac_shared_view **view);

/* Maker: room for `size` bytes, or NULL. */
uint8_t *ac_shared_view_reserve(ac_shared_view *view, size_t size);

/* Maker: it is there for all (or, with `good` false, it came to nothing). */
void ac_shared_view_made(ac_shared_views *views, ac_shared_view *view, bool good);

void ac_shared_view_done(ac_shared_view *view);

#endif
