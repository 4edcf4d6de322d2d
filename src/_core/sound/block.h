/* The loops over a block of samples that the mixer spends its time in.

   Each goes over its samples once and does all there is to do for them. The plain build of a kernel is its
   specification; the AVX2 build of the same lines gives the same bits. */
#ifndef ASCIICHAT_BLOCK_H
#define ASCIICHAT_BLOCK_H

#define AC_STEP 32      /* samples between two decisions about a gain */
#define AC_STEPS_MAX 10 /* steps in a block of up to 320 samples */
#define AC_TAPS 12      /* of an interpolation filter */

typedef struct {
    /* The largest magnitude in each step. */
    void (*peaks)(const float *samples, int count, float *peaks);

    /* Subtract the line offset + slope * (i + 1) from sample i; peaks as above, and the sum of squares, of
       the result. Returns the sum of the samples as they were. */
    float (*condition)(float *samples, int count, float offset, float slope, float *peaks, float *power);

    /* total += samples */
    void (*add)(float *restrict total, const float *restrict samples, int count);

    /* samples = (total - own) * (gain + slope * (i + 1)); peaks as above. `own` may be NULL. */
    void (*difference)(float *restrict samples, const float *restrict total, const float *restrict own,
                       int count, float gain, float slope, float *peaks);

    /* samples[i] = the sum over AC_TAPS taps k of input[i + k] times a filter that goes from `first` to
       `last` in `count` samples. */
    void (*interpolate)(float *restrict samples, const float *restrict input, int count, const float *first,
                        const float *last);

    /* Multiply step k by the straight line from gains[k] to gains[k + 1]. */
    void (*shape)(float *samples, int count, const float *gains);
} ac_block_kernels;

/* Those in use. */
extern const ac_block_kernels *ac_block;

#endif
