/* Amplitudes and decibels relative to full scale (an amplitude of 1 is 0 dBFS). */
#ifndef ASCIICHAT_DECIBEL_H
#define ASCIICHAT_DECIBEL_H

#include <math.h>

#define AC_SILENCE_DB (-120.0f)

static inline float ac_from_db(float db) {
    return exp2f(db * 0.16609640474f); /* log2(10) / 20 */
}

static inline float ac_to_db(float amplitude) {
    return amplitude > 1e-6f ? log2f(amplitude) * 6.0205999133f : AC_SILENCE_DB; /* 20 / log2(10) */
}

#endif
