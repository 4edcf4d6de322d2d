/* Colour filters: a picture in shades of one colour. */
#ifndef ASCIICHAT_FILTER_H
#define ASCIICHAT_FILTER_H

#include <stdint.h>

enum {
    AC_FILTER_NONE = 0,
    AC_FILTER_BLACK = 1, /* dark on light: the greys turned round */
    AC_FILTER_WHITE = 2,
    AC_FILTER_GREEN = 3,
    AC_FILTER_MAGENTA = 4,
    AC_FILTER_FUCHSIA = 5,
    AC_FILTER_ORANGE = 6,
    AC_FILTER_TEAL = 7,
    AC_FILTER_CYAN = 8,
    AC_FILTER_PINK = 9,
    AC_FILTER_RED = 10,
    AC_FILTER_YELLOW = 11,
    AC_FILTER_RAINBOW = 12, /* goes round the hues in 3.5 seconds, in 105 steps */
    AC_FILTERS = 13,
    AC_FILTER_MATRIX = 13, /* the green in which rain falls where no filter is chosen */
};

/* The filter's colour for white, `now` seconds into its life; for AC_FILTER_BLACK that of black. */
void ac_filter_tint(int filter, double now, uint8_t tint[3]);

/* Replace every pixel by its grey, (77 R + 150 G + 29 B + 128) / 256, times the tint / 255, rounded; for
   AC_FILTER_BLACK by 255 less its grey. AC_FILTER_NONE and unknown filters change nothing. */
void ac_filter(int filter, double now, uint8_t *pixels, int width, int height, int stride);

#endif
