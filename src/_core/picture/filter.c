#include "filter.h"

#include <math.h>
#include <string.h>

#include "pixel.h"

#define RAINBOW_PERIOD 3.5 /* seconds */
#define RAINBOW_STEPS 105
#define RAINBOW_LEAST (120 / 255.0) /* brightness: pure blue is too dark to tell shades in */

static const uint8_t tints[AC_FILTERS + 1][3] = {
    [AC_FILTER_BLACK] = {255, 255, 255},  [AC_FILTER_WHITE] = {255, 255, 255},
    [AC_FILTER_GREEN] = {0, 255, 65},     [AC_FILTER_MAGENTA] = {255, 0, 255},
    [AC_FILTER_FUCHSIA] = {255, 0, 170},  [AC_FILTER_ORANGE] = {255, 136, 0},
    [AC_FILTER_TEAL] = {0, 221, 221},     [AC_FILTER_CYAN] = {0, 255, 255},
    [AC_FILTER_PINK] = {255, 182, 193},   [AC_FILTER_RED] = {255, 51, 51},
    [AC_FILTER_YELLOW] = {255, 235, 153}, [AC_FILTER_MATRIX] = {0, 255, 80},
};

/* A hue at full strength, lifted towards white to the least brightness (the weights of ITU-R BT.709). */
static void rainbow(double now, uint8_t tint[3]) {
    const double turns = now / RAINBOW_PERIOD;
    const int step = (int)((turns - floor(turns)) * RAINBOW_STEPS) % RAINBOW_STEPS;
    double part[3];
    for (int channel = 0; channel < 3; channel++) {
        /* Each channel is full for a third of the circle around its own place and rises and falls over a
           sixth. */
        const double distance = fabs(remainder((double)step / RAINBOW_STEPS - channel / 3.0, 1.0));
        const double strength = 2 - 6 * distance;
        part[channel] = strength < 0 ? 0 : strength > 1 ? 1 : strength;
    }
    const double bright = 0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2];
    const double lift = bright < RAINBOW_LEAST ? (RAINBOW_LEAST - bright) / (1 - bright) : 0;
    for (int channel = 0; channel < 3; channel++)
        tint[channel] = (uint8_t)(255 * (part[channel] + (1 - part[channel]) * lift) + 0.5);
}

void ac_filter_tint(int filter, double now, uint8_t tint[3]) {
    if (filter == AC_FILTER_RAINBOW)
        rainbow(now, tint);
    else
        memcpy(tint, tints[filter], 3);
}

void ac_filter(int filter, double now, uint8_t *pixels, int width, int height, int stride) {
    if (filter <= AC_FILTER_NONE || filter > AC_FILTER_MATRIX) return;
    uint8_t tint[3], shades[256][3];
    ac_filter_tint(filter, now, tint);
    for (int grey = 0; grey < 256; grey++)
        for (int channel = 0; channel < 3; channel++) {
            const int light = filter == AC_FILTER_BLACK ? 255 - grey : grey;
            shades[grey][channel] = (uint8_t)((tint[channel] * light + 127) / 255);
        }
    for (int y = 0; y < height; y++) {
        uint8_t *pixel = pixels + (int64_t)y * stride;
        for (int x = 0; x < width; x++, pixel += 3) memcpy(pixel, shades[luminance_of(pixel)], 3);
    }
}
