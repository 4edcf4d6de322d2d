/* Frames: the newest is what a reader gets, whole, and what it holds does not change. */
#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "check.h"
#include "picture/frame.h"

static ac_frames frames;
static ac_spares spares;

static void publish(int width, int height, int value) {
    ac_frame *frame = ac_frames_begin(&frames, width, height);
    if (frame == NULL) return;
    memset(frame->pixels, value, (size_t)width * (size_t)height * 3);
    ac_frames_publish(&frames, frame);
}

static void readers_get_the_newest(void) {
    ac_frames_init(&frames, &spares);
    CHECK(ac_frames_pin(&frames) == NULL);
    publish(4, 2, 1);
    publish(6, 3, 2);
    ac_frame *frame = ac_frames_pin(&frames);
    CHECK(frame != NULL && frame->width == 6 && frame->height == 3 && frame->number == 2 &&
          frame->pixels[53] == 2);
    for (int i = 3; i < 20; i++) publish(6, 3, i);
    CHECK(frame->pixels[0] == 2 && frame->pixels[53] == 2);
    ac_frame_unpin(&frames, frame);
    ac_frames_clear(&frames);
    CHECK(ac_frames_pin(&frames) == NULL);
    ac_frames_destroy(&frames);
    ac_spares_clear(&spares);
}

static void sizes_outside_the_limits_are_refused(void) {
    ac_frames_init(&frames, &spares);
    CHECK(ac_frames_begin(&frames, 0, 5) == NULL);
    CHECK(ac_frames_begin(&frames, 5, -1) == NULL);
    CHECK(ac_frames_begin(&frames, AC_FRAME_MAX_WIDTH + 1, 5) == NULL);
    ac_frames_destroy(&frames);
    ac_spares_clear(&spares);
}

static void with_every_buffer_pinned_the_new_frame_is_dropped(void) {
    ac_frame *held[AC_FRAME_POOL];
    ac_frames_init(&frames, &spares);
    for (int i = 0; i < AC_FRAME_POOL; i++) {
        publish(2, 2, i);
        held[i] = ac_frames_pin(&frames);
    }
    CHECK(ac_frames_begin(&frames, 2, 2) == NULL);
    CHECK(atomic_load(&frames.dropped) == 1);
    for (int i = 0; i < AC_FRAME_POOL; i++) ac_frame_unpin(&frames, held[i]);
    CHECK(ac_frames_begin(&frames, 2, 2) != NULL);
    ac_frames_destroy(&frames);
    ac_spares_clear(&spares);
}

static void a_tile_is_made_once(void) {
    bool made;
    ac_frames_init(&frames, &spares);
    publish(8, 8, 77);
    ac_frame *frame = ac_frames_pin(&frames);
    const uint8_t *tile = ac_frame_tile(&frames, frame, 4, 2, &made);
    CHECK(tile != NULL && made && tile[0] == 77 && tile[23] == 77);
    CHECK(ac_frame_tile(&frames, frame, 4, 2, &made) == tile && !made);
    for (int size = 1; size < AC_FRAME_TILES; size++)
        CHECK(ac_frame_tile(&frames, frame, 8, size, &made) != NULL && made);
    CHECK(ac_frame_tile(&frames, frame, 3, 3, &made) == NULL);
    ac_frame_unpin(&frames, frame);
    publish(8, 8, 90);
    frame = ac_frames_pin(&frames);
    tile = ac_frame_tile(&frames, frame, 4, 2, &made);
    CHECK(made && tile[0] == 90);
    ac_frame_unpin(&frames, frame);
    ac_frames_destroy(&frames);
    ac_spares_clear(&spares);
}

static void two_buffers_are_enough_for_a_stream(void) {
    ac_frames_init(&frames, &spares);
    const uint64_t made = atomic_load(&spares.made);
    for (int i = 0; i < 100; i++) {
        publish(40, 20, i);
        ac_frames_look(&frames, ac_now_ns());
    }
    CHECK(atomic_load(&spares.made) - made == 2);
    ac_frames_destroy(&frames);
    ac_spares_clear(&spares);
}

static void a_frame_takes_the_buffer_its_pixels_came_in(void) {
    ac_frames_init(&frames, &spares);
    ac_buffer *buffer = ac_spares_take(&spares, 100);
    CHECK(buffer != NULL);
    memset(buffer->bytes, 5, 100);
    ac_frame *frame = ac_frames_adopt(&frames, 5, 2, buffer, buffer->bytes + 70);
    CHECK(frame != NULL && frame->pixels == buffer->bytes + 70);
    ac_frames_publish(&frames, frame);
    frame = ac_frames_pin(&frames);
    ac_frames_clear(&frames);
    CHECK(frame->pixels[29] == 5);
    CHECK(ac_frames_adopt(&frames, 0, 2, buffer, buffer->bytes) == NULL);
    ac_frame_unpin(&frames, frame);
    CHECK(ac_spares_take(&spares, 100) == buffer);
    ac_spares_give(&spares, buffer);
    ac_frames_destroy(&frames);
    ac_spares_clear(&spares);
}

