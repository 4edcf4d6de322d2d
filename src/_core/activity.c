#include "activity.h"

#include <math.h>

#include "decibel.h"
#include "mix.h"

#define FALL 0.1f            /* seconds */
#define RISE_DB 1.5f         /* a second: a fan switched on is taken for speech for some ten seconds */
#define QUIETEST_DB (-60.0f) /* no room is quieter, ... */
#define LOUDEST_DB (-45.0f)  /* ... and what is louder is never taken for noise */
#define SPEECH_DB 12.0f      /* above the noise */
#define HYSTERESIS_DB 6.0f
#define HANG (AC_AUDIO_RATE * 3 / 10)
#define GATE_DB 8.0f /* above the noise; its block peaks vary by some 6 dB */

void ac_activity_init(ac_activity *activity) {
    *activity = (ac_activity){.noise_db = LOUDEST_DB};
}

void ac_activity_listen(ac_activity *activity, float peak_db, int count) {
    float seconds = (float)count / AC_AUDIO_RATE;
    if (peak_db < activity->noise_db) {
        activity->noise_db += (peak_db - activity->noise_db) * (1.0f - expf(-seconds / FALL));
    } else {
        activity->noise_db += RISE_DB * seconds;
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
    return activity->noise_db + GATE_DB;
}
