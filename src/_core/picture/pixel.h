/* One pixel's luminance and colour, as every maker sees them. */
#ifndef ASCIICHAT_PIXEL_H
#define ASCIICHAT_PIXEL_H

#include "color.h"
#include "dither.h"
#include "raster.h"

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* The weights of ITU-R BT.601 in 256ths. */
ALWAYS_INLINE uint32_t luminance_of(const uint8_t *pixel) {
    return (77u * pixel[0] + 150u * pixel[1] + 29u * pixel[2] + 128u) >> 8;
}

ALWAYS_INLINE uint32_t clamp_byte(int value) {
    return value < 0 ? 0 : value > 255 ? 255 : (uint32_t)value;
}

/* The colour as the terminal is told it. `x` and `y` are the cell's place, for dithering: between most
   neighbours in the 256 colours lie 40, in the 16 about 128. */
ALWAYS_INLINE uint32_t color_of(int level, bool dither, const uint8_t *pixel, int x, int y) {
    uint32_t red = pixel[0], green = pixel[1], blue = pixel[2];
    if (level == AC_COLOR_TRUE) return red << 16 | green << 8 | blue;
    if (dither) {
        const int offset = ac_dither_offset(x, y, level == AC_COLOR_256 ? 40 : 128);
        red = clamp_byte(pixel[0] + offset);
        green = clamp_byte(pixel[1] + offset);
        blue = clamp_byte(pixel[2] + offset);
    }
    const uint32_t box = ac_color_box(red, green, blue);
    return level == AC_COLOR_256 ? ac_color_nearest_256[box] : ac_color_nearest_16[box];
}

/* Call `function(..., level, dither, ...)` so that both are constants in it. */
#define FOR_EACH_LEVEL(style, function, ...)                                                                 \
    do {                                                                                                     \
        switch ((style)->color_level << 1 | (style)->dither) {                                               \
        case AC_COLOR_TRUE << 1:                                                                             \
        case AC_COLOR_TRUE << 1 | 1:                                                                         \
            function(AC_COLOR_TRUE, false, __VA_ARGS__);                                                     \
            break;                                                                                           \
        case AC_COLOR_256 << 1:                                                                              \
            function(AC_COLOR_256, false, __VA_ARGS__);                                                      \
            break;                                                                                           \
        case AC_COLOR_256 << 1 | 1:                                                                          \
            function(AC_COLOR_256, true, __VA_ARGS__);                                                       \
            break;                                                                                           \
        case AC_COLOR_16 << 1:                                                                               \
            function(AC_COLOR_16, false, __VA_ARGS__);                                                       \
            break;                                                                                           \
        case AC_COLOR_16 << 1 | 1:                                                                           \
            function(AC_COLOR_16, true, __VA_ARGS__);                                                        \
            break;                                                                                           \
        default:                                                                                             \
            function(AC_COLOR_NONE, false, __VA_ARGS__);                                                     \
            break;                                                                                           \
        }                                                                                                    \
    } while (0)

#endif