static void what_is_forgotten_stays_whole_for_who_holds_it(void) {
    ac_frames_init(&frames, &spares);
    publish(4, 4, 1);
    ac_frame *held = ac_frames_pin(&frames);
    publish(4, 4, 2);
    ac_frames_look(&frames, ac_now_ns());
    ac_frame *newest = ac_frames_pin_number(&frames, 1);
    CHECK(newest != NULL && newest->number == 2);
    ac_frame_unpin(&frames, newest);
    for (int i = 3; i < 30; i++) publish(4, 4, i);
    CHECK(held->number == 1 && held->pixels[0] == 1 && held->pixels[47] == 1);
    ac_frame_unpin(&frames, held);
    ac_frames_destroy(&frames);
    ac_spares_clear(&spares);
}

static void the_viewers_of_a_moment_find_the_frame_it_began_with(void) {
    const uint64_t now = ac_now_ns();
    ac_frames_init(&frames, &spares);
    publish(4, 4, 1);
    ac_frames_look(&frames, now + UINT64_C(100000000000)); /* it has just begun, whenever this runs */
    publish(4, 4, 2);
    ac_frame *frame = ac_frames_pin_number(&frames, 1);
    CHECK(frame != NULL && frame->number == 1);
    ac_frame_unpin(&frames, frame);
    ac_frames_look(&frames, now - AC_FRAME_LOOK_NS); /* all have drawn it */
    publish(4, 4, 3);
    frame = ac_frames_pin_number(&frames, 2);
    CHECK(frame != NULL && frame->number == 3);
    ac_frame_unpin(&frames, frame);
    ac_frames_destroy(&frames);
    ac_spares_clear(&spares);
}

enum { FRAMES = 30000, READERS = 3 };
static _Atomic int writing;

/* Neighbours differ by more than is held still. */
static uint8_t shade(uint64_t number) {
    return (uint8_t)(number * 64);
}

static void *read_frames(void *unused) {
    uint64_t last = 0;
    while (atomic_load(&writing)) {
        ac_frame *frame = ac_frames_pin(&frames);
        if (frame == NULL) continue;
        int bytes = frame->width * frame->height * 3;
        for (int i = 1; i < bytes; i++) CHECK(frame->pixels[i] == frame->pixels[0]);
        CHECK(frame->pixels[0] == shade(frame->number));
        CHECK(frame->number + 1 >= last);
        if (frame->number > last) last = frame->number;
        if (frame->number % 3 == 0) ac_frames_look(&frames, ac_now_ns());
        bool made;
        const uint8_t *tile = ac_frame_tile(&frames, frame, 3, 2, &made);
        if (tile != NULL)
            for (int i = 0; i < 18; i++) CHECK(tile[i] == frame->pixels[0]);
        ac_frame_unpin(&frames, frame);
    }
    return unused;
}

static void a_frame_that_stands_is_newer_by_time_alone(void) {
    ac_frames_init(&frames, &spares);
    ac_frames_touch(&frames);
    CHECK(atomic_load(&frames.time_ns) == 0); /* there is none */
    ac_frame *frame = ac_frames_begin(&frames, 4, 4);
    CHECK(frame != NULL);
    ac_frames_publish(&frames, frame);
    const uint64_t number = atomic_load(&frames.number), published = atomic_load(&frames.time_ns);
    while (ac_now_ns() == published) continue;
    ac_frames_touch(&frames);
    CHECK(atomic_load(&frames.time_ns) > published);
    CHECK(atomic_load(&frames.number) == number);
    ac_frames_destroy(&frames);
}

static void frames_are_never_torn(void) {
    pthread_t readers[READERS];
    ac_frames_init(&frames, &spares);
    atomic_store(&writing, 1);
    for (int r = 0; r < READERS; r++) CHECK(pthread_create(&readers[r], NULL, read_frames, NULL) == 0);
    for (int i = 0; i < FRAMES; i++) {
        int size = 4 + i % 5;
        ac_frame *frame = ac_frames_begin(&frames, size, size);
        if (frame == NULL) continue;
        memset(frame->pixels, shade(atomic_load(&frames.number) + 1), (size_t)size * (size_t)size * 3);
        ac_frames_publish(&frames, frame);
    }
    atomic_store(&writing, 0);
    for (int r = 0; r < READERS; r++) pthread_join(readers[r], NULL);
    ac_frames_destroy(&frames);
    ac_spares_clear(&spares);
}

int main(void) {
    readers_get_the_newest();
    sizes_outside_the_limits_are_refused();
    with_every_buffer_pinned_the_new_frame_is_dropped();
    a_tile_is_made_once();
    a_frame_that_stands_is_newer_by_time_alone();
    two_buffers_are_enough_for_a_stream();
    a_frame_takes_the_buffer_its_pixels_came_in();
    what_is_forgotten_stays_whole_for_who_holds_it();
    the_viewers_of_a_moment_find_the_frame_it_began_with();
    frames_are_never_torn();
    return 0;
}
