#include "resample.h"

#include <math.h>

#include "block.h"

/* Between two positions this near the filter may be interpolated: off by -65 dB at 4 kHz in the middle. */
#define NEAR 0.125
#define WHOLE 1e-5 /* as good as on a sample */

/* The filter for `fraction`, 0 to 1, of the way from one sample to the next: sinc times (1 - (x / 6)^2)^3. */
static void taps_for(double fraction, float taps[AC_TAPS]) {
    static const float sign[AC_TAPS] = {1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1};
    static const float place[AC_TAPS] = {-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6};
    if (fraction < WHOLE || fraction > 1.0 - WHOLE) {
        for (int k = 0; k < AC_TAPS; k++) taps[k] = 0.0f;
        taps[AC_RESAMPLE_BEFORE + (fraction > 0.5)] = 1.0f;
        return;
    }
    /* sin(pi x) is the same for all taps but for its sign; whatever its size, the taps are made to sum to 1.
     */
    float f = (float)fraction, sum = 0.0f;
    for (int k = 0; k < AC_TAPS; k++) {
        float x = f - place[k];
        float window = 1.0f - x * x * (1.0f / (AC_RESAMPLE_AFTER * AC_RESAMPLE_AFTER));
        taps[k] = sign[k] / x * window * window * window;
    }
    for (int k = 0; k < AC_TAPS; k++) sum += taps[k];
    for (int k = 0; k < AC_TAPS; k++) taps[k] /= sum;
}

/* Outputs from `fraction` on that have the same sample before them and need no new filter. */
static int run_length(double fraction, double drift, int most) {
    if (drift == 0.0) return most;
    double room = drift > 0.0 ? 1.0 - fraction : fraction, change = fabs(drift);
    double length = (room < NEAR ? room : NEAR) / change;
    return length < 1.0 ? 1 : length < most ? (int)length : most;
}

void ac_resample(const float *input, double position, double step, float *output, int count) {
    double drift = step - 1.0;
    for (int at = 0; at < count;) {
        double begin = position + at * step, whole = floor(begin);
        int length = run_length(begin - whole, drift, count - at);
        double end = begin - whole + drift * length;
        float first[AC_TAPS], last[AC_TAPS];
        taps_for(begin - whole, first);
        taps_for(end < 0.0 ? 0.0 : end > 1.0 ? 1.0 : end, last);
        ac_block->interpolate(output + at, input + (int)whole, length, first, last);
        at += length;
    }
}
