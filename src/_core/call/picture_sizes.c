#include "picture_sizes.h"

#include <stdbool.h>

void ac_picture_sizes_put(ac_picture_sizes *sizes, int viewer, const uint32_t *row) {
    bool differs = false;
    for (int source = 0; source < AC_PICTURE_SIZES; source++) {
        _Atomic uint32_t *size = &sizes->rows[viewer][source];
        if (atomic_load_explicit(size, memory_order_relaxed) == row[source]) continue;
        atomic_store_explicit(size, row[source], memory_order_relaxed);
        differs = true;
    }
    if (differs) ac_wake_signal(&sizes->changed); /* orders the stores before it */
}

void ac_picture_sizes_largest(const ac_picture_sizes *sizes, int source, int *width, int *height) {
    *width = *height = 0;
    for (int viewer = 0; viewer < AC_PICTURE_SIZES; viewer++) {
        const uint32_t size = atomic_load_explicit(&sizes->rows[viewer][source], memory_order_relaxed);
        const int across = (int)(size >> 16), down = (int)(size & 0xFFFF);
        if (across > *width) *width = across;
        if (down > *height) *height = down;
    }
}
