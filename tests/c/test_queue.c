/* The packet queue: order, dropping the oldest, and no packet torn or doubled between threads. */
#include <pthread.h>
#include <string.h>

#include "check.h"
#include "wire/queue.h"

static void packets_come_out_as_they_went_in(void) {
    ac_queue queue;
    uint16_t type;
    char out[16];
    CHECK(ac_queue_init(&queue, 3, 16) == 0);
    CHECK(queue.count == 4);
    CHECK(ac_queue_pop(&queue, &type, out) == -1);
    CHECK(ac_queue_push(&queue, 7, "seven", 5) == 0);
    CHECK(ac_queue_push(&queue, 8, NULL, 0) == 0);
    CHECK(ac_queue_length(&queue) == 2);
    CHECK(ac_queue_pop(&queue, &type, out) == 5 && type == 7 && memcmp(out, "seven", 5) == 0);
    CHECK(ac_queue_pop(&queue, &type, out) == 0 && type == 8);
    CHECK(ac_queue_pop(&queue, &type, out) == -1);
    CHECK(ac_queue_push(&queue, 9, "far too long for it", 19) == -1);
    ac_queue_destroy(&queue);
}

static void a_full_queue_drops_its_oldest(void) {
    ac_queue queue;
    uint16_t type;
    uint32_t out;
    CHECK(ac_queue_init(&queue, 4, sizeof out) == 0);
    for (uint32_t i = 0; i < 10; i++) CHECK(ac_queue_push(&queue, 1, &i, sizeof i) == 0);
    CHECK(queue.dropped == 6);
    for (uint32_t i = 6; i < 10; i++) CHECK(ac_queue_pop(&queue, &type, &out) == sizeof out && out == i);
    CHECK(ac_queue_pop(&queue, &type, &out) == -1);
    ac_queue_destroy(&queue);
}

static void an_offer_to_a_full_queue_is_refused(void) {
    ac_queue queue;
    uint32_t i = 5;
    CHECK(ac_queue_init(&queue, 2, sizeof i) == 0);
    CHECK(ac_queue_offer(&queue, 1, &i, sizeof i) == 0 && ac_queue_offer(&queue, 1, &i, sizeof i) == 0);
    CHECK(ac_queue_offer(&queue, 1, &i, sizeof i) == -1 && queue.dropped == 0);
    ac_queue_destroy(&queue);
}

enum { PRODUCERS = 3, EACH = 20000, WORDS = 32 };
static ac_queue shared;
static _Atomic int finished;

static void *produce(void *number) {
    uint32_t packet[WORDS];
    for (uint32_t i = 1; i <= EACH; i++) {
        for (int w = 0; w < WORDS; w++) packet[w] = i;
        ac_queue_push(&shared, (uint16_t)(uintptr_t)number, packet, sizeof packet);
    }
    atomic_fetch_add(&finished, 1);
    return NULL;
}

static void packets_stay_whole_and_in_order_between_threads(void) {
    pthread_t threads[PRODUCERS];
    uint32_t last[PRODUCERS] = {0}, packet[WORDS], taken = 0;
    uint16_t type;
    CHECK(ac_queue_init(&shared, 16, sizeof packet) == 0);
    for (uintptr_t p = 0; p < PRODUCERS; p++)
        CHECK(pthread_create(&threads[p], NULL, produce, (void *)p) == 0);
    for (;;) {
        int done = atomic_load(&finished) == PRODUCERS;
        if (ac_queue_pop(&shared, &type, packet) < 0) {
            if (done) break;
            continue;
        }
        CHECK(type < PRODUCERS);
        for (int w = 1; w < WORDS; w++) CHECK(packet[w] == packet[0]);
        CHECK(packet[0] > last[type]);
        last[type] = packet[0];
        taken++;
    }
    for (int p = 0; p < PRODUCERS; p++) pthread_join(threads[p], NULL);
    CHECK(taken + atomic_load(&shared.dropped) == PRODUCERS * EACH);
    ac_queue_destroy(&shared);
}

int main(void) {
    packets_come_out_as_they_went_in();
    a_full_queue_drops_its_oldest();
    an_offer_to_a_full_queue_is_refused();
    packets_stay_whole_and_in_order_between_threads();
    return 0;
}
