/* A bounded lock-free packet queue that drops its oldest when full. Any number of producers, one consumer.

   Every place carries a turn number (after D. Vyukov's bounded queue, 1024cores.net): a producer may fill
   place p in turn t when the place says t, a consumer may take it when it says t + 1. A producer that meets a
   full queue takes the oldest packet out itself and throws it away. Nobody waits. */
#ifndef ASCIICHAT_QUEUE_H
#define ASCIICHAT_QUEUE_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    _Atomic uint64_t turn;
    uint16_t type;
    uint32_t length;
} ac_queue_place;

typedef struct {
    ac_queue_place *places;
    uint8_t *bytes; /* `places` times `room` */
    uint32_t count; /* places, a power of two */
    uint32_t room;  /* bytes a packet may have */
    _Atomic uint64_t head, tail;
    _Atomic uint64_t dropped;
} ac_queue;

/* 0, or -1 without memory. `count` is rounded up to a power of two. */
int ac_queue_init(ac_queue *queue, uint32_t count, uint32_t room);
void ac_queue_destroy(ac_queue *queue);

/* Put a packet in only if there is room: 0; or -1 when it is larger than a place or the queue is full. */
int ac_queue_offer(ac_queue *queue, uint16_t type, const void *payload, uint32_t length);

/* Put a packet in, the oldest making room: 0; or -1 when it is larger than a place (nothing is changed). */
int ac_queue_push(ac_queue *queue, uint16_t type, const void *payload, uint32_t length);

/* Copy the oldest packet out: its length, or -1 when the queue is empty. `payload` has `room` bytes. */
int64_t ac_queue_pop(ac_queue *queue, uint16_t *type, void *payload);

/* Packets in the queue, roughly. */
uint32_t ac_queue_length(const ac_queue *queue);

#endif
