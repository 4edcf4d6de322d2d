#include "leveler.h"

#include <math.h>

#define PAUSE 0.1f    /* 10 dB below the loudness is a pause between words */
#define ENOUGH 0.3f   /* seconds of speech before the gain moves at all */
#define CLOSE_DB 0.5f /* near enough to leave the gain alone */

const ac_leveler_settings ac_leveler_defaults = {.target_db = -23.0f,
                                                 .most_db = 15.0f,
                                                 .least_db = -15.0f,
                                                 .rise_db = 3.0f,
                                                 .fall_db = 6.0f,
                                                 .memory = 4.0f};

void ac_leveler_init(ac_leveler *leveler, const ac_leveler_settings *settings, float rate) {
    *leveler = (ac_leveler){.settings = *settings, .rate = rate};
}

void ac_leveler_listen(ac_leveler *leveler, float power, int count, bool speech) {
    const ac_leveler_settings *settings = &leveler->settings;
    if (!speech || power <= 0.0f || power < leveler->power * PAUSE) return;
    float seconds = (float)count / leveler->rate;
    leveler->heard =
        leveler->heard + seconds < settings->memory ? leveler->heard + seconds : settings->memory;
    leveler->power += (power - leveler->power) * seconds / leveler->heard;
    if (leveler->heard < ENOUGH) return;

    float wanted = settings->target_db - 10.0f * log10f(leveler->power);
    wanted = wanted > settings->most_db    ? settings->most_db
             : wanted < settings->least_db ? settings->least_db
                                           : wanted;
    float missing = wanted - leveler->gain_db;
    if (fabsf(missing) < CLOSE_DB) return;
    float rise = settings->rise_db * seconds, fall = settings->fall_db * seconds;
    leveler->gain_db += missing > rise ? rise : missing < -fall ? -fall : missing;
}
