/* Ordered dithering (B. E. Bayer, "An optimum method for two-level rendition of continuous-tone pictures",
   1973): thresholds that belong to places on the screen, so that a picture that stands still is drawn alike
   every time. */
#ifndef ASCIICHAT_DITHER_H
#define ASCIICHAT_DITHER_H

#include <stdint.h>

/* 0 to 63, each once. */
extern const uint8_t ac_dither_order[8][8];

/* A luminance is lit where it is above this: 2 to 254. */
static inline uint32_t ac_dither_threshold(int x, int y) {
    return ac_dither_order[y & 7][x & 7] * 4u + 2;
}

/* What is added to a colour of `amplitude` between neighbours in the palette, before the nearest is looked
 * up. */
static inline int ac_dither_offset(int x, int y, int amplitude) {
    return (ac_dither_order[y & 7][x & 7] * 2 - 63) * amplitude / 128;
}

#endif
