/* Finding where a signal resembles itself: a pitch period, or the best place to cut. */
#ifndef ASCIICHAT_MATCH_H
#define ASCIICHAT_MATCH_H

#define AC_MATCH_WINDOW 240 /* samples compared: 5 ms */
#define AC_MATCH_MOST 960   /* largest offset: 20 ms */

/* The offset, 0 to `most`, at which `field` (AC_MATCH_WINDOW + most samples) resembles `wanted`
   (AC_MATCH_WINDOW samples) best: the largest normalised correlation, searched in steps of four samples and
   then of one. */
int ac_match(const float *wanted, const float *field, int most);

#endif
