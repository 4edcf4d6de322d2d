/* Runs each kernel a few times, for valgrind to count its instructions: bench/instructions.py. Every input is
 * the same in every run, and nothing looks at a clock.
 *
 *   kernels LEVEL [KERNEL]   LEVEL: avx2 or scalar; KERNEL does a tenth more than it should
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "base/cpu.h"
#include "picture/raster.h"
#include "picture/scale.h"
#include "sound/mix.h"
#include "sound/sample_ring.h"
#include "wire/crc32c.h"
#include "wire/packet.h"
#include "wire/seal.h"

enum { WIDTH = 640, HEIGHT = 480, COLUMNS = 160, ROWS = 45, SOURCES = 32, PAYLOAD = 65536, WARM_UP = 500 };
#define CRC_BYTES (256 * 1024)
#define CALLS 10
#define KERNEL __attribute__((noinline)) void
#define KEEP(memory) __asm__ volatile("" : : "r"(memory) : "memory")

static int calls = CALLS;
static uint8_t data[CRC_BYTES], packet[AC_SEAL_OVERHEAD + AC_PACKET_HEADER + PAYLOAD + AC_SEAL_TAIL];
static uint8_t frames[2][WIDTH * HEIGHT * 3], small[2][COLUMNS * ROWS * 2 * 3];
static char *text;
static ac_raster_style style;
static ac_seal sender;
static ac_bus *bus;
static ac_voice *voices[SOURCES];
static ac_listener *listeners[SOURCES];
static uint64_t block;
static ac_sample_ring ring;

/* --- What is counted: from the entry of such a function to its return. --- */

KERNEL kernel_crc32c(void) {
    for (int i = 0; i < calls; i++) {
        uint32_t crc = ac_crc32c(0, data, CRC_BYTES);
        KEEP(&crc);
    }
}

/* Without its cipher, which is libsodium's. */
KERNEL kernel_seal(void) {
    for (int i = 0; i < calls; i++) {
        size_t size;
        ac_packet_pack(packet + AC_SEAL_OVERHEAD, AC_ASCII_FRAME,
                       packet + AC_SEAL_OVERHEAD + AC_PACKET_HEADER, PAYLOAD);
        KEEP(ac_seal_close(&sender, packet, AC_PACKET_HEADER + PAYLOAD, &size));
    }
}

KERNEL kernel_scale(void) {
    for (int i = 0; i < calls; i++) {
        ac_scale(frames[0], WIDTH, HEIGHT, WIDTH * 3, small[0], COLUMNS, ROWS, COLUMNS * 3);
        KEEP(small);
    }
}

KERNEL kernel_scale_for_half_blocks(void) {
    for (int i = 0; i < calls; i++) {
        ac_scale(frames[0], WIDTH, HEIGHT, WIDTH * 3, small[0], COLUMNS, ROWS * 2, COLUMNS * 3);
        KEEP(small);
    }
}

static void draw(void) {
    for (int i = 0; i < calls; i++) {
        ac_raster(&style, small[0], COLUMNS, ROWS, COLUMNS * 3, text);
        KEEP(text);
    }
}
KERNEL kernel_foreground(void) {
    draw();
}
KERNEL kernel_half_block(void) {
    draw();
}

KERNEL kernel_changes(void) {
    const ac_canvas now = {.pixels = small[0], .columns = COLUMNS, .rows = ROWS, .stride = COLUMNS * 3};
    const ac_canvas before = {.pixels = small[1], .columns = COLUMNS, .rows = ROWS, .stride = COLUMNS * 3};
    for (int i = 0; i < calls; i++) {
        ac_raster_changes(&style, &now, &before, text);
        KEEP(text);
    }
}

static void mix(int blocks) {
    for (int i = 0; i < blocks; i++, block++) {
        float speech[AC_BLOCK_MAX], heard[AC_BLOCK_MAX];
        const int count = (int)(ac_block_start(block + 1) - ac_block_start(block));
        const uint64_t now = ac_bus_deadline(bus, block);
        for (int s = 0; s < SOURCES; s++) {
            for (int n = 0; n < count; n++) speech[n] = (float)((n * (s + 3)) % 97 - 48) * 0.002f;
            ac_voice_write_at(voices[s], speech, count, now);
        }
        for (int s = 0; s < SOURCES; s++) {
            bool silent;
            if (ac_bus_mix(bus, s, listeners[s], block, now, 0, heard, &silent) != count) exit(3);
            KEEP(heard);
        }
    }
}
/* The sound comes in, and every listener has its mix. */
KERNEL kernel_mix(void) {
    mix(calls);
}

