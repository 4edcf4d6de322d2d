/* Samples in memory that one thread writes while others may read them: a reader that is overtaken gets
   defined, if useless, values and finds out afterwards from a counter.

   A block is copied word by word with atomic accesses, which no compiler turns into vectors. On processors
   where a vector access of aligned words reads or writes each word whole (x86-64, AArch64) volatile vectors
   do the same, four words at a time. */
#ifndef ASCIICHAT_SHARED_SAMPLES_H
#define ASCIICHAT_SHARED_SAMPLES_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if (defined(__x86_64__) || defined(__aarch64__)) && !defined(__SANITIZE_THREAD__)
#define AC_SHARED_VECTORS 1
typedef uint32_t ac_shared_vector __attribute__((vector_size(16), aligned(4), may_alias));

/* Sixteen words, four at a time. Which side is shared does not matter: both are accessed as they are written
 * here. */
static inline void ac_shared_move(volatile void *to, const volatile void *from) {
    volatile ac_shared_vector *out = to;
    const volatile ac_shared_vector *in = from;
    ac_shared_vector first = in[0], second = in[1], third = in[2], fourth = in[3];
    out[0] = first;
    out[1] = second;
    out[2] = third;
    out[3] = fourth;
}
#endif

/* Every store stays behind the atomic stores before it. */
static inline void ac_shared_store(_Atomic uint32_t *to, const float *from, size_t count) {
    size_t i = 0;
#if defined(AC_SHARED_VECTORS)
    atomic_thread_fence(memory_order_release);
    for (; i + 16 <= count; i += 16) ac_shared_move(to + i, from + i);
#endif
    for (; i < count; i++) {
        uint32_t word;
        memcpy(&word, from + i, sizeof word);
        atomic_store_explicit(&to[i], word, memory_order_release);
    }
}

/* Every load stays before the atomic loads after it. */
static inline void ac_shared_load(float *to, const _Atomic uint32_t *from, size_t count) {
    size_t i = 0;
#if defined(AC_SHARED_VECTORS)
    for (; i + 16 <= count; i += 16) ac_shared_move(to + i, from + i);
#endif
    for (; i < count; i++) {
        uint32_t word = atomic_load_explicit(&from[i], memory_order_acquire);
        memcpy(to + i, &word, sizeof word);
    }
#if defined(AC_SHARED_VECTORS)
    atomic_thread_fence(memory_order_acquire);
#endif
}

#endif
