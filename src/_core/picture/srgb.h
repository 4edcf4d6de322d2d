/* From sRGB values to light and back (IEC 61966-2-1), by tables that are filled at load. */
#ifndef ASCIICHAT_SRGB_H
#define ASCIICHAT_SRGB_H

#include <stdint.h>

#define AC_LIGHT_MAX 65535u /* the light of white */

/* The light of each value. The darkest two values differ by 20. */
extern uint16_t ac_srgb_light[256];

/* The value nearest to each four lights; use ac_srgb_of. */
extern uint8_t ac_srgb_values[(AC_LIGHT_MAX + 1) / 4];

static inline uint8_t ac_srgb_of(uint32_t light) {
    return ac_srgb_values[light >> 2];
}

#endif