KERNEL kernel_ring(void) {
    static float in[256], out[256];
    static uint64_t cursor;
    for (int i = 0; i < calls * 100; i++) {
        ac_sample_ring_write(&ring, in, 256);
        if (ac_sample_ring_read(&ring, &cursor, out, 256, NULL) != 256) exit(4);
        KEEP(out);
    }
}

/* The instructions counted so far are written out when this is entered. */
KERNEL note(const char *name) {
    KEEP(name);
}

/* --- Before each. --- */

/* Smooth shapes with the noise of a camera, drawn with whole numbers. */
static void paint(uint8_t *pixels, int width, int height, int moved) {
    uint32_t noise = 12345;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            for (int plane = 0; plane < 3; plane++) {
                noise = noise * 1664525u + 1013904223u;
                const int u = (x + moved) % width * 512 / width, v = y * 512 / height;
                const int wave = abs((u * (plane + 2) + v) % 512 - 256);
                *pixels++ = (uint8_t)(wave * 240 / 256 + (int)(noise >> 28));
            }
}

static void draw_as(uint8_t mode, int move) {
    style = (ac_raster_style){.color_level = AC_COLOR_TRUE,
                              .render_mode = mode,
                              .utf8 = true,
                              .palette = ac_palette_builtin(AC_PALETTE_STANDARD)};
    const int down = ac_raster_pixels_per_row(&style);
    ac_scale(frames[0], WIDTH, HEIGHT, WIDTH * 3, small[0], COLUMNS, ROWS * down, COLUMNS * 3);
    /* A quarter of the picture has moved. */
    memcpy(small[1], small[0], sizeof small[1]);
    if (move) ac_scale(frames[1], WIDTH, HEIGHT, WIDTH * 3, small[1], COLUMNS, ROWS * down / 4, COLUMNS * 3);
    text = realloc(text, ac_raster_bound(&style, COLUMNS, ROWS));
    if (text == NULL) exit(5);
}
static void as_foreground(void) {
    draw_as(AC_RENDER_FOREGROUND, 0);
}
static void as_half_blocks(void) {
    draw_as(AC_RENDER_HALF_BLOCK, 0);
}
static void as_changes(void) {
    draw_as(AC_RENDER_HALF_BLOCK, 1);
}

static void fill_the_bus(void) {
    bus = ac_bus_create(0);
    for (int s = 0; s < SOURCES; s++) {
        voices[s] = ac_voice_create();
        listeners[s] = ac_listener_create();
        ac_bus_set_voice(bus, s, voices[s]);
    }
    mix(WARM_UP);
}

static void make_ring(void) {
    if (ac_sample_ring_init(&ring, 8192)) exit(6);
}

static int stay(unsigned char *to, const unsigned char *from, unsigned long long length,
                const unsigned char *nonce, const unsigned char *key) {
    KEEP(to);
    return 0;
}
static const struct {
    const char *name;
    void (*prepare)(void);
    void (*run)(void);
} kernels[] = {
    {"crc32c", NULL, kernel_crc32c},
    {"seal", NULL, kernel_seal},
    {"scale", NULL, kernel_scale},
    {"scale_for_half_blocks", NULL, kernel_scale_for_half_blocks},
    {"foreground", as_foreground, kernel_foreground},
    {"half_block", as_half_blocks, kernel_half_block},
    {"changes", as_changes, kernel_changes},
    {"mix", fill_the_bus, kernel_mix},
    {"ring_100_times", make_ring, kernel_ring},
};

int main(int count, char **arguments) {
    if (count < 2) return 1;
    const uint32_t wanted = strcmp(arguments[1], "avx2") == 0 ? AC_CPU_SSE42 | AC_CPU_AVX2 : AC_CPU_SCALAR;
    ac_cpu_restrict(wanted);
    if (ac_cpu_active() != wanted) return 77; /* this processor, or this valgrind, has it not */
    ac_sodium_api.secretbox_easy = stay;
    for (int i = 0; i < CRC_BYTES; i++) data[i] = (uint8_t)(i * 31 >> 3);
    for (int i = 0; i < 2; i++) paint(frames[i], WIDTH, HEIGHT, i * 40);
    ac_seal_init(&sender, (const uint8_t[32]){0}, (const uint8_t[32]){0}, (const uint8_t[16]){0}, false);
    for (size_t k = 0; k < sizeof kernels / sizeof *kernels; k++) {
        const int more = count > 2 && strcmp(arguments[2], kernels[k].name) == 0;
        if (kernels[k].prepare != NULL) kernels[k].prepare();
        calls = 1;
        kernels[k].run(); /* what is done once does not count */
        note("the first time");
        calls = CALLS + more;
        kernels[k].run();
        note(kernels[k].name);
        puts(kernels[k].name);
    }
    return 0;
}
