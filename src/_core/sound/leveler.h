/* The automatic level: quiet and loud talkers come out alike.

   The loudness of a voice is its mean power over the last seconds in which it spoke, pauses left out (after
   ITU-R BS.1770's relative gate, without its frequency weighting). The gain moves slowly towards what brings
   it to the target. */
#ifndef ASCIICHAT_LEVELER_H
#define ASCIICHAT_LEVELER_H

#include <stdbool.h>

typedef struct {
    float target_db;         /* dBFS, RMS of speech */
    float most_db, least_db; /* bounds of the gain */
    float rise_db, fall_db;  /* a second */
    float memory;            /* seconds of speech */
} ac_leveler_settings;

extern const ac_leveler_settings ac_leveler_defaults;

typedef struct {
    ac_leveler_settings settings;
    float rate;
    float power; /* mean over speech */
    float heard; /* seconds of speech the mean is over */
    float gain_db;
} ac_leveler;

void ac_leveler_init(ac_leveler *leveler, const ac_leveler_settings *settings, float rate);

/* A block of `count` samples of this mean square was heard, speech or not. The gain then is gain_db. */
void ac_leveler_listen(ac_leveler *leveler, float power, int count, bool speech);

#endif
