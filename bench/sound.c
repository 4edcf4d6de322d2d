/* Times the sound kernels of the installed library, one JSON object a line. Compiled and run by
 * test_sound.py. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "sound/dynamics.h"
#include "sound/jitter.h"
#include "sound/limiter.h"
#include "sound/mix.h"

#define KEEP(memory) __asm__ volatile("" : : "r"(memory) : "memory")

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void report(const char *what, int parameter, double *times, int count) {
    qsort(times, (size_t)count, sizeof *times, ascending);
    printf("{\"what\": \"%s\", \"n\": %d, \"best\": %.1f, \"median\": %.1f, \"p99\": %.1f}\n", what,
           parameter, times[count / 100], times[count / 2], times[count * 99 / 100]);
}

/* The median of many batches, in ns a call. */
#define TIME(what, parameter, calls, code)                                                                   \
    do {                                                                                                     \
        double times[400];                                                                                   \
        for (int batch = -20; batch < 400; batch++) {                                                        \
            uint64_t begin = ac_now_ns();                                                                    \
            for (int call = 0; call < (calls); call++) {                                                     \
                code;                                                                                        \
            }                                                                                                \
            uint64_t end = ac_now_ns();                                                                      \
            if (batch >= 0) times[batch] = (double)(end - begin) / (calls);                                  \
        }                                                                                                    \
        report(what, parameter, times, 400);                                                                 \
    } while (0)

/* Blocks of `sources` that all speak this loud, their clocks slow by `ppm`, once the jitter buffers have
 * settled. */
static void mix_tick(const char *what, int sources, float amplitude, double ppm) {
    enum { BLOCKS = 3000, WARM_UP = 60 * AC_AUDIO_TICKS };
    static float speech[AC_MIX_SOURCES][AC_AUDIO_RATE];
    static double times[BLOCKS];
    ac_voice *voices[AC_MIX_SOURCES];
    ac_listener *listeners[AC_MIX_SOURCES];
    ac_bus *bus = ac_bus_create(0);
    for (int i = 0; i < sources; i++) {
        for (int n = 0; n < AC_AUDIO_RATE; n++)
            speech[i][n] =
                amplitude * sinf(6.2831853f * (float)((150 + 31 * i) * n % AC_AUDIO_RATE) / AC_AUDIO_RATE);
        voices[i] = ac_voice_create();
        listeners[i] = ac_listener_create();
        ac_bus_set_voice(bus, i, voices[i]);
    }
    for (uint64_t block = 0; block < BLOCKS + WARM_UP; block++) {
        int at = (int)(ac_block_start(block) % (AC_AUDIO_RATE - AC_BLOCK_MAX));
        int count = (int)(ac_block_start(block + 1) - ac_block_start(block));
        for (int i = 0; i < sources; i++)
            ac_voice_write_at(voices[i], speech[i] + at, count,
                              (uint64_t)((double)ac_bus_deadline(bus, block) * (1.0 + ppm * 1e-6)));
        float heard[AC_BLOCK_MAX];
        bool silent;
        uint64_t now = ac_bus_deadline(bus, block), begin = ac_now_ns();
        for (int i = 0; i < sources; i++) {
            if (ac_bus_mix(bus, i, listeners[i], block, now, 0, heard, &silent) != count) exit(1);
            KEEP(heard);
        }
        if (block >= WARM_UP) times[block - WARM_UP] = (double)(ac_now_ns() - begin);
    }
    report(what, sources, times, BLOCKS);
    for (int i = 0; i < sources; i++) {
        ac_bus_set_voice(bus, i, NULL);
        ac_voice_destroy(voices[i]);
        ac_listener_destroy(listeners[i]);
    }
    ac_bus_destroy(bus);
}

static void ring(void) {
    static _Alignas(64) float in[256], out[256], between[8192];
    ac_sample_ring ring;
    uint64_t cursor = 0;
    if (ac_sample_ring_init(&ring, 8192)) exit(1);
    for (int i = 0; i < 256; i++) in[i] = (float)i;
    TIME("memcpy twice, 1 KiB", 256, 2000, {
        float *middle = between + call % 32 * 256;
        memcpy(middle, in, sizeof in);
        KEEP(middle);
        memcpy(out, middle, sizeof out);
        KEEP(out);
    });
    TIME("ring write and read, 1 KiB", 256, 2000, {
        ac_sample_ring_write(&ring, in, 256);
        if (ac_sample_ring_read(&ring, &cursor, out, 256, NULL) != 256) exit(1);
        KEEP(out);
    });
    ac_sample_ring_destroy(&ring);
}

