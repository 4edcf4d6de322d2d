#include "shared_view.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "wire/crc32c.h"

#define MAKING 0x80000000u
#define WAIT_NS UINT64_C(2000000)

void ac_shared_views_destroy(ac_shared_views *views) {
    for (int i = 0; i < AC_SHARED_VIEWS; i++) {
        free(views->places[i].bytes);
        views->places[i].bytes = NULL;
        views->places[i].capacity = 0;
    }
}

static bool holds(const ac_shared_view *view, uint32_t hash, const void *key, uint32_t size) {
    return atomic_load_explicit(&view->ready, memory_order_relaxed) == hash && view->key_size == size &&
           memcmp(view->key, key, size) == 0;
}

ac_shared_result ac_shared_view_find(ac_shared_views *views, const void *key, uint32_t size,
                                     ac_shared_view **found) {
    uint32_t hash = ac_crc32c(0, key, size) | 1; /* 0 means: none */
    ac_shared_view *view = &views->places[(hash >> 1) % AC_SHARED_VIEWS];
    uint64_t deadline = 0;
    *found = view;
    for (;;) {
        uint32_t ticket = ac_wake_ticket(&views->made);
        uint32_t users = atomic_load_explicit(&view->users, memory_order_relaxed);
        while (!(users & MAKING)) {
            /* Pin it to look: nobody may claim it meanwhile. */
            if (!atomic_compare_exchange_weak_explicit(&view->users, &users, users + 1, memory_order_acquire,
                                                       memory_order_relaxed))
                continue;
            if (holds(view, hash, key, size)) return AC_SHARED_HAVE;
            /* It holds something else. If we are alone with it, it is ours to make. */
            uint32_t alone = 1;
            if (atomic_compare_exchange_strong_explicit(&view->users, &alone, MAKING, memory_order_acquire,
                                                        memory_order_relaxed)) {
                memcpy(view->key, key, size);
                view->key_size = size;
                atomic_store_explicit(&view->ready, 0, memory_order_relaxed);
                return AC_SHARED_MAKE;
            }
            ac_shared_view_done(view);
            return AC_SHARED_ALONE;
        }
        if (deadline == 0) deadline = ac_now_ns() + WAIT_NS;
        if (!ac_wake_wait(&views->made, ticket, deadline)) return AC_SHARED_ALONE;
    }
}

uint8_t *ac_shared_view_reserve(ac_shared_view *view, size_t size) {
    if (view->capacity < size) {
        free(view->bytes);
        view->bytes = malloc(size);
        view->capacity = view->bytes ? size : 0;
    }
    return view->bytes;
}

void ac_shared_view_made(ac_shared_views *views, ac_shared_view *view, bool good) {
    uint32_t hash = ac_crc32c(0, view->key, view->key_size) | 1;
    atomic_store_explicit(&view->ready, good ? hash : 0, memory_order_relaxed);
    atomic_store_explicit(&view->users, 1, memory_order_release); /* the maker goes on as a user */
    ac_wake_signal(&views->made);
}

void ac_shared_view_done(ac_shared_view *view) {
    atomic_fetch_sub_explicit(&view->users, 1, memory_order_release);
}
