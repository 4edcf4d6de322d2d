#include "activity.h"

#include <math.h>
#include <string.h>

#include "decibel.h"
#include "mix.h"

#define FALL 0.1f    /* seconds */
#define RISE_DB 1.5f /* a second, to what is heard now, ... */
#define CATCH_UP_DB                                                                                          \
    15.0f /* ... and to the least of the last spans: a fan is learnt in some three seconds                   \
           */
#define SPAN (AC_AUDIO_RATE * 2 / 5)
#define QUIETEST_DB (-60.0f) /* no room is quieter, ... */
#define LOUDEST_DB (-45.0f)  /* ... and what is louder is never taken for noise */
#define SPEECH_DB 12.0f      /* above the noise */
#define HYSTERESIS_DB 6.0f
#define HANG (AC_AUDIO_RATE * 3 / 10)
#define GATE_DB 8.0f               /* above the noise; its block peaks vary by some 6 dB */
#define STEADY_DB 14.0f            /* the peaks of steady noise lie within this, ... */
#define STEADY_LOUDEST_DB (-40.0f) /* ... and below this: what is louder is meant to be heard */
#define GATE_STEADY_DB 6.0f        /* above the loudest of it, so that a gate closes where that ends */

void ac_activity_init(ac_activity *activity) {
    *activity = (ac_activity){.noise_db = LOUDEST_DB, .steady_db = AC_SILENCE_DB};
    for (int i = 0; i < AC_ACTIVITY_SPANS; i++) activity->spans[i].least_db = AC_SILENCE_DB;
}

static void remember(ac_activity *activity, float peak_db, int count, float *least_db, float *most_db) {
    activity->span += count;
    if (activity->span >= SPAN) {
        activity->span = 0;
        memmove(activity->spans + 1, activity->spans, (AC_ACTIVITY_SPANS - 1) * sizeof *activity->spans);
        activity->spans[0].least_db = activity->spans[0].most_db = peak_db;
    }
    if (peak_db < activity->spans[0].least_db) activity->spans[0].least_db = peak_db;
    if (peak_db > activity->spans[0].most_db) activity->spans[0].most_db = peak_db;
    *least_db = activity->spans[0].least_db;
    *most_db = activity->spans[0].most_db;
    for (int i = 1; i < AC_ACTIVITY_SPANS; i++) {
        if (activity->spans[i].least_db < *least_db) *least_db = activity->spans[i].least_db;
        if (activity->spans[i].most_db > *most_db) *most_db = activity->spans[i].most_db;
    }
}

void ac_activity_listen(ac_activity *activity, float peak_db, int count) {
    float seconds = (float)count / AC_AUDIO_RATE, least_db, most_db;
    remember(activity, peak_db, count, &least_db, &most_db);
    if (most_db - least_db < STEADY_DB && most_db < STEADY_LOUDEST_DB) {
        activity->steady_db = most_db;
    } else if (least_db < activity->steady_db - STEADY_DB) {
        activity->steady_db = AC_SILENCE_DB;
    }
    if (peak_db < activity->noise_db) {
        activity->noise_db += (peak_db - activity->noise_db) * (1.0f - expf(-seconds / FALL));
    } else {
        activity->noise_db += (activity->noise_db < least_db ? CATCH_UP_DB : RISE_DB) * seconds;
        if (activity->noise_db > peak_db) activity->noise_db = peak_db;
    }
    if (activity->noise_db > LOUDEST_DB) activity->noise_db = LOUDEST_DB;
    if (activity->noise_db < QUIETEST_DB) activity->noise_db = QUIETEST_DB;
}

void ac_activity_decide(ac_activity *activity, float level_db, int count) {
    float begins = activity->noise_db + SPEECH_DB;
    if (level_db > begins || (activity->speaking && level_db > begins - HYSTERESIS_DB)) {
        activity->speaking = true;
        activity->hang = HANG;
    } else if (activity->speaking) {
        activity->hang -= count;
        if (activity->hang <= 0) activity->speaking = false;
    }
}

float ac_activity_gate_db(const ac_activity *activity) {
    float opens_db = activity->noise_db + GATE_DB, steady_db = activity->steady_db + GATE_STEADY_DB;
    return steady_db > opens_db ? steady_db : opens_db;
}
