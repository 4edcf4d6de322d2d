#include "sample_ring.h"

#include <stdlib.h>

#include "shared_samples.h"

#define LARGEST (1u << 30)

int ac_sample_ring_init(ac_sample_ring *ring, uint32_t capacity) {
    uint32_t power = 16;
    if (capacity > LARGEST) return -1;
    while (power < capacity) power *= 2;
    /* A page more than needed: rings a power of two apart would all compete for the same cache sets. */
    if (posix_memalign((void **)&ring->samples, 64, power * sizeof *ring->samples + 4096)) return -1;
    for (uint32_t i = 0; i < power; i++) atomic_init(&ring->samples[i], 0);
    ring->capacity = power;
    atomic_init(&ring->written, 0);
    atomic_init(&ring->claimed, 0);
    return 0;
}

void ac_sample_ring_destroy(ac_sample_ring *ring) {
    free((void *)ring->samples);
    ring->samples = NULL;
    ring->capacity = 0;
}

void ac_sample_ring_write(ac_sample_ring *ring, const float *samples, size_t count) {
    uint64_t begin = atomic_load_explicit(&ring->written, memory_order_relaxed);
    uint64_t end = begin + count;
    if (count > ring->capacity) {
        samples += count - ring->capacity;
        begin = end - ring->capacity;
        count = ring->capacity;
    }
    /* Readers learn what is about to go before it goes. */
    atomic_store_explicit(&ring->claimed, end, memory_order_relaxed);
    size_t at = begin & (ring->capacity - 1);
    size_t first = ring->capacity - at < count ? ring->capacity - at : count;
    ac_shared_store(ring->samples + at, samples, first);
    ac_shared_store(ring->samples, samples + first, count - first);
    atomic_store_explicit(&ring->written, end, memory_order_release);
}

uint64_t ac_sample_ring_available(const ac_sample_ring *ring, uint64_t cursor) {
    uint64_t written = atomic_load_explicit(&ring->written, memory_order_acquire);
    return written > cursor ? written - cursor : 0;
}

size_t ac_sample_ring_read(const ac_sample_ring *ring, uint64_t *cursor, float *samples, size_t count,
                           uint64_t *lost) {
    uint64_t skipped = 0;
    for (;;) {
        uint64_t written = atomic_load_explicit(&ring->written, memory_order_acquire);
        uint64_t claimed = atomic_load_explicit(&ring->claimed, memory_order_relaxed);
        uint64_t oldest = claimed > ring->capacity ? claimed - ring->capacity : 0;
        if (*cursor < oldest) {
            skipped += oldest - *cursor;
            *cursor = oldest;
        }
        uint64_t ready = written > *cursor ? written - *cursor : 0;
        size_t wanted = ready < count ? (size_t)ready : count;
        size_t at = *cursor & (ring->capacity - 1);
        size_t first = ring->capacity - at < wanted ? ring->capacity - at : wanted;
        ac_shared_load(samples, ring->samples + at, first);
        ac_shared_load(samples + first, ring->samples, wanted - first);
        /* Overtaken while copying: what was copied is a mixture, so begin again at what is left. */
        claimed = atomic_load_explicit(&ring->claimed, memory_order_relaxed);
        if (claimed > *cursor + ring->capacity) continue;
        *cursor += wanted;
        if (lost) *lost = skipped;
        return wanted;
    }
}
