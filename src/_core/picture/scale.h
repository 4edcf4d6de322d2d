/* Area-average scaling of RGB24 pictures: each output pixel is the mean of the source area it covers, border
   pixels counting by the part that is covered, rounded half up. The arithmetic is exact: whole numbers
   throughout. Averaging is what keeps a noisy still scene still. */
#ifndef ASCIICHAT_SCALE_H
#define ASCIICHAT_SCALE_H

#include <stdint.h>

#define AC_SCALE_MAX 8192

/* Scale source (width x height, `stride` bytes a row, 1 to 8192 each way) to target (1 to 8192 each way).
   Enlarging repeats and blends by the same rule. Never allocates; safe from any number of threads. */
void ac_scale(const uint8_t *source, int source_width, int source_height, int source_stride, uint8_t *target,
              int target_width, int target_height, int target_stride);

/* The same in linear light (srgb.h): the mean of what the pixels shine, not of their values. Within one value
   of the exact result. A fine pattern of black and white becomes 188, the grey that it looks like from afar,
   where ac_scale makes it 128. */
void ac_scale_linear(const uint8_t *source, int source_width, int source_height, int source_stride,
                     uint8_t *target, int target_width, int target_height, int target_stride);

/* The variants behind ac_scale; the scalar one is the specification. Call the last two only on a processor
   that has their sets (cpu.h). */
typedef void ac_scale_function(const uint8_t *source, int source_width, int source_height, int source_stride,
                               uint8_t *target, int target_width, int target_height, int target_stride);
ac_scale_function ac_scale_scalar, ac_scale_separable, ac_scale_avx2, ac_scale_avx512;

#endif
