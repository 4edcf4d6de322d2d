#include "voice.h"

#include <stdlib.h>
#include <string.h>

#include "base/pace.h"
#include "decibel.h"

#define TARGET (AC_AUDIO_RATE * 6 / 100) /* native clients send 40 ms at a time */
#define DC_TIME 2.0f                     /* seconds; -60 dB of error at 80 Hz */
#define LEVEL_ATTACK 0.01f
#define LEVEL_RELEASE 0.1f
#define GATE_HYSTERESIS 0.5f /* 6 dB */

ac_voice *ac_voice_create(void) {
    ac_voice *voice = calloc(1, sizeof *voice);
    if (!voice) return NULL;
    if (ac_jitter_init(&voice->jitter, TARGET)) {
        free(voice);
        return NULL;
    }
    ac_gate_init(&voice->gate, &ac_gate_defaults, AC_AUDIO_RATE);
    ac_follower_init(&voice->level, LEVEL_ATTACK, LEVEL_RELEASE, AC_AUDIO_RATE);
    ac_activity_init(&voice->activity);
    ac_leveler_init(&voice->leveler, &ac_leveler_defaults, AC_AUDIO_RATE);
    atomic_init(&voice->muted, false);
    voice->level_db = AC_SILENCE_DB;
    voice->volume = voice->duck = voice->gain = 1.0f;
    return voice;
}

void ac_voice_configure(ac_voice *voice, const ac_voice_options *options) {
    voice->options = *options;
    if (options->high_pass_hz > 0.0f)
        ac_high_pass_init(&voice->high_pass, options->high_pass_hz, AC_AUDIO_RATE);
}

void ac_voice_mute(ac_voice *voice, bool muted) {
    atomic_store_explicit(&voice->muted, muted, memory_order_relaxed);
}

void ac_voice_destroy(ac_voice *voice) {
    if (!voice) return;
    ac_jitter_destroy(&voice->jitter);
    free(voice);
}

void ac_voice_write_at(ac_voice *voice, const float *samples, int count, uint64_t now_ns) {
    ac_jitter_write(&voice->jitter, samples, count, now_ns);
}

void ac_voice_write(ac_voice *voice, const float *samples, int count) {
    ac_voice_write_at(voice, samples, count, ac_now_ns());
}

size_t ac_voice_read(const ac_voice *voice, uint64_t *cursor, float *samples, size_t count, uint64_t *lost) {
    return ac_sample_ring_read(&voice->jitter.ring, cursor, samples, count, lost);
}

/* The mean of the last seconds is subtracted, along a line from the last estimate to the next. What this
   block says of the mean is used in the next one, so that its samples need be gone over only once. Returns
   the sum of squares. */
static float remove_dc(ac_voice *voice, float *samples, int count, float *peaks) {
    float share = (float)count / (DC_TIME * AC_AUDIO_RATE), power;
    float from = voice->dc, to = from + (voice->mean - from) * share;
    if (fabsf(to) < 1e-9f) to = 0.0f;
    float sum = ac_block->condition(samples, count, from, (to - from) / (float)count, peaks, &power);
    voice->mean = sum / (float)count;
    voice->dc = to;
    return power;
}

/* The noise decides when the gate opens, what comes through it whether that is speech. */
static bool gate(ac_voice *voice, float *samples, int count, float *peaks) {
    float before = voice->gate.gain;
    /* All of the block is known: the gate opens at its beginning for what is loud at its end, so that the
       first sounds of a word are not cut off. */
    float ahead[AC_STEPS_MAX], loudest = 0.0f;
    for (int i = AC_STEPS_MAX - 1; i >= 0; i--) ahead[i] = loudest = peaks[i] > loudest ? peaks[i] : loudest;
    ac_activity_listen(&voice->activity, ac_to_db(loudest), count);
    float opens_db = ac_activity_gate_db(&voice->activity);
    if (fabsf(opens_db - voice->gate_db) > 0.25f) {
        voice->gate_db = opens_db;
        voice->gate.open_at = ac_from_db(opens_db);
        voice->gate.close_at = voice->gate.open_at * GATE_HYSTERESIS;
    }
    ac_gate_run(&voice->gate, samples, count, ahead);
    bool passes = before > 0.0f || voice->gate.gain > 0.0f;
    if (!passes) memset(peaks, 0, AC_STEPS_MAX * sizeof *peaks);
    ac_follower_run(&voice->level, count, peaks);
    voice->level_db = ac_to_db(voice->level.value);
    ac_activity_decide(&voice->activity, voice->level_db, count);
    return passes;
}

/* Nothing to do for a voice that has been silent for long. */
static bool at_rest(const ac_voice *voice) {
    return voice->gate.gain == 0.0f && voice->level.value == 0.0f;
}

bool ac_voice_pull(ac_voice *voice, float *samples, int count, uint64_t due_ns) {
    float peaks[AC_STEPS_MAX] = {0}, power = 0.0f;
    bool audible = ac_jitter_pull(&voice->jitter, samples, count, due_ns);
    bool muted = atomic_load_explicit(&voice->muted, memory_order_relaxed);
    if (muted) voice->volume = 0.0f;
    if (!audible && at_rest(voice)) return false;
    if (audible) {
        if (voice->options.high_pass_hz > 0.0f)
            ac_high_pass_process(&voice->high_pass, samples, (size_t)count);
        power = remove_dc(voice, samples, count, peaks);
    }
    if (!gate(voice, samples, count, peaks)) audible = false;
    if (voice->options.automatic_level)
        ac_leveler_listen(&voice->leveler, power / (float)count, count, voice->activity.speaking);
    voice->volume = muted ? 0.0f : voice->leveler.gain_db == 0.0f ? 1.0f : ac_from_db(voice->leveler.gain_db);
    if (muted) voice->activity.speaking = false;
    return audible && (voice->gain > 0.0f || !muted);
}

ac_voice_counts ac_voice_count(const ac_voice *voice) {
    const ac_jitter *jitter = &voice->jitter;
    return (ac_voice_counts){
        .written = atomic_load_explicit(&jitter->ring.written, memory_order_relaxed),
        .underruns = atomic_load_explicit(&jitter->underruns, memory_order_relaxed),
        .dropped = atomic_load_explicit(&jitter->dropped, memory_order_relaxed),
        .target = atomic_load_explicit(&jitter->arrival.target, memory_order_relaxed),
        .concealed = atomic_load_explicit(&jitter->concealed, memory_order_relaxed),
        .lateness = atomic_load_explicit(&jitter->lateness, memory_order_relaxed),
    };
}
