/* The broadcast sample ring: one writer, any number of readers with a cursor each, mono float32.

   The writer never waits and never knows its readers. A reader that fell a whole ring behind is told how many
   samples it lost and goes on from the oldest that is left. */
#ifndef ASCIICHAT_SAMPLE_RING_H
#define ASCIICHAT_SAMPLE_RING_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    _Atomic uint32_t *samples; /* the bits of floats: atomic so that an overtaken reader is defined */
    uint32_t capacity;         /* a power of two */
    _Atomic uint64_t written;  /* samples ever written */
    _Atomic uint64_t claimed;  /* samples ever begun to be written: what a reader copied is good if still in
                                  reach of this */
} ac_sample_ring;

/* Room for at least `capacity` samples. 0, or -1 without memory. */
int ac_sample_ring_init(ac_sample_ring *ring, uint32_t capacity);
void ac_sample_ring_destroy(ac_sample_ring *ring);

/* Writer. More than the capacity at once keeps the newest. */
void ac_sample_ring_write(ac_sample_ring *ring, const float *samples, size_t count);

/* Samples between `cursor` and the newest. */
uint64_t ac_sample_ring_available(const ac_sample_ring *ring, uint64_t cursor);

/* Reader: copy up to `count` samples from *cursor and move it on. Returns the number copied; *lost (may be
   NULL) is how many samples were overwritten before they could be read. */
size_t ac_sample_ring_read(const ac_sample_ring *ring, uint64_t *cursor, float *samples, size_t count,
                           uint64_t *lost);

#endif
