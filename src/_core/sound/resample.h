/* Reading a signal between its samples: a 12-tap windowed sinc.

   Off by less than -75 dB up to 8 kHz, -60 dB at 12 kHz, -40 dB at 16 kHz. */
#ifndef ASCIICHAT_RESAMPLE_H
#define ASCIICHAT_RESAMPLE_H

#include "block.h"

#define AC_RESAMPLE_BEFORE 5 /* samples needed before the one at or before a position */
#define AC_RESAMPLE_AFTER 6  /* and after it */

/* Output i is `input` at `position` + i * step, where input[0] stands for position -AC_RESAMPLE_BEFORE.
   `position` is 0 or more. Made for steps within 1 % of 1; others are as exact, but take a new filter for
   almost every sample, and from 1 on nothing keeps what lies above the output's band from folding into it. */
void ac_resample(const float *input, double position, double step, float *output, int count);

#endif
