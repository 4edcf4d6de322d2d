#include "dynamics.h"

#include "decibel.h"

static int step_length(int count, int at) {
    return count - at < AC_STEP ? count - at : AC_STEP;
}

/* A gain this near to where it goes has arrived: -100 dB, and exact unity costs nothing to apply. */
#define ARRIVED 1e-5f

void ac_time_constant_init(ac_time_constant *constant, float seconds, float rate) {
    for (int n = 0; n <= AC_STEP; n++)
        constant->keep[n] = seconds > 0.0f ? (float)exp(-(double)n / ((double)seconds * rate)) : 0.0f;
}

static float approach(float from, float to, const ac_time_constant *constant, int count) {
    float next = to + (from - to) * constant->keep[count];
    return fabsf(next - to) < ARRIVED ? to : next;
}

void ac_follower_init(ac_follower *follower, float attack, float release, float rate) {
    ac_time_constant_init(&follower->rise, attack, rate);
    ac_time_constant_init(&follower->fall, release, rate);
    follower->value = 0.0f;
}

void ac_follower_run(ac_follower *follower, int count, const float *peaks) {
    float value = follower->value;
    for (int at = 0; at < count; at += AC_STEP, peaks++) {
        const ac_time_constant *constant = *peaks > value ? &follower->rise : &follower->fall;
        value = *peaks + (value - *peaks) * constant->keep[step_length(count, at)];
    }
    follower->value = value > 1e-9f ? value : 0.0f; /* never down into denormals */
}

/* Units are written for blocks of at most AC_STEPS_MAX steps; a longer run is cut up. */
#define BLOCK (AC_STEP * AC_STEPS_MAX)

const ac_gate_settings ac_gate_defaults = {
    .open_db = -52.0f, .close_db = -58.0f, .attack = 0.005f, .hold = 0.2f, .release = 0.1f};

void ac_gate_init(ac_gate *gate, const ac_gate_settings *settings, float rate) {
    gate->open_at = ac_from_db(settings->open_db);
    gate->close_at = ac_from_db(settings->close_db);
    gate->hold = (int)(settings->hold * rate);
    gate->held = 0;
    ac_time_constant_init(&gate->attack, settings->attack, rate);
    ac_time_constant_init(&gate->release, settings->release, rate);
    gate->open = false;
    gate->gain = 0.0f;
}

void ac_gate_run(ac_gate *gate, float *samples, int count, const float *peaks) {
    float gains[AC_STEPS_MAX + 1] = {gate->gain};
    bool unity = gate->gain == 1.0f;
    int steps = 0;
    for (int at = 0; at < count; at += AC_STEP, steps++) {
        int length = step_length(count, at);
        if (peaks[steps] > gate->open_at) gate->open = true;
        if (peaks[steps] > gate->close_at) {
            gate->held = gate->hold;
        } else if (gate->open) {
            gate->held -= length;
            if (gate->held <= 0) gate->open = false;
        }
        gains[steps + 1] = gate->open ? approach(gains[steps], 1.0f, &gate->attack, length)
                                      : approach(gains[steps], 0.0f, &gate->release, length);
        unity = unity && gains[steps + 1] == 1.0f;
    }
    gate->gain = gains[steps];
    if (!unity) ac_block->shape(samples, count, gains);
}

void ac_gate_process(ac_gate *gate, float *samples, size_t count) {
    float peaks[AC_STEPS_MAX];
    while (count) {
        int length = count < BLOCK ? (int)count : BLOCK;
        ac_block->peaks(samples, length, peaks);
        ac_gate_run(gate, samples, length, peaks);
        samples += length;
        count -= (size_t)length;
    }
}

const ac_compressor_settings ac_compressor_defaults = {.threshold_db = -10.0f,
                                                       .ratio = 4.0f,
                                                       .knee_db = 2.0f,
                                                       .attack = 0.01f,
                                                       .release = 0.1f,
                                                       .makeup_db = 0.0f};

void ac_compressor_init(ac_compressor *compressor, const ac_compressor_settings *settings, float rate) {
    compressor->threshold_db = settings->threshold_db;
    compressor->slope = 1.0f / settings->ratio - 1.0f;
    compressor->knee_db = settings->knee_db;
    compressor->makeup_db = settings->makeup_db;
    compressor->knee_begin = ac_from_db(settings->threshold_db - settings->knee_db * 0.5f);
    ac_time_constant_init(&compressor->attack, settings->attack, rate);
    ac_time_constant_init(&compressor->release, settings->release, rate);
    compressor->reduction_db = 0.0f;
    compressor->gain = ac_from_db(settings->makeup_db);
}

float ac_compressor_curve(const ac_compressor *compressor, float level_db) {
    float over = level_db - compressor->threshold_db;
    float half = compressor->knee_db * 0.5f;
    if (over <= -half) return 0.0f;
    if (over >= half) return compressor->slope * over;
    return compressor->slope * (over + half) * (over + half) / (2.0f * compressor->knee_db);
}

float ac_compressor_run(ac_compressor *compressor, float *samples, int count, const float *peaks) {
    float gains[AC_STEPS_MAX + 1] = {compressor->gain};
    float most = compressor->gain, least = compressor->gain;
    int steps = 0;
    for (int at = 0; at < count; at += AC_STEP, steps++) {
        float target = 0.0f, now = compressor->reduction_db;
        if (peaks[steps] > compressor->knee_begin)
            target = ac_compressor_curve(compressor, ac_to_db(peaks[steps]));
        float gain = gains[steps];
        if (target != now) {
            const ac_time_constant *constant = target < now ? &compressor->attack : &compressor->release;
            now = target + (now - target) * constant->keep[step_length(count, at)];
            if (fabsf(now - target) < 1e-4f) now = target;
            compressor->reduction_db = now;
            gain = ac_from_db(now + compressor->makeup_db);
        }
        gains[steps + 1] = gain;
        most = gain > most ? gain : most;
        least = gain < least ? gain : least;
    }
    compressor->gain = gains[steps];
    if (most != 1.0f || least != 1.0f) ac_block->shape(samples, count, gains);
    return most;
}

void ac_compressor_process(ac_compressor *compressor, float *samples, size_t count) {
    float peaks[AC_STEPS_MAX];
    while (count) {
        int length = count < BLOCK ? (int)count : BLOCK;
        ac_block->peaks(samples, length, peaks);
        ac_compressor_run(compressor, samples, length, peaks);
        samples += length;
        count -= (size_t)length;
    }
}
