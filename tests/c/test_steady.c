/* What differs by no more than noise stays as it was, and the error never adds up. */
#include <pthread.h>
#include <string.h>

#include "check.h"
#include "picture/steady.h"

static ac_steady steady;

static uint8_t shown(uint64_t number, uint8_t value) {
    uint8_t pixels[12];
    memset(pixels, value, sizeof pixels);
    ac_steady_hold(&steady, number, pixels, 2, 2);
    for (size_t i = 1; i < sizeof pixels; i++) CHECK(pixels[i] == pixels[0]);
    return pixels[0];
}

static void noise_does_not_show(void) {
    CHECK(shown(1, 100) == 100);
    for (uint64_t n = 2; n < 50; n++) CHECK(shown(n, (uint8_t)(100 - AC_STEADY_NOISE + n % 7)) == 100);
    CHECK(shown(50, 100 + AC_STEADY_NOISE + 1) == 100 + AC_STEADY_NOISE + 1);
    CHECK(shown(51, 0) == 0 && shown(52, 255) == 255);
    ac_steady_destroy(&steady);
}

static void a_slow_change_comes_through(void) {
    for (int value = 0; value < 256; value++) {
        const int apart = value - shown((uint64_t)value + 1, (uint8_t)value);
        CHECK(apart >= 0 && apart <= AC_STEADY_NOISE);
    }
    ac_steady_destroy(&steady);
}

static void an_older_frame_is_left_as_it_is(void) {
    CHECK(shown(5, 100) == 100);
    CHECK(shown(4, 101) == 101);
    CHECK(shown(5, 102) == 102);
    CHECK(shown(6, 101) == 100);
    ac_steady_destroy(&steady);
}

static void sizes_do_not_mix_and_the_oldest_gives_way(void) {
    uint8_t pixels[3 * 64];
    for (int size = 1; size <= AC_STEADY_SIZES + 1; size++) {
        memset(pixels, size * 10, sizeof pixels);
        ac_steady_hold(&steady, (uint64_t)size, pixels, size, 1);
        CHECK(pixels[0] == size * 10);
    }
    memset(pixels, 21, sizeof pixels);
    ac_steady_hold(&steady, 100, pixels, 2, 1);
    CHECK(pixels[0] == 20); /* kept */
    memset(pixels, 11, sizeof pixels);
    ac_steady_hold(&steady, 100, pixels, 1, 1);
    CHECK(pixels[0] == 11); /* its place was taken */
    ac_steady_destroy(&steady);
}

static void *hold_many(void *unused) {
    uint8_t pixels[3 * 40];
    for (uint64_t n = 1; n < 4000; n++) {
        const int width = 1 + (int)(n % 12);
        memset(pixels, (int)(n * 64 & 255), sizeof pixels);
        ac_steady_hold(&steady, n, pixels, width, 1);
        for (int i = 1; i < width * 3; i++) CHECK(pixels[i] == pixels[0]);
    }
    return unused;
}

static void threads_do_not_disturb_each_other(void) {
    pthread_t threads[3];
    for (int t = 0; t < 3; t++) CHECK(pthread_create(&threads[t], NULL, hold_many, NULL) == 0);
    for (int t = 0; t < 3; t++) pthread_join(threads[t], NULL);
    ac_steady_destroy(&steady);
}

int main(void) {
    noise_does_not_show();
    a_slow_change_comes_through();
    an_older_frame_is_left_as_it_is();
    sizes_do_not_mix_and_the_oldest_gives_way();
    threads_do_not_disturb_each_other();
    return 0;
}
