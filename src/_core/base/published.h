/* A small struct published by one writer and read by any number of threads without a lock: a sequence lock
   over words, each of them atomic, so that an overtaken reader is defined and simply reads again. */
#ifndef ASCIICHAT_PUBLISHED_H
#define ASCIICHAT_PUBLISHED_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define AC_PUBLISHED_WORDS 24

typedef struct {
    _Atomic uint32_t version; /* odd while being written */
    _Atomic uint64_t words[AC_PUBLISHED_WORDS];
} ac_published;

/* Writers must exclude each other. `size` at most 8 * AC_PUBLISHED_WORDS. */
static inline void ac_publish(ac_published *published, const void *value, size_t size) {
    uint64_t words[AC_PUBLISHED_WORDS] = {0};
    memcpy(words, value, size);
    uint32_t version = atomic_load_explicit(&published->version, memory_order_relaxed);
    atomic_store_explicit(&published->version, version + 1, memory_order_relaxed);
    /* Releasing each word keeps it after the odd version; acquiring each keeps the reader's second look after
     * it. */
    for (size_t i = 0; i < AC_PUBLISHED_WORDS; i++)
        atomic_store_explicit(&published->words[i], words[i], memory_order_release);
    atomic_store_explicit(&published->version, version + 2, memory_order_release);
}

/* Read the newest value; false, with nothing changed, when a writer was in the way all the time (it was
   stopped by the scheduler half-way): go on with what you have. *version tells one value from another. */
static inline bool ac_read_published(const ac_published *published, void *value, size_t size,
                                     uint32_t *version) {
    uint64_t words[AC_PUBLISHED_WORDS];
    for (int attempt = 0; attempt < 64; attempt++) {
        uint32_t before = atomic_load_explicit(&published->version, memory_order_acquire);
        if (before & 1) continue;
        for (size_t i = 0; i < AC_PUBLISHED_WORDS; i++)
            words[i] = atomic_load_explicit(&published->words[i], memory_order_acquire);
        if (atomic_load_explicit(&published->version, memory_order_relaxed) != before) continue;
        memcpy(value, words, size);
        *version = before;
        return true;
    }
    return false;
}

#endif
