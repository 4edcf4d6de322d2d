/* Effects stay within the picture, whatever its size, and do what they say. */
#include "picture/effect.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "picture/rain.h"

static uint32_t seed = 1;

static uint32_t noise(void) {
    seed = seed * 1664525 + 1013904223;
    return seed >> 8;
}

static const ac_effects everything = {true, true, AC_FILTER_RAINBOW, true};

/* The picture ends with its allocation, for AddressSanitizer to watch; the bytes between its rows must stay.
 */
static void stays_within(ac_effects effects, int columns, int rows, int across, int down, int gap) {
    const int width = columns * across, height = rows * down, stride = 3 * width + gap;
    const size_t size = (size_t)stride * (height - 1) + (size_t)width * 3;
    uint8_t *pixels = malloc(size);
    for (size_t i = 0; i < size; i++) pixels[i] = i % stride < (size_t)width * 3 ? (uint8_t)noise() : 0xA5;
    ac_effects_apply(&effects, pixels, columns, rows, across, down, stride, noise() / 1000.0);
    for (size_t i = 0; i < size; i++) CHECK(i % stride < (size_t)width * 3 || pixels[i] == 0xA5);
    free(pixels);
}

static void any_size_will_do(void) {
    for (int i = 0; i < 3000; i++) {
        const ac_effects effects = {noise() % 2, noise() % 2, (uint8_t)(noise() % (AC_FILTERS + 3)),
                                    noise() % 2};
        stays_within(effects, 1 + (int)(noise() % 150), 1 + (int)(noise() % 12), 1 + (int)(noise() % 2),
                     1 + (int)(noise() % 4), (int)(noise() % 3) * 5);
    }
    stays_within(everything, 8192, 1, 2, 1, 0);
    stays_within(everything, 1, 8192, 1, 4, 0);
}

static void mirrored_twice_is_as_before(void) {
    uint8_t pixels[11 * 7 * 3], before[sizeof pixels];
    for (size_t i = 0; i < sizeof pixels; i++) before[i] = pixels[i] = (uint8_t)noise();
    ac_flip_x(pixels, 11, 7, 33);
    CHECK(memcmp(pixels + 30, before, 3) == 0 && memcmp(pixels, before + 30, 3) == 0);
    ac_flip_y(pixels, 11, 7, 33);
    CHECK(memcmp(pixels + 6 * 33, before + 30, 3) == 0);
    ac_flip_x(pixels, 11, 7, 33);
    ac_flip_y(pixels, 11, 7, 33);
    CHECK(memcmp(pixels, before, sizeof pixels) == 0);
}

static void an_unknown_filter_changes_nothing(void) {
    uint8_t pixel[3] = {1, 2, 3};
    ac_filter(AC_FILTER_NONE, 0, pixel, 1, 1, 3);
    ac_filter(99, 0, pixel, 1, 1, 3);
    ac_filter(-1, 0, pixel, 1, 1, 3);
    CHECK(pixel[0] == 1 && pixel[1] == 2 && pixel[2] == 3);
}

/* Columns do not know how many there are beside them. */
static void rain_belongs_to_the_cell(void) {
    uint8_t wide[200 * 20 * 3], narrow[7 * 20 * 3];
    memset(wide, 255, sizeof wide);
    memset(narrow, 255, sizeof narrow);
    ac_rain(wide, 200, 20, 1, 1, 600, 12.5);
    ac_rain(narrow, 7, 20, 1, 1, 21, 12.5);
    for (int y = 0; y < 20; y++) CHECK(memcmp(wide + 600 * y, narrow + 21 * y, 21) == 0);
}

int main(void) {
    any_size_will_do();
    mirrored_twice_is_as_before();
    an_unknown_filter_changes_nothing();
    rain_belongs_to_the_cell();
    return 0;
}
