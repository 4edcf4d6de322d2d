#include "frame.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "scale.h"

#define TILE_WAIT_NS 2000000u

void ac_frames_init(ac_frames *frames, ac_spares *spares) {
    memset(frames, 0, sizeof *frames);
    frames->spares = spares;
    atomic_init(&frames->latest, -1);
    atomic_init(&frames->previous, -1);
}

void ac_frames_destroy(ac_frames *frames) {
    for (int i = 0; i < AC_FRAME_POOL; i++) {
        ac_spares_give(NULL, frames->frames[i].buffer);
        for (int t = 0; t < AC_FRAME_TILES; t++) free(frames->frames[i].tiles[t].pixels);
    }
    ac_steady_destroy(&frames->steady);
    ac_frames_init(frames, frames->spares);
}

/* Grow a buffer to `size` bytes; its old content is not kept. */
static bool reserve(uint8_t **buffer, size_t *capacity, size_t size) {
    if (*capacity >= size) return true;
    free(*buffer);
    *buffer = malloc(size);
    *capacity = *buffer ? size : 0;
    return *buffer != NULL;
}

/* A free frame for a picture of this size, without pixels, or NULL. */
static ac_frame *find_free(ac_frames *frames, int width, int height) {
    if (width < 1 || height < 1 || width > AC_FRAME_MAX_WIDTH || height > AC_FRAME_MAX_HEIGHT) return NULL;
    for (int i = 0; i < AC_FRAME_POOL; i++) {
        ac_frame *frame = &frames->frames[i];
        if (atomic_load_explicit(&frame->references, memory_order_acquire) != 0) continue;
        ac_spares_give(frames->spares, frame->buffer); /* begun, and never published */
        frame->buffer = NULL;
        frame->width = width;
        frame->height = height;
        for (int t = 0; t < AC_FRAME_TILES; t++) {
            atomic_store_explicit(&frame->tiles[t].key, 0, memory_order_relaxed);
            atomic_store_explicit(&frame->tiles[t].ready, 0, memory_order_relaxed);
        }
        return frame;
    }
    atomic_fetch_add_explicit(&frames->dropped, 1, memory_order_relaxed);
    return NULL;
}

ac_frame *ac_frames_begin(ac_frames *frames, int width, int height) {
    ac_frame *frame = find_free(frames, width, height);
    if (frame == NULL) return NULL;
    frame->buffer = ac_spares_take(frames->spares, (size_t)width * (size_t)height * 3);
    if (frame->buffer == NULL) {
        atomic_fetch_add_explicit(&frames->dropped, 1, memory_order_relaxed);
        return NULL;
    }
    frame->pixels = frame->buffer->bytes;
    return frame;
}

ac_frame *ac_frames_adopt(ac_frames *frames, int width, int height, ac_buffer *buffer, uint8_t *pixels) {
    ac_frame *frame = find_free(frames, width, height);
    if (frame == NULL) return NULL;
    frame->buffer = buffer;
    frame->pixels = pixels;
    return frame;
}

/* The latest becomes the previous, the previous is let go. */
static void push(ac_frames *frames, int32_t next) {
    int32_t latest = atomic_exchange_explicit(&frames->latest, next, memory_order_acq_rel);
    int32_t previous = atomic_exchange_explicit(&frames->previous, latest, memory_order_acq_rel);
    if (previous >= 0) ac_frame_unpin(frames, &frames->frames[previous]);
}

static void forget_previous(ac_frames *frames) {
    if (atomic_load_explicit(&frames->previous, memory_order_relaxed) < 0) return;
    int32_t previous = atomic_exchange_explicit(&frames->previous, -1, memory_order_acq_rel);
    if (previous >= 0) ac_frame_unpin(frames, &frames->frames[previous]);
}

