/* Spare buffers: what is given back is lent again, to whoever wants about as much. */
#include <pthread.h>
#include <string.h>

#include "base/spares.h"
#include "check.h"

static ac_spares spares;

static void what_is_given_back_is_lent_again(void) {
    const uint64_t made = atomic_load(&spares.made);
    ac_buffer *first = ac_spares_take(&spares, 100000), *second = ac_spares_take(&spares, 100000);
    CHECK(first != NULL && second != NULL && first != second);
    ac_spares_give(&spares, first);
    CHECK(ac_spares_take(&spares, 90000) == first);
    ac_spares_give(&spares, first);
    ac_spares_give(&spares, second);
    ac_spares_give(&spares, NULL);
    CHECK(atomic_load(&spares.made) - made == 2);
    ac_spares_clear(&spares);
}

static void a_buffer_is_never_too_small_nor_wasted_on_little(void) {
    ac_buffer *large = ac_spares_take(&spares, 80000);
    ac_spares_give(&spares, large);
    ac_buffer *small = ac_spares_take(&spares, 10), *larger = ac_spares_take(&spares, 100001);
    CHECK(small != large && small->capacity >= 10);
    CHECK(larger != large && larger->capacity >= 100001);
    CHECK(ac_spares_take(&spares, 60000) == large);
    ac_spares_give(NULL, large); /* freed */
    ac_spares_give(&spares, small);
    ac_spares_give(&spares, larger);
    ac_spares_clear(&spares);
}

static void no_more_are_kept_than_there_are_places_for(void) {
    static ac_buffer *taken[AC_SPARES + 10];
    for (int i = 0; i < AC_SPARES + 10; i++) taken[i] = ac_spares_take(&spares, 100);
    for (int i = 0; i < AC_SPARES + 10; i++) ac_spares_give(&spares, taken[i]);
    const uint64_t made = atomic_load(&spares.made);
    for (int i = 0; i < AC_SPARES + 1; i++) taken[i] = ac_spares_take(&spares, 100);
    CHECK(atomic_load(&spares.made) - made == 1);
    for (int i = 0; i < AC_SPARES + 1; i++) ac_spares_give(&spares, taken[i]);
    ac_spares_clear(&spares);
}

static void what_nobody_wants_is_freed_at_the_second_look(void) {
    ac_buffer *wanted = ac_spares_take(&spares, 100000), *unwanted = ac_spares_take(&spares, 100000);
    ac_buffer *other = ac_spares_take(&spares, 5000);
    ac_spares_give(&spares, wanted);
    ac_spares_give(&spares, unwanted);
    ac_spares_give(&spares, other);
    const uint64_t made = atomic_load(&spares.made);
    ac_spares_age(&spares);
    ac_buffer *in_use = ac_spares_take(&spares, 100000);
    CHECK(in_use == wanted);
    ac_spares_give(&spares, in_use);
    ac_spares_age(&spares);
    CHECK(ac_spares_take(&spares, 100000) == wanted);
    CHECK(atomic_load(&spares.made) == made);
    ac_spares_give(NULL, ac_spares_take(&spares, 100000));
    ac_spares_give(NULL, ac_spares_take(&spares, 5000));
    CHECK(atomic_load(&spares.made) - made == 2);
    ac_spares_give(NULL, wanted);
    ac_spares_clear(&spares);
}

/* Of each of 32: three pictures on their way out, three on their way in. All come back at once, now and then.
 */
static void all_that_a_full_call_uses_stays(void) {
    enum { OUT = 96, IN = 96 };
    static ac_buffer *out[OUT], *in[IN];
    uint64_t made = 0;
    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < OUT; i++) out[i] = ac_spares_take(&spares, 64000);
        for (int i = 0; i < IN; i++) in[i] = ac_spares_take(&spares, 388864);
        if (round == 0) made = atomic_load(&spares.made);
        for (int i = 0; i < IN; i++) ac_spares_give(&spares, in[i]);
        for (int i = 0; i < OUT; i++) ac_spares_give(&spares, out[i]);
        ac_spares_age(&spares);
    }
    CHECK(atomic_load(&spares.made) == made);
    ac_spares_clear(&spares);
}

enum { THREADS = 4, ROUNDS = 2000 };

/* Whoever has a buffer has it alone. */
static void *take_and_give(void *mark) {
    for (int round = 0; round < ROUNDS; round++) {
        const size_t size = 3000 + 40000 * (size_t)(round % 3);
        ac_buffer *buffer = ac_spares_take(&spares, size);
        CHECK(buffer != NULL && buffer->capacity >= size);
        memset(buffer->bytes, *(uint8_t *)mark, size);
        for (size_t i = 0; i < size; i++) CHECK(buffer->bytes[i] == *(uint8_t *)mark);
        ac_spares_give(&spares, buffer);
    }
    return NULL;
}

static void several_threads_share_them(void) {
    pthread_t threads[THREADS];
    uint8_t marks[THREADS];
    const uint64_t made = atomic_load(&spares.made);
    for (int t = 0; t < THREADS; t++) {
        marks[t] = (uint8_t)t;
        CHECK(pthread_create(&threads[t], NULL, take_and_give, &marks[t]) == 0);
    }
    for (int t = 0; t < THREADS; t++) pthread_join(threads[t], NULL);
    CHECK(atomic_load(&spares.made) - made < ROUNDS / 10);
    ac_spares_clear(&spares);
}

int main(void) {
    what_is_given_back_is_lent_again();
    a_buffer_is_never_too_small_nor_wasted_on_little();
    no_more_are_kept_than_there_are_places_for();
    what_nobody_wants_is_freed_at_the_second_look();
    all_that_a_full_call_uses_stays();
    several_threads_share_them();
    return 0;
}
