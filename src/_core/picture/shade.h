/* Two pixels in one colourless cell: the block character whose upper and lower halves come nearest to them.
 */
#ifndef ASCIICHAT_SHADE_H
#define ASCIICHAT_SHADE_H

#include <stdint.h>

/* The glyph for each of 32 x 32 luminances, by squared distance. Filled at load. */
extern uint32_t ac_shades[32][32];

static inline uint32_t ac_shade_of(uint32_t upper, uint32_t lower) {
    return ac_shades[upper >> 3][lower >> 3];
}

#endif
