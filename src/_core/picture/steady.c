#include "steady.h"

#include <stdlib.h>
#include <string.h>

void ac_steady_destroy(ac_steady *steady) {
    for (int i = 0; i < AC_STEADY_SIZES; i++) free(steady->sizes[i].pixels);
    memset(steady, 0, sizeof *steady);
}

/* The place of this size; for a new size the one used longest ago. NULL: somebody works on it. The caller has
   it to itself until it releases it. */
static ac_steady_size *claim(ac_steady *steady, uint64_t key) {
    ac_steady_size *chosen = &steady->sizes[0];
    for (int i = 0; i < AC_STEADY_SIZES; i++) {
        ac_steady_size *size = &steady->sizes[i];
        if (atomic_load_explicit(&size->key, memory_order_relaxed) == key) {
            chosen = size;
            break;
        }
        if (atomic_load_explicit(&size->number, memory_order_relaxed) <
            atomic_load_explicit(&chosen->number, memory_order_relaxed))
            chosen = size;
    }
    uint32_t unclaimed = 0;
    return atomic_compare_exchange_strong_explicit(&chosen->claimed, &unclaimed, 1, memory_order_acquire,
                                                   memory_order_relaxed)
               ? chosen
               : NULL;
}

static bool adopt(ac_steady_size *size, uint64_t key, size_t bytes) {
    if (size->capacity < bytes) {
        free(size->pixels);
        size->pixels = malloc(bytes);
        size->capacity = size->pixels ? bytes : 0;
    }
    atomic_store_explicit(&size->key, size->pixels ? key : 0, memory_order_relaxed);
    atomic_store_explicit(&size->number, 0, memory_order_relaxed);
    return size->pixels != NULL;
}

static void hold(uint8_t *restrict pixels, const uint8_t *restrict before, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const uint8_t now = pixels[i], was = before[i];
        const uint8_t apart = (uint8_t)(now > was ? now - was : was - now);
        pixels[i] = apart <= AC_STEADY_NOISE ? was : now;
    }
}

void ac_steady_hold(ac_steady *steady, uint64_t number, uint8_t *pixels, int width, int height) {
    const size_t bytes = (size_t)width * (size_t)height * 3;
    const uint64_t key = (uint64_t)width << 32 | (uint32_t)height;
    ac_steady_size *size = claim(steady, key);
    if (size == NULL) return;
    const bool known = atomic_load_explicit(&size->key, memory_order_relaxed) == key;
    const uint64_t held = known ? atomic_load_explicit(&size->number, memory_order_relaxed) : 0;
    if ((known || adopt(size, key, bytes)) && held < number) {
        if (held != 0) hold(pixels, size->pixels, bytes);
        memcpy(size->pixels, pixels, bytes);
        atomic_store_explicit(&size->number, number, memory_order_relaxed);
    }
    atomic_store_explicit(&size->claimed, 0, memory_order_release);
}
