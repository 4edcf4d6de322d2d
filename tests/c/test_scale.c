/* Scaling: exact means, every variant equal to the specification, nothing touched outside the picture; in
   linear light too. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"
#include "check.h"
#include "picture/scale.h"

static uint32_t seed = 1;

static uint32_t noise(void) {
    seed = seed * 1664525 + 1013904223;
    return seed >> 8;
}

static void a_mean_rounds_half_up(void) {
    const uint8_t row[] = {0, 10, 255, 1, 11, 255};
    uint8_t pixel[3];
    ac_scale(row, 2, 1, 6, pixel, 1, 1, 3);
    CHECK(pixel[0] == 1 && pixel[1] == 11 && pixel[2] == 255);
}

/* Three pixels into two: each output pixel is one pixel and half of the middle one. */
static void a_border_pixel_counts_by_the_part_covered(void) {
    const uint8_t row[] = {0, 30, 60, 90, 90, 90, 240, 30, 6};
    uint8_t pixels[6];
    ac_scale(row, 3, 1, 9, pixels, 2, 1, 6);
    CHECK(pixels[0] == 30 && pixels[1] == 50 && pixels[2] == 70);
    CHECK(pixels[3] == 190 && pixels[4] == 50 && pixels[5] == 34);
}

static void enlarging_repeats_and_blends(void) {
    const uint8_t row[] = {0, 0, 0, 200, 100, 50};
    uint8_t pixels[9];
    ac_scale(row, 2, 1, 6, pixels, 3, 1, 9);
    CHECK(pixels[0] == 0 && pixels[3] == 100 && pixels[4] == 50 && pixels[5] == 25 && pixels[6] == 200);
}

static void the_same_size_is_a_copy(void) {
    uint8_t source[7 * 5 * 3], target[7 * 5 * 3];
    for (size_t i = 0; i < sizeof source; i++) source[i] = (uint8_t)noise();
    ac_scale(source, 7, 5, 21, target, 7, 5, 21);
    CHECK(memcmp(source, target, sizeof source) == 0);
}

static void white_stays_white(int width, int height, int columns, int rows) {
    uint8_t *source = malloc((size_t)width * height * 3), *target = malloc((size_t)columns * rows * 3);
    memset(source, 255, (size_t)width * height * 3);
    memset(target, 0, (size_t)columns * rows * 3);
    ac_scale(source, width, height, width * 3, target, columns, rows, columns * 3);
    for (int i = 0; i < columns * rows * 3; i++) CHECK(target[i] == 255);
    free(source);
    free(target);
}

/* Source and target end with their last pixel, so that AddressSanitizer sees any byte read or written beyond
   it; between the rows of the target lie bytes that must stay. */
static void equals_specification(int width, int height, int columns, int rows, int gap) {
    const int stride = width * 3 + gap, target_stride = columns * 3 + gap;
    const size_t source_size = (size_t)stride * (height - 1) + (size_t)width * 3;
    const size_t target_size = (size_t)target_stride * (rows - 1) + (size_t)columns * 3;
    uint8_t *source = malloc(source_size), *wanted = malloc(target_size), *got = malloc(target_size);
    for (size_t i = 0; i < source_size; i++) source[i] = (uint8_t)noise();
    memset(wanted, 0xA5, target_size);
    memset(got, 0xA5, target_size);
    ac_scale_scalar(source, width, height, stride, wanted, columns, rows, target_stride);
    ac_scale(source, width, height, stride, got, columns, rows, target_stride);
    if (memcmp(wanted, got, target_size) != 0) {
        fprintf(stderr, "%d x %d to %d x %d differs\n", width, height, columns, rows);
        exit(1);
    }
    free(source);
    free(wanted);
    free(got);
}

static void every_size_equals_the_specification(void) {
    for (int i = 0; i < 1500; i++) {
        const int reach = i % 3 == 0 ? 12 : 150;
        equals_specification(1 + noise() % reach, 1 + noise() % reach, 1 + noise() % reach,
                             1 + noise() % reach, (int)(noise() % 9));
    }
    equals_specification(640, 480, 160, 45, 0);
    equals_specification(640, 480, 213, 67, 0);
    equals_specification(1280, 720, 240, 67, 4);
    equals_specification(8192, 3, 7, 2, 0);    /* one output column sums more than a strip */
    equals_specification(8191, 3, 1021, 2, 0); /* several strips of source columns */
    equals_specification(300, 3, 8192, 2, 0);  /* several strips of output columns */
    equals_specification(3, 8192, 2, 5, 0);    /* more rows than 16 bits of sum hold */
    equals_specification(4099, 2111, 5, 7, 0); /* sums beyond 31 bits */
}

/* The scalar picture is got with no set in use. */
static void linear_light_is_alike(uint32_t sets, int width, int height, int columns, int rows, int gap) {
    const int stride = width * 3 + gap, target_stride = columns * 3 + gap;
    const size_t source_size = (size_t)stride * (height - 1) + (size_t)width * 3;
    const size_t target_size = (size_t)target_stride * (rows - 1) + (size_t)columns * 3;
    uint8_t *source = malloc(source_size), *wanted = malloc(target_size), *got = malloc(target_size);
    for (size_t i = 0; i < source_size; i++) source[i] = (uint8_t)noise();
    memset(wanted, 0xA5, target_size);
    memset(got, 0xA5, target_size);
    ac_cpu_restrict(AC_CPU_SCALAR);
    ac_scale_linear(source, width, height, stride, wanted, columns, rows, target_stride);
    ac_cpu_restrict(sets);
    ac_scale_linear(source, width, height, stride, got, columns, rows, target_stride);
    CHECK(memcmp(wanted, got, target_size) == 0);
    for (size_t i = 0; i < target_size; i++) CHECK(i % target_stride < (size_t)columns * 3 || got[i] == 0xA5);
    free(source);
    free(wanted);
    free(got);
}

static void every_size_is_alike_in_linear_light(uint32_t sets) {
    for (int i = 0; i < 500; i++)
        linear_light_is_alike(sets, 1 + noise() % 150, 1 + noise() % 150, 1 + noise() % 150,
                              1 + noise() % 150, (int)(noise() % 9));
    linear_light_is_alike(sets, 8192, 3, 3, 2, 0);
    linear_light_is_alike(sets, 300, 3, 8192, 2, 0);
    linear_light_is_alike(sets, 4099, 2111, 5, 7, 0);
}

int main(void) {
    static const uint32_t sets[] = {AC_CPU_SCALAR, AC_CPU_SSE42 | AC_CPU_AVX2, UINT32_MAX};
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        ac_cpu_restrict(sets[i]);
        a_mean_rounds_half_up();
        a_border_pixel_counts_by_the_part_covered();
        enlarging_repeats_and_blends();
        the_same_size_is_a_copy();
        white_stays_white(100, 100, 7, 3);
        white_stays_white(3, 2, 90, 91);
        white_stays_white(3840, 2160, 3, 2);
        every_size_equals_the_specification();
        every_size_is_alike_in_linear_light(sets[i]);
    }
    return 0;
}
