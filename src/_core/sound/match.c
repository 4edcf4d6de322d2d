#include "match.h"

#include <math.h>

#define COARSE 4

static void thin(const float *samples, int count, float *thinned) {
    for (int i = 0; i < count; i++)
        thinned[i] = samples[4 * i] + samples[4 * i + 1] + samples[4 * i + 2] + samples[4 * i + 3];
}

static float likeness(const float *wanted, const float *there, int count) {
    float product[4] = {0}, power[4] = {0};
    for (int i = 0; i < count; i += 4) {
        for (int lane = 0; lane < 4; lane++) {
            product[lane] += wanted[i + lane] * there[i + lane];
            power[lane] += there[i + lane] * there[i + lane];
        }
    }
    float together = product[0] + product[1] + product[2] + product[3];
    return together / sqrtf(power[0] + power[1] + power[2] + power[3] + 1e-9f);
}

int ac_match(const float *wanted, const float *field, int most) {
    float thin_wanted[AC_MATCH_WINDOW / COARSE];
    float thin_field[(AC_MATCH_WINDOW + AC_MATCH_MOST) / COARSE];
    int best = 0;
    float best_likeness = -INFINITY;
    thin(wanted, AC_MATCH_WINDOW / COARSE, thin_wanted);
    thin(field, (AC_MATCH_WINDOW + most) / COARSE, thin_field);
    for (int at = 0; at <= most / COARSE; at++) {
        float found = likeness(thin_wanted, thin_field + at, AC_MATCH_WINDOW / COARSE);
        if (found > best_likeness) {
            best_likeness = found;
            best = at * COARSE;
        }
    }
    int from = best > COARSE - 1 ? best - (COARSE - 1) : 0,
        to = best + COARSE - 1 < most ? best + COARSE - 1 : most;
    best_likeness = -INFINITY;
    for (int at = from; at <= to; at++) {
        float found = likeness(wanted, field + at, AC_MATCH_WINDOW);
        if (found > best_likeness) {
            best_likeness = found;
            best = at;
        }
    }
    return best;
}
