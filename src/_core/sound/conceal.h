/* What is heard while nothing comes: the last pitch period again and again, fading.

   The method is that of ITU-T G.711 Appendix I, without its delay: the joint is smoothed by an offset that
   decays. */
#ifndef ASCIICHAT_CONCEAL_H
#define ASCIICHAT_CONCEAL_H

#include <stdbool.h>

#define AC_CONCEAL_HISTORY 1200 /* samples looked back at: 25 ms */
#define AC_CONCEAL_PERIOD 960   /* the longest period */
#define AC_CONCEAL_MOST 2880    /* silent after 60 ms */

typedef struct {
    float cycle[AC_CONCEAL_PERIOD];
    int period; /* samples of it */
    float step; /* the jump at its joint */
    int at;     /* samples concealed so far */
} ac_conceal;

/* Begin after these samples. */
void ac_conceal_begin(ac_conceal *conceal, const float history[AC_CONCEAL_HISTORY]);

/* The samples from `at` on; does not move on. */
void ac_conceal_peek(const ac_conceal *conceal, float *samples, int count);

/* Whether all that follows is silence. */
static inline bool ac_conceal_over(const ac_conceal *conceal) {
    return conceal->at >= AC_CONCEAL_MOST;
}

#endif
