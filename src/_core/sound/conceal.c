#include "conceal.h"

#include <math.h>
#include <string.h>

#include "match.h"

#define SHORTEST 120 /* samples: 400 Hz */
#define FULL 480     /* samples at full level: 10 ms */
#define JOINT 24.0f  /* samples in which the offset at a joint decays to a third */

void ac_conceal_begin(ac_conceal *conceal, const float history[AC_CONCEAL_HISTORY]) {
    const float *newest = history + AC_CONCEAL_HISTORY - AC_MATCH_WINDOW;
    /* A place `period` samples before the newest window that looks like it. */
    int most = AC_CONCEAL_HISTORY - AC_MATCH_WINDOW - SHORTEST;
    int place = ac_match(newest, history, most);
    conceal->period = AC_CONCEAL_HISTORY - AC_MATCH_WINDOW - place;
    const float *cycle = history + AC_CONCEAL_HISTORY - conceal->period;
    memcpy(conceal->cycle, cycle, (size_t)conceal->period * sizeof *cycle);
    conceal->step = history[AC_CONCEAL_HISTORY - 1] - cycle[-1];
    conceal->at = 0;
}

static float level(int at) {
    if (at <= FULL) return 1.0f;
    return at < AC_CONCEAL_MOST ? (float)(AC_CONCEAL_MOST - at) / (AC_CONCEAL_MOST - FULL) : 0.0f;
}

void ac_conceal_peek(const ac_conceal *conceal, float *samples, int count) {
    if (ac_conceal_over(conceal)) {
        memset(samples, 0, (size_t)count * sizeof *samples);
        return;
    }
    int phase = conceal->at % conceal->period;
    float offset = conceal->step * expf(-(float)phase / JOINT);
    const float decay = expf(-1.0f / JOINT);
    for (int i = 0; i < count; i++) {
        samples[i] = (conceal->cycle[phase] + offset) * level(conceal->at + i);
        offset *= decay;
        if (++phase == conceal->period) {
            phase = 0;
            offset = conceal->step;
        }
    }
}
