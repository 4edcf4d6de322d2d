/* Pictures in the outbox: the newest wins, and one that was taken back is never sent. */
#include <pthread.h>
#include <string.h>

#include "check.h"
#include "wire/outbox.h"

static ac_outbox outbox;
static ac_spares spares;

static void put(uint32_t value) {
    uint8_t *payload = ac_outbox_picture_begin(&outbox, sizeof value);
    CHECK(payload != NULL);
    memcpy(payload, &value, sizeof value);
    ac_outbox_picture_put(&outbox, 1, sizeof value, 0);
}

static uint32_t value_of(const ac_picture *picture) {
    uint32_t value;
    memcpy(&value, picture->bytes + AC_OUTBOX_HEADROOM, sizeof value);
    return value;
}

static void the_newest_is_taken_once(void) {
    CHECK(ac_outbox_init(&outbox, &spares) == 0);
    CHECK(ac_outbox_picture_take(&outbox) == NULL);
    put(1);
    put(2);
    CHECK(value_of(ac_outbox_picture_take(&outbox)) == 2);
    CHECK(ac_outbox_picture_take(&outbox) == NULL);
    ac_outbox_destroy(&outbox);
    ac_spares_clear(&spares);
}

static void who_waits_for_a_picture_to_go_is_woken_when_it_is_taken(void) {
    CHECK(ac_outbox_init(&outbox, &spares) == 0);
    put(1);
    uint32_t ticket = ac_wake_ticket(&outbox.taken);
    CHECK(ac_outbox_picture_waiting(&outbox));
    CHECK(!ac_wake_wait(&outbox.taken, ticket, 0));
    CHECK(ac_outbox_picture_take(&outbox) != NULL);
    CHECK(ac_wake_wait(&outbox.taken, ticket, 0));
    CHECK(!ac_outbox_picture_waiting(&outbox));
    ac_outbox_destroy(&outbox);
}

static void what_waits_can_be_taken_back(void) {
    CHECK(ac_outbox_init(&outbox, &spares) == 0);
    CHECK(!ac_outbox_picture_recall(&outbox));
    put(1);
    CHECK(ac_outbox_picture_recall(&outbox));
    CHECK(!ac_outbox_picture_recall(&outbox));
    CHECK(ac_outbox_picture_take(&outbox) == NULL);
    put(2);
    CHECK(value_of(ac_outbox_picture_take(&outbox)) == 2);
    CHECK(!ac_outbox_picture_recall(&outbox));
    ac_outbox_destroy(&outbox);
    ac_spares_clear(&spares);
}

static void a_buffer_that_was_sent_is_used_again(void) {
    CHECK(ac_outbox_init(&outbox, &spares) == 0);
    const uint64_t made = atomic_load(&spares.made);
    for (uint32_t n = 1; n < 100; n++) {
        put(n);
        CHECK(value_of(ac_outbox_picture_take(&outbox)) == n);
        ac_outbox_picture_sent(&outbox);
    }
    CHECK(atomic_load(&spares.made) - made == 1);
    ac_outbox_destroy(&outbox);
    ac_spares_clear(&spares);
}

enum { PICTURES = 200000 };
static _Atomic int writing;
static _Atomic uint32_t taken; /* the last one that was sent */

static void *take_all(void *unused) {
    uint32_t last = 0;
    while (atomic_load(&writing) || ac_outbox_picture_waiting(&outbox)) {
        const ac_picture *picture = ac_outbox_picture_take(&outbox);
        if (picture == NULL) continue;
        CHECK(value_of(picture) > last);
        last = value_of(picture);
        atomic_store(&taken, last);
    }
    return unused;
}

/* The producer's word is what the consumer does: every picture is either sent or taken back. */
static void each_picture_is_sent_or_taken_back(void) {
    pthread_t consumer;
    uint32_t sent = 0, recalled = 0;
    CHECK(ac_outbox_init(&outbox, &spares) == 0);
    atomic_store(&writing, 1);
    CHECK(pthread_create(&consumer, NULL, take_all, NULL) == 0);
    for (uint32_t n = 1; n <= PICTURES; n++) {
        put(n);
        if (ac_outbox_picture_recall(&outbox)) {
            recalled++;
            CHECK(atomic_load(&taken) < n);
        } else {
            sent++;
            while (atomic_load(&taken) != n) continue; /* it comes, without another one being put */
        }
    }
    atomic_store(&writing, 0);
    pthread_join(consumer, NULL);
    CHECK(sent + recalled == PICTURES);
    ac_outbox_destroy(&outbox);
    ac_spares_clear(&spares);
}

int main(void) {
    the_newest_is_taken_once();
    who_waits_for_a_picture_to_go_is_woken_when_it_is_taken();
    what_waits_can_be_taken_back();
    a_buffer_that_was_sent_is_used_again();
    each_picture_is_sent_or_taken_back();
    return 0;
}
