/* One viewer's screen: the grid of sources as pixels, drawn from tiles, and the ASCII_FRAME it becomes. */
#ifndef ASCIICHAT_SCREEN_H
#define ASCIICHAT_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frame.h"
#include "layout.h"
#include "peer.h"
#include "raster.h"

/* A source as it is to be seen. Without padding: it is part of the key that equal pictures are found by. */
typedef struct {
    uint64_t id, number; /* of the source, and of its frame */
    int32_t slot, width, height, zero;
} ac_seen;
_Static_assert(sizeof(ac_seen) == 32, "ac_seen must have no padding");

typedef struct {
    ac_view view;
    ac_raster_style style;
    ac_palette custom;
    uint8_t *canvas; /* columns x rows * pixels per row, RGB */
    uint8_t *spare;  /* a tile that could not be shared */
    char *text;
    size_t text_capacity, text_length;
    void *zstd;
    ac_layout layout;
    ac_rect area;                  /* the part of the canvas that is sent */
    uint64_t drawn[AC_LAYOUT_MAX]; /* numbers of the frames on the canvas; 0: none */
} ac_screen;

/* An all-zero ac_screen is one without a view. */
void ac_screen_destroy(ac_screen *screen);

/* Take a new size and style; false without memory. */
bool ac_screen_set_view(ac_screen *screen, const ac_view *view);

/* Lay out these sources (0 to 32) on a blank canvas. */
void ac_screen_arrange(ac_screen *screen, const ac_seen *seen, int count);

/* Draw a source's frame where the layout has it, unless it is there already. *made tells whether the tile was
   made for it; false when there was nothing to do. */
bool ac_screen_draw(ac_screen *screen, int place, ac_frame *frame, bool *made);

/* Turn the canvas (or, with nobody laid out, a few words) into text; false without memory, or when it cannot
   be made small enough for a packet. */
bool ac_screen_render(ac_screen *screen);

/* Bytes an ASCII_FRAME payload with the text may take, and write it: returns its size. */
size_t ac_screen_payload_bound(const ac_screen *screen);
size_t ac_screen_payload(ac_screen *screen, uint8_t *payload);

#endif
