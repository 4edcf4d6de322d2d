#include "outbox.h"

#include <stdlib.h>
#include <string.h>

#include "base/pace.h"

int ac_outbox_init(ac_outbox *outbox, ac_spares *spares) {
    memset(outbox, 0, sizeof *outbox);
    outbox->spares = spares;
    /* 32 sound packets are 640 ms: past that a listener is better served with what is said now. */
    if (ac_queue_init(&outbox->control, 64, AC_OUTBOX_CONTROL_ROOM) != 0 ||
        ac_queue_init(&outbox->audio, 32, AC_OUTBOX_AUDIO_ROOM) != 0) {
        ac_outbox_destroy(outbox);
        return -1;
    }
    return 0;
}

void ac_outbox_destroy(ac_outbox *outbox) {
    ac_queue_destroy(&outbox->control);
    ac_queue_destroy(&outbox->audio);
    ac_picture *pictures[] = {outbox->making, outbox->sending, atomic_load(&outbox->waiting)};
    for (int i = 0; i < 3; i++)
        if (pictures[i] != NULL) ac_spares_give(NULL, pictures[i]->buffer);
    outbox->making = outbox->sending = NULL;
    atomic_store(&outbox->waiting, NULL);
}

int ac_outbox_control(ac_outbox *outbox, uint16_t type, const void *payload, uint32_t length) {
    if (ac_queue_offer(&outbox->control, type, payload, length) != 0) return -1;
    ac_wake_signal(&outbox->work);
    return 0;
}

int ac_outbox_audio(ac_outbox *outbox, uint16_t type, const void *payload, uint32_t length) {
    if (ac_queue_push(&outbox->audio, type, payload, length) != 0) return -1;
    ac_wake_signal(&outbox->work);
    return 0;
}

static void give_back(ac_outbox *outbox, ac_picture *picture) {
    if (picture != NULL) ac_spares_give(outbox->spares, picture->buffer);
}

uint8_t *ac_outbox_picture_begin(ac_outbox *outbox, size_t capacity) {
    if (outbox->making == NULL || outbox->making->capacity < capacity) {
        if (outbox->largest < capacity) outbox->largest = capacity;
        give_back(outbox, outbox->making);
        outbox->making = NULL;
        ac_buffer *buffer = ac_spares_take(outbox->spares, sizeof(ac_picture) + AC_OUTBOX_HEADROOM +
                                                               outbox->largest + AC_SEAL_TAIL);
        if (buffer == NULL) return NULL;
        outbox->making = (ac_picture *)buffer->bytes;
        *outbox->making = (ac_picture){
            .buffer = buffer, .bytes = buffer->bytes + sizeof(ac_picture), .capacity = outbox->largest};
    }
    return outbox->making->bytes + AC_OUTBOX_HEADROOM;
}

void ac_outbox_picture_put(ac_outbox *outbox, uint16_t type, uint32_t length, uint32_t layout) {
    ac_picture *picture = outbox->making;
    picture->type = type;
    picture->length = length;
    picture->layout = layout;
    picture->time_ns = ac_now_ns();
    /* What it replaces is what the next one is made in. */
    outbox->making = atomic_exchange_explicit(&outbox->waiting, picture, memory_order_acq_rel);
    if (outbox->making != NULL) atomic_fetch_add_explicit(&outbox->replaced, 1, memory_order_relaxed);
    ac_wake_signal(&outbox->work);
}

bool ac_outbox_picture_waiting(const ac_outbox *outbox) {
    return atomic_load_explicit(&outbox->waiting, memory_order_acquire) != NULL;
}

/* Exactly one of those who ask gets the picture that waits. */
static ac_picture *claim(ac_outbox *outbox) {
    if (!ac_outbox_picture_waiting(outbox)) return NULL;
    return atomic_exchange_explicit(&outbox->waiting, NULL, memory_order_acq_rel);
}

bool ac_outbox_picture_recall(ac_outbox *outbox) {
    ac_picture *picture = claim(outbox);
    if (picture == NULL) return false;
    give_back(outbox, outbox->making);
    outbox->making = picture;
    atomic_fetch_add_explicit(&outbox->replaced, 1, memory_order_relaxed);
    return true;
}

ac_picture *ac_outbox_picture_take(ac_outbox *outbox) {
    ac_outbox_picture_sent(outbox);
    outbox->sending = claim(outbox);
    if (outbox->sending != NULL) ac_wake_signal(&outbox->taken);
    return outbox->sending;
}

void ac_outbox_picture_sent(ac_outbox *outbox) {
    give_back(outbox, outbox->sending);
    outbox->sending = NULL;
}
