#include "limiter.h"

#include <string.h>

#include "decibel.h"
#include "gain.h"

const ac_limiter_settings ac_limiter_defaults = {.ceiling_db = -0.1f, .release = 0.05f};

void ac_limiter_init(ac_limiter *limiter, const ac_limiter_settings *settings, float rate) {
    memset(limiter, 0, sizeof *limiter);
    limiter->ceiling = ac_from_db(settings->ceiling_db);
    limiter->keep = expf(-(float)AC_LIMITER_STEP / (settings->release * rate));
    for (int i = 0; i <= AC_LIMITER_AHEAD; i++) limiter->needed[i] = 1.0f;
    for (int i = 0; i < AC_LIMITER_AHEAD; i++) limiter->released[i] = 1.0f;
    limiter->begin = limiter->end = 1.0f;
    limiter->idle = true;
}

/* A step of input is whole: decide where the gain of the next step going out ends. */
static void decide(ac_limiter *limiter) {
    float *needed = limiter->needed, *released = limiter->released;
    memmove(needed, needed + 1, AC_LIMITER_AHEAD * sizeof *needed);
    needed[AC_LIMITER_AHEAD] = limiter->peak > limiter->ceiling ? limiter->ceiling / limiter->peak : 1.0f;
    float least = 1.0f;
    for (int i = 0; i <= AC_LIMITER_AHEAD; i++) least = needed[i] < least ? needed[i] : least;
    float next = 1.0f - (1.0f - released[AC_LIMITER_AHEAD - 1]) * limiter->keep;
    if (next > 0.99999f) next = 1.0f;
    memmove(released, released + 1, (AC_LIMITER_AHEAD - 1) * sizeof *released);
    released[AC_LIMITER_AHEAD - 1] = next < least ? next : least;
    float sum = 0.0f, all = 1.0f;
    for (int i = 0; i < AC_LIMITER_AHEAD; i++) {
        sum += released[i];
        all = released[i] < all ? released[i] : all;
    }
    limiter->begin = limiter->end;
    limiter->end = all == 1.0f ? 1.0f : sum / (float)AC_LIMITER_AHEAD;
    limiter->idle = least == 1.0f && limiter->begin == 1.0f && limiter->end == 1.0f;
    limiter->peak = 0.0f;
    limiter->phase = 0;
}

/* Rounding may carry a product past the ceiling by its last bit. */
static void clamp(float *samples, int count, float ceiling) {
    for (int i = 0; i < count; i++) {
        float x = samples[i];
        x = x > ceiling ? ceiling : x;
        samples[i] = x < -ceiling ? -ceiling : x;
    }
}

/* What went in comes out AC_LIMITER_DELAY later. */
static void delay(ac_limiter *limiter, float *samples, int count) {
    float held[AC_LIMITER_DELAY + AC_LIMITER_BLOCK];
    memcpy(held, limiter->delayed, sizeof limiter->delayed);
    memcpy(held + AC_LIMITER_DELAY, samples, (size_t)count * sizeof *samples);
    memcpy(limiter->delayed, held + count, sizeof limiter->delayed);
    memcpy(samples, held, (size_t)count * sizeof *samples);
}

/* Every step needs unity; only where the next one begins must be kept. */
static void pass(ac_limiter *limiter, float *samples, int count, float bound) {
    int phase = limiter->phase + count;
    if (phase >= AC_LIMITER_STEP || bound > limiter->peak) limiter->peak = bound;
    limiter->phase = phase % AC_LIMITER_STEP;
    delay(limiter, samples, count);
}

static void limit(ac_limiter *limiter, float *samples, int count) {
    float input[AC_LIMITER_BLOCK];
    memcpy(input, samples, (size_t)count * sizeof *samples);
    delay(limiter, samples, count);
    for (int at = 0; at < count;) {
        int length = AC_LIMITER_STEP - limiter->phase;
        if (length > count - at) length = count - at;
        float slope = (limiter->end - limiter->begin) / AC_LIMITER_STEP;
        ac_gain_line(samples + at, length, limiter->begin + slope * (float)limiter->phase,
                     limiter->begin + slope * (float)(limiter->phase + length));
        float peak = ac_peak(input + at, length);
        if (peak > limiter->peak) limiter->peak = peak;
        limiter->phase += length;
        at += length;
        if (limiter->phase == AC_LIMITER_STEP) decide(limiter);
    }
    clamp(samples, count, limiter->ceiling);
}

void ac_limiter_run(ac_limiter *limiter, float *samples, int count, float bound) {
    if (limiter->idle && limiter->peak <= limiter->ceiling && bound <= limiter->ceiling) {
        pass(limiter, samples, count, bound);
    } else {
        limit(limiter, samples, count);
    }
}

void ac_limiter_process(ac_limiter *limiter, float *samples, size_t count) {
    while (count) {
        int length = count < AC_LIMITER_BLOCK ? (int)count : AC_LIMITER_BLOCK;
        ac_limiter_run(limiter, samples, length, ac_peak(samples, length));
        samples += length;
        count -= (size_t)length;
    }
}
