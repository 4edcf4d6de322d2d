#include "outbox.h"

#include <stdlib.h>
#include <string.h>

#include "pace.h"

#define FRESH 4u

int ac_outbox_init(ac_outbox *outbox) {
    memset(outbox, 0, sizeof *outbox);
    outbox->back = 0;
    outbox->front = 1;
    atomic_init(&outbox->middle, 2);
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
    for (int i = 0; i < 3; i++) {
        free(outbox->pictures[i].bytes);
        outbox->pictures[i].bytes = NULL;
        outbox->pictures[i].capacity = 0;
    }
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

uint8_t *ac_outbox_picture_begin(ac_outbox *outbox, size_t capacity) {
    ac_picture *picture = &outbox->pictures[outbox->back];
    if (picture->capacity < capacity) {
        free(picture->bytes);
        picture->bytes = malloc(AC_OUTBOX_HEADROOM + capacity + AC_SEAL_TAIL);
        picture->capacity = picture->bytes ? capacity : 0;
    }
    return picture->bytes ? picture->bytes + AC_OUTBOX_HEADROOM : NULL;
}

void ac_outbox_picture_put(ac_outbox *outbox, uint16_t type, uint32_t length, uint32_t layout) {
    ac_picture *picture = &outbox->pictures[outbox->back];
    picture->type = type;
    picture->length = length;
    picture->layout = layout;
    picture->time_ns = ac_now_ns();
    uint32_t old =
        atomic_exchange_explicit(&outbox->middle, (uint32_t)outbox->back | FRESH, memory_order_acq_rel);
    outbox->back = (int)(old & 3);
    if (old & FRESH) atomic_fetch_add_explicit(&outbox->replaced, 1, memory_order_relaxed);
    ac_wake_signal(&outbox->work);
}

bool ac_outbox_picture_waiting(const ac_outbox *outbox) {
    return atomic_load_explicit(&outbox->middle, memory_order_acquire) & FRESH;
}

bool ac_outbox_picture_recall(ac_outbox *outbox) {
    if (!ac_outbox_picture_waiting(outbox)) return false;
    uint32_t old = atomic_exchange_explicit(&outbox->middle, (uint32_t)outbox->back, memory_order_acq_rel);
    outbox->back = (int)(old & 3);
    if (!(old & FRESH)) return false;
    atomic_fetch_add_explicit(&outbox->replaced, 1, memory_order_relaxed);
    return true;
}

ac_picture *ac_outbox_picture_take(ac_outbox *outbox) {
    if (!ac_outbox_picture_waiting(outbox)) return NULL;
    uint32_t old = atomic_exchange_explicit(&outbox->middle, (uint32_t)outbox->front, memory_order_acq_rel);
    outbox->front = (int)(old & 3);
    ac_wake_signal(&outbox->taken);
    /* It may have been recalled since we looked. */
    return old & FRESH ? &outbox->pictures[outbox->front] : NULL;
}
