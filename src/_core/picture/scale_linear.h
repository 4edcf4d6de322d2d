/* The inner loop of scaling in linear light: adds `weight` (at most 8192) times the light of each of `count`
   values to its sum. */
#ifndef ASCIICHAT_SCALE_LINEAR_H
#define ASCIICHAT_SCALE_LINEAR_H

#include <stdint.h>

typedef void ac_add_light_function(const uint8_t *values, int count, uint32_t weight, uint32_t *sums);

/* The scalar one is the specification; call the other only on a processor that has the set. */
ac_add_light_function ac_add_light_scalar, ac_add_light_avx512;

#endif
