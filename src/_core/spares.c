#include "spares.h"

#include <stdlib.h>

ac_buffer *ac_spares_take(ac_spares *spares, size_t size) {
    for (int i = 0; i < AC_SPARES; i++) {
        size_t hint = atomic_load_explicit(&spares->places[i].capacity, memory_order_relaxed);
        if (hint < size || hint / 2 > size) continue;
        ac_buffer *buffer = atomic_exchange_explicit(&spares->places[i].buffer, NULL, memory_order_acquire);
        if (buffer == NULL) continue;
        if (buffer->capacity >= size && buffer->capacity / 2 <= size) return buffer;
        ac_spares_give(spares, buffer); /* another one came into the place since we looked */
    }
    ac_buffer *buffer = malloc(sizeof *buffer + size);
    if (buffer == NULL) return NULL;
    buffer->capacity = size;
    atomic_fetch_add_explicit(&spares->made, 1, memory_order_relaxed);
    return buffer;
}

void ac_spares_give(ac_spares *spares, ac_buffer *buffer) {
    if (buffer == NULL) return;
    for (int i = 0; spares != NULL && i < AC_SPARES; i++) {
        const size_t capacity = buffer->capacity; /* not ours to look at once it is in a place */
        ac_buffer *empty = NULL;
        if (atomic_load_explicit(&spares->places[i].buffer, memory_order_relaxed) != NULL) continue;
        if (!atomic_compare_exchange_strong_explicit(&spares->places[i].buffer, &empty, buffer,
                                                     memory_order_release, memory_order_relaxed))
            continue;
        atomic_store_explicit(&spares->places[i].capacity, capacity, memory_order_relaxed);
        return;
    }
    free(buffer);
}

void ac_spares_clear(ac_spares *spares) {
    for (int i = 0; i < AC_SPARES; i++)
        free(atomic_exchange_explicit(&spares->places[i].buffer, NULL, memory_order_acquire));
}