static void dynamics(void) {
    float block[AC_BLOCK_MAX], again[AC_BLOCK_MAX];
    ac_gate gate;
    ac_compressor compressor;
    ac_limiter limiter;
    ac_gate_init(&gate, &ac_gate_defaults, AC_AUDIO_RATE);
    ac_compressor_init(&compressor, &ac_compressor_defaults, AC_AUDIO_RATE);
    ac_limiter_init(&limiter, &ac_limiter_defaults, AC_AUDIO_RATE);
    for (int i = 0; i < AC_BLOCK_MAX; i++) block[i] = 1.5f * sinf(0.05f * (float)i);
    TIME("copying a block", AC_BLOCK_MAX, 2000, {
        memcpy(again, block, sizeof block);
        KEEP(again);
    });
    TIME("gate, open", AC_BLOCK_MAX, 2000, {
        memcpy(again, block, sizeof block);
        ac_gate_process(&gate, again, AC_BLOCK_MAX);
        KEEP(again);
    });
    TIME("compressor, reducing", AC_BLOCK_MAX, 2000, {
        memcpy(again, block, sizeof block);
        ac_compressor_process(&compressor, again, AC_BLOCK_MAX);
        KEEP(again);
    });
    TIME("limiter, reducing", AC_BLOCK_MAX, 2000, {
        memcpy(again, block, sizeof block);
        ac_limiter_process(&limiter, again, AC_BLOCK_MAX);
        KEEP(again);
    });
    for (int i = 0; i < AC_BLOCK_MAX; i++) block[i] *= 0.1f;
    for (int i = 0; i < 2000; i++) {
        memcpy(again, block, sizeof block);
        ac_compressor_process(&compressor, again, AC_BLOCK_MAX);
        memcpy(again, block, sizeof block);
        ac_limiter_process(&limiter, again, AC_BLOCK_MAX);
    }
    TIME("compressor, below its knee", AC_BLOCK_MAX, 2000, {
        memcpy(again, block, sizeof block);
        ac_compressor_process(&compressor, again, AC_BLOCK_MAX);
        KEEP(again);
    });
    TIME("limiter, below its ceiling", AC_BLOCK_MAX, 2000, {
        memcpy(again, block, sizeof block);
        ac_limiter_process(&limiter, again, AC_BLOCK_MAX);
        KEEP(again);
    });
}

/* One source's jitter buffer, a block at a time; its packets are 20 ms long and its clock is slow by `ppm`.
 */
static void jitter_buffer(const char *what, double ppm) {
    enum { BLOCKS = 4000, WARM_UP = 60 * AC_AUDIO_TICKS, PACKET = 960 };
    static double pulls[BLOCKS], writes[BLOCKS];
    static float speech[AC_AUDIO_RATE];
    ac_jitter jitter;
    uint64_t written = 0;
    int packets = 0;
    if (ac_jitter_init(&jitter, 2880)) exit(1);
    for (int n = 0; n < AC_AUDIO_RATE; n++) speech[n] = 0.1f * sinf(0.02f * (float)n);
    for (int block = -WARM_UP; block < BLOCKS; block++) {
        uint64_t end = ac_block_start((uint64_t)(block + WARM_UP) + 1);
        float heard[AC_BLOCK_MAX];
        while (written + PACKET <= end) {
            written += PACKET;
            uint64_t came = (uint64_t)((double)written / AC_AUDIO_RATE * 1e9 * (1.0 + ppm * 1e-6)),
                     begin = ac_now_ns();
            ac_jitter_write(&jitter, speech + written % (AC_AUDIO_RATE - PACKET), PACKET, came);
            if (block >= 0) writes[packets++] = (double)(ac_now_ns() - begin);
        }
        uint64_t begin = ac_now_ns();
        ac_jitter_pull(&jitter, heard, (int)(end - ac_block_start((uint64_t)(block + WARM_UP))),
                       (uint64_t)((double)end / AC_AUDIO_RATE * 1e9));
        KEEP(heard);
        if (block >= 0) pulls[block] = (double)(ac_now_ns() - begin);
    }
    report(what, AC_BLOCK_MAX, pulls, BLOCKS);
    if (ppm == 0.0) report("jitter buffer: write of 20 ms", PACKET, writes, packets);
    ac_jitter_destroy(&jitter);
}

int main(void) {
    for (int sources = 2; sources <= AC_MIX_SOURCES; sources *= 2) {
        mix_tick("mix tick", sources, 0.05f, 0.0);
        mix_tick("mix tick, all compressing", sources, 0.2f, 0.0);
        mix_tick("mix tick, all drifting by 50 ppm", sources, 0.05f, -50.0);
        mix_tick("mix tick, all limiting", sources, 1.2f, 0.0);
    }
    jitter_buffer("jitter buffer: block", 0.0);
    jitter_buffer("jitter buffer: block, drifting by 50 ppm", -50.0);
    ring();
    dynamics();
    return 0;
}
