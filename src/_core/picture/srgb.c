#include "srgb.h"

#include <math.h>

uint16_t ac_srgb_light[256];
uint8_t ac_srgb_values[(AC_LIGHT_MAX + 1) / 4];

static double light_of(double value) {
    const double share = value / 255;
    return AC_LIGHT_MAX * (share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4));
}

__attribute__((constructor)) static void fill_tables(void) {
    uint32_t at = 0;
    for (int value = 0; value < 256; value++) {
        ac_srgb_light[value] = (uint16_t)(light_of(value) + 0.5);
        /* Four lights from 4 * at on, their middle 1.5 above, go to the value up to half-way to the next. */
        const double end = value == 255 ? AC_LIGHT_MAX + 1 : light_of(value + 0.5);
        for (; 4 * at + 1.5 < end && at < sizeof ac_srgb_values; at++) ac_srgb_values[at] = (uint8_t)value;
    }
}
