/* The colours of terminals that have only 16 or 256: the nearest by eye, from a table.

   Distance is Euclidean in Oklab (B. Ottosson, "A perceptual color space for image processing", 2020,
   https://bottosson.github.io/posts/oklab/). The table has one entry for each 8 x 4 x 8 box of RGB, decided
   at the palette's colour that lies in the box, if one does, else at its middle. */
#ifndef ASCIICHAT_COLOR_H
#define ASCIICHAT_COLOR_H

#include <stdint.h>

/* Red, green and blue of color n: xterm's defaults for 0 to 15, the 6 x 6 x 6 cube for 16 to 231, greys for
 * 232 to 255. */
extern uint8_t ac_color_rgb[256][3];

/* Indexed by ac_color_box. Filled at load. The 256-colour table names only 16 to 255: what the first 16 look
   like is the user's theme, so they are left to the 16-colour level. */
#define AC_COLOR_PAD 4 /* a gather of words reads this far */
extern uint8_t ac_color_nearest_16[65536 + AC_COLOR_PAD];
extern uint8_t ac_color_nearest_256[65536 + AC_COLOR_PAD];

static inline uint32_t ac_color_box(uint32_t red, uint32_t green, uint32_t blue) {
    return red >> 3 << 11 | green >> 2 << 5 | blue >> 3;
}

#endif
