/* The broadcast ring: every reader gets every sample in order, or is told how many it lost. */
#include "sound/sample_ring.h"

#include <pthread.h>
#include <string.h>

#include "check.h"

#define WRAP (1 << 20) /* counting samples: exact in a float */

static void count_into(float *samples, uint64_t from, int count) {
    for (int i = 0; i < count; i++) samples[i] = (float)((from + (uint64_t)i) % WRAP);
}

static void capacity_is_rounded_up_and_refused_when_absurd(void) {
    ac_sample_ring ring;
    CHECK(ac_sample_ring_init(&ring, 1000) == 0);
    CHECK(ring.capacity == 1024);
    ac_sample_ring_destroy(&ring);
    CHECK(ac_sample_ring_init(&ring, UINT32_MAX) == -1);
}

static void two_readers_each_get_everything(void) {
    ac_sample_ring ring;
    CHECK(ac_sample_ring_init(&ring, 1024) == 0);
    uint64_t cursors[2] = {0, 0}, written = 0, lost = 99;
    float in[300], out[300];
    for (int round = 0; round < 100; round++) {
        int length = 1 + round * 7 % 300;
        count_into(in, written, length);
        ac_sample_ring_write(&ring, in, (size_t)length);
        written += (uint64_t)length;
        for (int r = 0; r < 2; r++) {
            CHECK(ac_sample_ring_available(&ring, cursors[r]) == (uint64_t)length);
            CHECK(ac_sample_ring_read(&ring, &cursors[r], out, 300, &lost) == (size_t)length);
            CHECK(lost == 0 && cursors[r] == written);
            CHECK(memcmp(in, out, (size_t)length * sizeof *in) == 0);
        }
    }
    CHECK(ac_sample_ring_read(&ring, &cursors[0], out, 300, &lost) == 0);
    ac_sample_ring_destroy(&ring);
}

static void a_late_reader_is_told_its_loss_and_goes_on_from_the_oldest(void) {
    ac_sample_ring ring;
    CHECK(ac_sample_ring_init(&ring, 64) == 0);
    float in[100], out[100], expected[100];
    count_into(in, 0, 100);
    ac_sample_ring_write(&ring, in, 50);
    ac_sample_ring_write(&ring, in + 50, 50);
    uint64_t cursor = 10, lost = 0;
    CHECK(ac_sample_ring_read(&ring, &cursor, out, 100, &lost) == 64);
    CHECK(lost == 26 && cursor == 100);
    count_into(expected, 36, 64);
    CHECK(memcmp(out, expected, 64 * sizeof *out) == 0);
    ac_sample_ring_destroy(&ring);
}

static void more_than_the_capacity_keeps_the_newest(void) {
    ac_sample_ring ring;
    CHECK(ac_sample_ring_init(&ring, 64) == 0);
    float in[1000], out[64];
    count_into(in, 0, 1000);
    ac_sample_ring_write(&ring, in, 1000);
    uint64_t cursor = 0, lost = 0;
    CHECK(ac_sample_ring_read(&ring, &cursor, out, 64, &lost) == 64);
    CHECK(lost == 936 && out[0] == 936.0f && out[63] == 999.0f);
    ac_sample_ring_destroy(&ring);
}

static void a_cursor_from_the_future_finds_nothing(void) {
    ac_sample_ring ring;
    CHECK(ac_sample_ring_init(&ring, 64) == 0);
    float sample = 1.0f;
    uint64_t cursor = 1000;
    ac_sample_ring_write(&ring, &sample, 1);
    CHECK(ac_sample_ring_available(&ring, cursor) == 0);
    CHECK(ac_sample_ring_read(&ring, &cursor, &sample, 1, NULL) == 0);
    CHECK(cursor == 1000);
    ac_sample_ring_destroy(&ring);
}

/* --- One writer, several readers, at full speed and overtaken all the time. */

#define READERS 3
#define TOTAL 3000000

static ac_sample_ring shared;
static _Atomic int writer_done;

static void *write_all(void *unused) {
    float in[512];
    uint64_t written = 0;
    while (written < TOTAL) {
        int length = 1 + (int)(written * 31 % 512);
        count_into(in, written, length);
        ac_sample_ring_write(&shared, in, (size_t)length);
        written += (uint64_t)length;
    }
    atomic_store(&writer_done, 1);
    return unused;
}

static void *read_all(void *unused) {
    float out[256];
    uint64_t cursor = 0, got = 0, missed = 0;
    for (;;) {
        int finished = atomic_load(&writer_done);
        uint64_t before = cursor, lost;
        size_t count = ac_sample_ring_read(&shared, &cursor, out, 256, &lost);
        CHECK(cursor == before + lost + count);
        for (size_t i = 0; i < count; i++) CHECK(out[i] == (float)((before + lost + i) % WRAP));
        got += count;
        missed += lost;
        if (finished && count == 0) break;
    }
    CHECK(got + missed == atomic_load(&shared.written));
    CHECK(got > 0);
    return unused;
}

static void overtaken_readers_never_see_a_torn_block(void) {
    pthread_t writer, readers[READERS];
    CHECK(ac_sample_ring_init(&shared, 2048) == 0);
    for (int i = 0; i < READERS; i++) CHECK(pthread_create(&readers[i], NULL, read_all, NULL) == 0);
    CHECK(pthread_create(&writer, NULL, write_all, NULL) == 0);
    pthread_join(writer, NULL);
    for (int i = 0; i < READERS; i++) pthread_join(readers[i], NULL);
    ac_sample_ring_destroy(&shared);
}

int main(void) {
    capacity_is_rounded_up_and_refused_when_absurd();
    two_readers_each_get_everything();
    a_late_reader_is_told_its_loss_and_goes_on_from_the_oldest();
    more_than_the_capacity_keeps_the_newest();
    a_cursor_from_the_future_finds_nothing();
    overtaken_readers_never_see_a_torn_block();
    return 0;
}
