/* What can be done to a picture between scaling and drawing: mirroring, a colour filter, rain. All of it in
   place, on RGB24 pixels with any row stride; nothing is allocated; safe from any number of threads. */
#ifndef ASCIICHAT_EFFECT_H
#define ASCIICHAT_EFFECT_H

#include <stdbool.h>
#include <stdint.h>

#include "filter.h"

typedef struct {
    bool flip_x;    /* left to right */
    bool flip_y;    /* upside down */
    uint8_t filter; /* AC_FILTER_* */
    bool rain;
} ac_effects;

/* Apply them to a picture of columns x rows cells, each `across` x `down` pixels (1 or 2 by 1 to 4), `now`
   seconds into the life of what moves. Rain falls in the filter's colour, without one in green. */
void ac_effects_apply(const ac_effects *effects, uint8_t *pixels, int columns, int rows, int across, int down,
                      int stride, double now);

void ac_flip_x(uint8_t *pixels, int width, int height, int stride);
void ac_flip_y(uint8_t *pixels, int width, int height, int stride);

#endif
