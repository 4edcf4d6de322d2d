/* Loops over samples that the dynamics and the bus are made of, kept where the compiler can see and vectorise
   them. */
#ifndef ASCIICHAT_GAIN_H
#define ASCIICHAT_GAIN_H

#include <stdint.h>
#include <string.h>

/* The largest magnitude. Magnitudes of floats order as the integers their bits are, and integers the compiler
   may compare in any order. */
static inline float ac_peak(const float *samples, int count) {
    int32_t largest = 0;
    for (int i = 0; i < count; i++) {
        int32_t bits;
        memcpy(&bits, samples + i, sizeof bits);
        bits &= 0x7fffffff;
        largest = bits > largest ? bits : largest;
    }
    float peak;
    memcpy(&peak, &largest, sizeof peak);
    return peak;
}

/* Multiply by a straight line that starts after `from` and ends at `to`. */
static inline void ac_gain_line(float *samples, int count, float from, float to) {
    if (from == to) {
        if (to == 1.0f) return;
        for (int i = 0; i < count; i++) samples[i] *= to;
        return;
    }
    float slope = (to - from) / (float)count;
    for (int i = 0; i < count; i++) samples[i] *= from + slope * (float)(i + 1);
}

#endif
