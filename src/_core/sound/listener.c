#include "listener.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CROWD_TIME 0.2f /* seconds: a gain that changes more quickly is heard as pumping */

ac_listener *ac_listener_create(void) {
    ac_listener *listener = calloc(1, sizeof *listener);
    if (!listener) return NULL;
    listener->crowd = 1.0f;
    ac_compressor_init(&listener->compressor, &ac_compressor_defaults, AC_AUDIO_RATE);
    ac_limiter_init(&listener->limiter, &ac_limiter_defaults, AC_AUDIO_RATE);
    listener->quiet = AC_LIMITER_DELAY;
    return listener;
}

void ac_listener_destroy(ac_listener *listener) {
    free(listener);
}

/* Voices that are not alike add up in power: n of them are as loud as one at 1 / sqrt(n). */
static float crowd_gain(float now, int speakers, int count) {
    float target = speakers > 1 ? 1.0f / sqrtf((float)speakers) : 1.0f;
    if (now == target) return now;
    float next = target + (now - target) * expf(-(float)count / (CROWD_TIME * AC_AUDIO_RATE));
    return fabsf(next - target) < 1e-5f ? target : next;
}

bool ac_listener_process(ac_listener *listener, float *samples, int count, const float *total,
                         const float *own, int speakers) {
    float peaks[AC_STEPS_MAX] = {0}, peak = 0.0f;
    float crowd = crowd_gain(listener->crowd, speakers, count);
    bool silent = !total && listener->quiet >= AC_LIMITER_DELAY;
    if (total) {
        listener->quiet = 0;
        float slope = (crowd - listener->crowd) / (float)count;
        ac_block->difference(samples, total, own, count, listener->crowd, slope, peaks);
    } else {
        if (!silent) listener->quiet += count;
        memset(samples, 0, (size_t)count * sizeof *samples);
    }
    listener->crowd = crowd;
    /* Silence goes through too: that is how gains recover. */
    float gain = ac_compressor_run(&listener->compressor, samples, count, peaks);
    for (int i = 0; i < AC_STEPS_MAX; i++) peak = peaks[i] > peak ? peaks[i] : peak;
    ac_limiter_run(&listener->limiter, samples, count, peak * gain * 1.000001f); /* rounding */
    return silent;
}
