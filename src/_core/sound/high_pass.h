/* A second-order Butterworth high-pass: rumble and handling noise go, speech stays.

   Coefficients by the bilinear transform with the corner frequency kept (R. Bristow-Johnson, Cookbook
   formulae for audio EQ biquad filter coefficients). */
#ifndef ASCIICHAT_HIGH_PASS_H
#define ASCIICHAT_HIGH_PASS_H

#include <stddef.h>

typedef struct {
    double feed, back1, back2; /* b0 (b1 = -2 b0, b2 = b0), a1, a2 */
    double state1, state2;     /* transposed direct form II; float would hum: the poles are close to 1 */
} ac_high_pass;

/* Corner (-3 dB) at `hertz`, above 0 and below half the rate. */
void ac_high_pass_init(ac_high_pass *filter, float hertz, float rate);
void ac_high_pass_process(ac_high_pass *filter, float *samples, size_t count);

#endif
