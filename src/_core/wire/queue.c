#include "queue.h"

#include <stdlib.h>
#include <string.h>

int ac_queue_init(ac_queue *queue, uint32_t count, uint32_t room) {
    uint32_t places = 2;
    while (places < count) places *= 2;
    memset(queue, 0, sizeof *queue);
    queue->places = calloc(places, sizeof *queue->places);
    queue->bytes = malloc((size_t)places * room);
    if (queue->places == NULL || queue->bytes == NULL) {
        ac_queue_destroy(queue);
        return -1;
    }
    for (uint32_t i = 0; i < places; i++) atomic_init(&queue->places[i].turn, i);
    queue->count = places;
    queue->room = room;
    return 0;
}

void ac_queue_destroy(ac_queue *queue) {
    free(queue->places);
    free(queue->bytes);
    queue->places = NULL;
    queue->bytes = NULL;
}

/* Take the oldest place, copying it out unless `payload` is NULL; -1 when there is none. */
static int64_t take(ac_queue *queue, uint16_t *type, void *payload) {
    uint64_t tail = atomic_load_explicit(&queue->tail, memory_order_relaxed);
    for (;;) {
        ac_queue_place *place = &queue->places[tail & (queue->count - 1)];
        uint64_t turn = atomic_load_explicit(&place->turn, memory_order_acquire);
        if (turn == tail + 1) {
            if (!atomic_compare_exchange_weak_explicit(&queue->tail, &tail, tail + 1, memory_order_relaxed,
                                                       memory_order_relaxed))
                continue;
            int64_t length = place->length;
            if (payload != NULL) {
                *type = place->type;
                memcpy(payload, queue->bytes + (size_t)(tail & (queue->count - 1)) * queue->room,
                       place->length);
            }
            atomic_store_explicit(&place->turn, tail + queue->count, memory_order_release);
            return length;
        }
        if ((int64_t)(turn - (tail + 1)) < 0) return -1;
        tail = atomic_load_explicit(&queue->tail, memory_order_relaxed);
    }
}

/* 1: put in, 0: the queue is full. */
static int put(ac_queue *queue, uint16_t type, const void *payload, uint32_t length) {
    uint64_t head = atomic_load_explicit(&queue->head, memory_order_relaxed);
    for (;;) {
        ac_queue_place *place = &queue->places[head & (queue->count - 1)];
        uint64_t turn = atomic_load_explicit(&place->turn, memory_order_acquire);
        if (turn == head) {
            if (!atomic_compare_exchange_weak_explicit(&queue->head, &head, head + 1, memory_order_relaxed,
                                                       memory_order_relaxed))
                continue;
            place->type = type;
            place->length = length;
            if (length)
                memcpy(queue->bytes + (size_t)(head & (queue->count - 1)) * queue->room, payload, length);
            atomic_store_explicit(&place->turn, head + 1, memory_order_release);
            return 1;
        }
        if ((int64_t)(turn - head) < 0) return 0; /* the place still holds the packet of one round ago */
        head = atomic_load_explicit(&queue->head, memory_order_relaxed);
    }
}

int ac_queue_offer(ac_queue *queue, uint16_t type, const void *payload, uint32_t length) {
    return length <= queue->room && put(queue, type, payload, length) ? 0 : -1;
}

int ac_queue_push(ac_queue *queue, uint16_t type, const void *payload, uint32_t length) {
    if (length > queue->room) return -1;
    while (!put(queue, type, payload, length)) {
        atomic_fetch_add_explicit(&queue->dropped, 1, memory_order_relaxed);
        /* Nothing to take although full: the consumer is copying the oldest this moment. Then the new one
         * goes. */
        if (take(queue, NULL, NULL) < 0) return 0;
    }
    return 0;
}

int64_t ac_queue_pop(ac_queue *queue, uint16_t *type, void *payload) {
    return take(queue, type, payload);
}

uint32_t ac_queue_length(const ac_queue *queue) {
    uint64_t head = atomic_load_explicit(&queue->head, memory_order_relaxed);
    uint64_t tail = atomic_load_explicit(&queue->tail, memory_order_relaxed);
    return head > tail ? (uint32_t)(head - tail) : 0;
}
