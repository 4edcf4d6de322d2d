#include "fit.h"

#include <stdbool.h>
#include <string.h>

#include "picture/raster.h"

#define WEIGHT 0.2                       /* of the newest picture in the mean */
#define DOWN_NS UINT64_C(500000000)      /* a level is judged for so long before it is left for a lower one */
#define UP_NS UINT64_C(3000000000)       /* and for a higher one */
#define UP_MOST_NS UINT64_C(60000000000) /* after several failures */
#define ROOM 0.8                         /* part of the budget that a higher level may take */
#define WIDER 1.5                        /* times the budget that was too small: it is worth trying at once */
#define FORGET 0.999                     /* per picture: half after 700 */

void ac_fit_begin(ac_fit *fit, uint8_t wanted) {
    memset(fit, 0, sizeof *fit);
    fit->level = wanted;
    fit->patience_ns = UP_NS;
}

void ac_fit_made(ac_fit *fit, uint64_t bytes) {
    double *mean = &fit->bytes[fit->level];
    *mean = *mean == 0 ? (double)bytes : *mean + WEIGHT * ((double)bytes - *mean);
    for (int level = fit->level + 1; level <= AC_COLOR_TRUE; level++) fit->bytes[level] *= FORGET;
}

static uint8_t go(ac_fit *fit, uint8_t level, uint64_t now_ns) {
    fit->level = level;
    fit->changed_ns = now_ns;
    fit->bytes[level] = 0; /* what it takes now is to be found out */
    return level;
}

uint8_t ac_fit_choose(ac_fit *fit, uint8_t wanted, uint64_t budget, uint64_t now_ns) {
    const uint8_t level = fit->level;
    if (budget == 0 || level > wanted) return level == wanted ? level : go(fit, wanted, now_ns);
    const uint64_t lasted = now_ns - fit->changed_ns;
    if (level > AC_COLOR_NONE && fit->bytes[level] > (double)budget && lasted >= DOWN_NS) {
        const double took = fit->bytes[level];
        const bool failed = lasted < fit->patience_ns && fit->changed_ns != 0;
        fit->patience_ns = !failed                             ? UP_NS
                           : fit->patience_ns * 2 < UP_MOST_NS ? fit->patience_ns * 2
                                                               : UP_MOST_NS;
        fit->failed = budget;
        go(fit, level - 1, now_ns);
        fit->bytes[level] = took;
        return level - 1;
    }
    if ((double)budget > WIDER * (double)fit->failed) fit->patience_ns = UP_NS;
    if (level < wanted && lasted >= fit->patience_ns && fit->bytes[level + 1] < ROOM * (double)budget)
        return go(fit, level + 1, now_ns);
    return level;
}
