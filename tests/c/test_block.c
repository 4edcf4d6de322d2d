/* Every build of the block kernels gives the same bits as the plain one, for every length and alignment. */
#include "sound/block.h"

#include <stdbool.h>
#include <string.h>

#include "base/cpu.h"
#include "check.h"

#define MOST (AC_STEP * AC_STEPS_MAX)

typedef struct {
    float samples[MOST + 4], total[MOST + 4], difference[MOST + 4], shaped[MOST + 4];
    float peaks[AC_STEPS_MAX], conditioned[AC_STEPS_MAX], different[AC_STEPS_MAX], sum, power, between[MOST];
} outcome;

static uint32_t random_state = 1;

static float random_sample(void) {
    random_state = random_state * 1664525u + 1013904223u;
    return (float)(int32_t)random_state / 2147483648.0f;
}

static void run(const float *samples, const float *other, int offset, int count, bool own, outcome *out) {
    float gains[AC_STEPS_MAX + 1];
    memset(out, 0, sizeof *out);
    for (int i = 0; i <= AC_STEPS_MAX; i++) gains[i] = 0.1f * (float)((i * 7) % 11);
    memcpy(out->samples, samples, sizeof out->samples);
    memcpy(out->total, other, sizeof out->total);
    memcpy(out->shaped, samples, sizeof out->shaped);
    ac_block->peaks(samples + offset, count, out->peaks);
    out->sum =
        ac_block->condition(out->samples + offset, count, 0.01f, -1e-5f, out->conditioned, &out->power);
    ac_block->add(out->total + offset, samples + offset, count);
    ac_block->difference(out->difference + offset, other + offset, own ? samples + offset : NULL, count, 0.7f,
                         1e-4f, out->different);
    float first[AC_TAPS], last[AC_TAPS];
    for (int k = 0; k < AC_TAPS; k++) first[k] = 0.1f * (float)k, last[k] = 0.3f - 0.05f * (float)k;
    if (count > AC_TAPS) ac_block->interpolate(out->between, samples + offset, count - AC_TAPS, first, last);
    ac_block->shape(out->shaped + offset, count, gains);
}

static void all_builds_agree(void) {
    static float samples[MOST + 4], other[MOST + 4];
    static outcome plain, vector;
    for (int i = 0; i < MOST + 4; i++) samples[i] = random_sample(), other[i] = random_sample();
    for (int count = 0; count <= MOST; count++) {
        for (int offset = 0; offset < 4; offset++) {
            ac_cpu_restrict(AC_CPU_SCALAR);
            run(samples, other, offset, count, count % 2, &plain);
            ac_cpu_restrict(UINT32_MAX);
            run(samples, other, offset, count, count % 2, &vector);
            CHECK(memcmp(&plain, &vector, sizeof plain) == 0);
        }
    }
}

static void peaks_are_the_largest_magnitudes(void) {
    float samples[70] = {0}, peaks[3];
    samples[3] = -0.5f, samples[4] = 0.4f, samples[33] = 0.25f, samples[69] = -2.0f;
    ac_block->peaks(samples, 70, peaks);
    CHECK(peaks[0] == 0.5f && peaks[1] == 0.25f && peaks[2] == 2.0f);
}

static void a_shape_is_a_line_from_gain_to_gain(void) {
    float samples[40], gains[3] = {0.0f, 1.0f, 0.5f};
    for (int i = 0; i < 40; i++) samples[i] = 1.0f;
    ac_block->shape(samples, 40, gains);
    CHECK(samples[0] == 1.0f / 32.0f && samples[15] == 0.5f && samples[31] == 1.0f);
    CHECK(samples[35] == 0.75f && samples[39] == 0.5f);
}

int main(void) {
    all_builds_agree();
    peaks_are_the_largest_magnitudes();
    a_shape_is_a_line_from_gain_to_gain();
    return 0;
}
