#include "spares.h"

#include <stdlib.h>
#include <sys/mman.h>

/* What is so large has pages of its own: in the allocator's heaps, one for some of the threads, holes of its
   size would stay. Address sanitizers see more when everything is the allocator's. */
#if defined(__SANITIZE_ADDRESS__)
#define PAGES_FROM SIZE_MAX
#else
#define PAGES_FROM 65536u
#endif

/* Sizes are rounded up to one of four in every power of two, so that streams which differ by little lend one
   another their buffers. */
static size_t rounded(size_t size) {
    if (size < 4096) return 4096;
    const size_t step = (size_t)1 << (61 - __builtin_clzll(size));
    return (size + step - 1) / step * step;
}

static ac_buffer *make(size_t size) {
    const size_t whole = rounded(sizeof(ac_buffer) + size);
    ac_buffer *buffer;
    if (whole < PAGES_FROM) {
        buffer = malloc(whole);
    } else {
        buffer = mmap(NULL, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (buffer == MAP_FAILED) buffer = NULL;
    }
    if (buffer != NULL) buffer->capacity = whole - sizeof *buffer;
    return buffer;
}

static void destroy(ac_buffer *buffer) {
    if (buffer == NULL) return;
    const size_t whole = sizeof *buffer + buffer->capacity;
    if (whole < PAGES_FROM)
        free(buffer);
    else
        munmap(buffer, whole);
}

/* Would it be a waste? */
static bool fits(size_t capacity, size_t size) {
    return capacity >= size && capacity / 2 <= (size < 4096 ? 4096 : size);
}

/* The place a search begins at. Every size has another, so that a search seldom passes what does not fit, and
   the places next to it are those that are used all the time. */
static unsigned first_place(size_t size) {
    const size_t whole = rounded(sizeof(ac_buffer) + size);
    const unsigned power = 63u - (unsigned)__builtin_clzll(whole),
                   quarter = (unsigned)(whole >> (power - 2)) & 3u;
    return (power * 4 + quarter) * 37u % AC_SPARES;
}

ac_buffer *ac_spares_take(ac_spares *spares, size_t size) {
    const unsigned first = first_place(size);
    for (unsigned i = 0; i < AC_SPARES; i++) {
        const unsigned place = (first + i) % AC_SPARES;
        size_t hint = atomic_load_explicit(&spares->places[place].capacity, memory_order_relaxed);
        if (!fits(hint, size)) continue;
        if (atomic_load_explicit(&spares->places[place].buffer, memory_order_relaxed) == NULL) continue;
        ac_buffer *buffer =
            atomic_exchange_explicit(&spares->places[place].buffer, NULL, memory_order_acquire);
        if (buffer == NULL) continue;
        if (fits(buffer->capacity, size)) return buffer;
        ac_spares_give(spares, buffer); /* another one came into the place since we looked */
    }
    ac_buffer *buffer = make(size);
    if (buffer != NULL) atomic_fetch_add_explicit(&spares->made, 1, memory_order_relaxed);
    return buffer;
}

void ac_spares_give(ac_spares *spares, ac_buffer *buffer) {
    if (buffer == NULL) return;
    const size_t capacity = buffer->capacity; /* not ours to look at once it is in a place */
    const unsigned first = first_place(capacity);
    for (unsigned i = 0; spares != NULL && i < AC_SPARES; i++) {
        const unsigned place = (first + i) % AC_SPARES;
        ac_buffer *empty = NULL;
        if (atomic_load_explicit(&spares->places[place].buffer, memory_order_relaxed) != NULL) continue;
        if (!atomic_compare_exchange_strong_explicit(&spares->places[place].buffer, &empty, buffer,
                                                     memory_order_release, memory_order_relaxed))
            continue;
        atomic_store_explicit(&spares->places[place].capacity, capacity, memory_order_relaxed);
        atomic_store_explicit(&spares->places[place].unwanted, false, memory_order_relaxed);
        return;
    }
    destroy(buffer);
}

void ac_spares_age(ac_spares *spares) {
    for (int i = 0; i < AC_SPARES; i++)
        if (atomic_exchange_explicit(&spares->places[i].unwanted, true, memory_order_relaxed))
            destroy(atomic_exchange_explicit(&spares->places[i].buffer, NULL, memory_order_acquire));
}

void ac_spares_clear(ac_spares *spares) {
    for (int i = 0; i < AC_SPARES; i++)
        destroy(atomic_exchange_explicit(&spares->places[i].buffer, NULL, memory_order_acquire));
}
