#include "high_pass.h"

#include <math.h>

void ac_high_pass_init(ac_high_pass *filter, float hertz, float rate) {
    double w = 2.0 * 3.14159265358979 * hertz / rate;
    double alpha = sin(w) / sqrt(2.0); /* sin(w) / (2 Q) for Q = 1 / sqrt(2) */
    double scale = 1.0 / (1.0 + alpha);
    filter->feed = (1.0 + cos(w)) / 2.0 * scale;
    filter->back1 = -2.0 * cos(w) * scale;
    filter->back2 = (1.0 - alpha) * scale;
    filter->state1 = filter->state2 = 0.0;
}

void ac_high_pass_process(ac_high_pass *filter, float *samples, size_t count) {
    double feed = filter->feed, back1 = filter->back1, back2 = filter->back2;
    double state1 = filter->state1, state2 = filter->state2;
    for (size_t i = 0; i < count; i++) {
        double in = samples[i] * feed;
        double out = in + state1;
        state1 = -2.0 * in - back1 * out + state2;
        state2 = in - back2 * out;
        samples[i] = (float)out;
    }
    /* Far below hearing, and above denormals. */
    filter->state1 = fabs(state1) > 1e-12 ? state1 : 0.0;
    filter->state2 = fabs(state2) > 1e-12 ? state2 : 0.0;
}