const uint8_t *ac_frame_tile(ac_frames *frames, ac_frame *frame, int width, int height, bool *made) {
    uint64_t key = (uint64_t)width << 32 | (uint32_t)height;
    *made = false;
    for (int t = 0; t < AC_FRAME_TILES; t++) {
        ac_tile *tile = &frame->tiles[t];
        uint64_t holds = 0;
        if (atomic_compare_exchange_strong_explicit(&tile->key, &holds, key, memory_order_acquire,
                                                    memory_order_acquire)) {
            if (!reserve(&tile->pixels, &tile->capacity, (size_t)width * (size_t)height * 3)) return NULL;
            ac_scale(frame->pixels, frame->width, frame->height, frame->width * 3, tile->pixels, width,
                     height, width * 3);
            ac_steady_hold(&frames->steady, frame->number, tile->pixels, width, height);
            atomic_store_explicit(&tile->ready, 1, memory_order_release);
            ac_wake_signal(&frame->tile_made);
            *made = true;
            return tile->pixels;
        }
        if (holds != key) continue;
        uint64_t deadline = 0;
        for (;;) {
            uint32_t ticket = ac_wake_ticket(&frame->tile_made);
            if (atomic_load_explicit(&tile->ready, memory_order_acquire)) return tile->pixels;
            if (deadline == 0) deadline = ac_now_ns() + TILE_WAIT_NS;
            if (!ac_wake_wait(&frame->tile_made, ticket, deadline)) return NULL;
        }
    }
    return NULL;
}

void ac_frames_publish(ac_frames *frames, ac_frame *frame) {
    frame->number = atomic_load_explicit(&frames->number, memory_order_relaxed) + 1;
    frame->time_ns = ac_now_ns();
    atomic_store_explicit(&frames->time_ns, frame->time_ns, memory_order_relaxed);
    atomic_store_explicit(&frames->number, frame->number, memory_order_release);
    /* From here on readers may pin it: everything above is visible to who sees the count. */
    atomic_store_explicit(&frame->references, 1, memory_order_release);
    push(frames, (int32_t)(frame - frames->frames));
    if (frame->time_ns > atomic_load_explicit(&frames->look_ns, memory_order_relaxed) + AC_FRAME_LOOK_NS)
        forget_previous(frames);
}

void ac_frames_touch(ac_frames *frames) {
    if (atomic_load_explicit(&frames->latest, memory_order_relaxed) >= 0)
        atomic_store_explicit(&frames->time_ns, ac_now_ns(), memory_order_relaxed);
}

void ac_frames_clear(ac_frames *frames) {
    push(frames, -1);
    push(frames, -1);
}

/* Pin what `index` names, or NULL when it is free. It may have been recycled since `index` was read: then it
   is a newer frame, complete all the same. */
static ac_frame *pin(ac_frames *frames, int32_t index) {
    if (index < 0) return NULL;
    ac_frame *frame = &frames->frames[index];
    uint32_t references = atomic_load_explicit(&frame->references, memory_order_relaxed);
    while (references != 0 && references != AC_FRAME_GOING)
        if (atomic_compare_exchange_weak_explicit(&frame->references, &references, references + 1,
                                                  memory_order_acquire, memory_order_relaxed))
            return frame;
    return NULL;
}

ac_frame *ac_frames_pin(ac_frames *frames) {
    for (;;) {
        int32_t index = atomic_load_explicit(&frames->latest, memory_order_acquire);
        ac_frame *frame = pin(frames, index);
        if (frame != NULL || index < 0) return frame;
    }
}

ac_frame *ac_frames_pin_number(ac_frames *frames, uint64_t number) {
    ac_frame *frame = ac_frames_pin(frames);
    if (frame == NULL || frame->number == number) return frame;
    ac_frame *previous = pin(frames, atomic_load_explicit(&frames->previous, memory_order_acquire));
    if (previous != NULL && previous->number == number) {
        ac_frame_unpin(frames, frame);
        return previous;
    }
    if (previous != NULL) ac_frame_unpin(frames, previous);
    return frame;
}

void ac_frame_unpin(ac_frames *frames, ac_frame *frame) {
    uint32_t references = atomic_load_explicit(&frame->references, memory_order_relaxed), left;
    do left = references == 1 ? AC_FRAME_GOING : references - 1;
    while (!atomic_compare_exchange_weak_explicit(&frame->references, &references, left, memory_order_acq_rel,
                                                  memory_order_relaxed));
    if (left != AC_FRAME_GOING) return;
    /* Nobody can pin it, and the writer does not take it before it is 0. */
    ac_buffer *buffer = frame->buffer;
    frame->buffer = NULL;
    atomic_store_explicit(&frame->references, 0, memory_order_release);
    ac_spares_give(frames->spares, buffer);
}

void ac_frames_look(ac_frames *frames, uint64_t now_ns) {
    atomic_store_explicit(&frames->look_ns, now_ns, memory_order_relaxed);
    forget_previous(frames);
}
