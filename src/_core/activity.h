/* Voice activity: is it speech, or the noise of the room?

   The noise is what is left in the pauses: a level that falls quickly to what is heard and rises slowly. What
   is well above it speaks; a voice that falls silent counts as speaking for a little longer. */
#ifndef ASCIICHAT_ACTIVITY_H
#define ASCIICHAT_ACTIVITY_H

#include <stdbool.h>

typedef struct {
    float noise_db; /* dBFS, peaks */
    bool speaking;
    int hang; /* samples until silence counts */
} ac_activity;

void ac_activity_init(ac_activity *activity);

/* A block of `count` samples with this largest peak came (before the gate). */
void ac_activity_listen(ac_activity *activity, float peak_db, int count);

/* And its level (after the gate, followed) is this. */
void ac_activity_decide(ac_activity *activity, float level_db, int count);

/* What a gate should open at for this noise. */
float ac_activity_gate_db(const ac_activity *activity);

#endif
