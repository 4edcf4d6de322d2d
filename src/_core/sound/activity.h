/* Voice activity: is it speech, or the noise of the room?

   The noise is what is left in the pauses: a level that falls quickly to what is heard and rises slowly, but
   quickly to what has not been undercut for some seconds: no speech is that long without a pause, a fan is.
   What is well above the noise speaks; a voice that falls silent counts as speaking for a little longer.

   What stays within some decibels for as long is steady noise, and a gate has to stay above its loudest
   moments. It is there, also under speech, until something quieter is heard. */
#ifndef ASCIICHAT_ACTIVITY_H
#define ASCIICHAT_ACTIVITY_H

#include <stdbool.h>

#define AC_ACTIVITY_SPANS 6 /* of 0.4 s: how long levels are remembered */

typedef struct {
    float noise_db;  /* dBFS, peaks */
    float steady_db; /* the loudest of steady noise; AC_SILENCE_DB: there is none */
    struct {
        float least_db, most_db;
    } spans[AC_ACTIVITY_SPANS]; /* of the peaks, the present span first */
    int span;                   /* samples of it */
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
