/* One viewer's screen: the call as pixels, drawn from tiles, with words over them, and the ASCII_FRAME it
   becomes.

   There are two sheets: the one that is drawn, and what the viewer has. A frame of changes is the difference.
 */
#ifndef ASCIICHAT_SCREEN_H
#define ASCIICHAT_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lineup.h"
#include "peer.h"
#include "picture/frame.h"
#include "picture/layout.h"
#include "picture/raster.h"
#include "room.h"

/* A source as it is to be seen. Without padding: it is part of the key that equal pictures are found by. */
typedef struct {
    uint64_t id, number;    /* of the source; of its frame, or AC_SCENE_NO_VIDEO, AC_SCENE_STALLED */
    uint16_t width, height; /* of the frame; 16 and 9 without one */
    uint8_t slot, speaking; /* 1: speaks */
    uint16_t zero;
    uint32_t name; /* version of the source's name */
    uint32_t zero2;
} ac_seen;
_Static_assert(sizeof(ac_seen) == 32, "ac_seen must have no padding");

typedef struct {
    uint8_t *pixels; /* RGB; rows of columns * pixels per column, pixels per row of them a row of cells */
    ac_label labels[AC_LABELS];
    int label_count;
} ac_sheet;

typedef struct {
    ac_view view;
    ac_raster_style style;
    int across, down; /* pixels of a cell */
    ac_palette custom;
    ac_sheet drawn, shown;
    uint8_t *spare;    /* a tile that could not be shared */
    bool own;          /* a tile was not the shared one: nobody else may use the picture */
    ac_spares *spares; /* where the text's buffer comes from */
    ac_buffer *text;   /* from render to payload */
    size_t text_length;
    bool changes; /* the text holds only what changed */
    void *zstd;
    ac_layout layout;
    ac_rect area;                         /* the part of the sheet that is sent, in cells */
    uint64_t drawn_number[AC_LAYOUT_MAX]; /* numbers of the frames on the sheet; 0: none */
} ac_screen;

/* An ac_screen that is all zero but for its spares is one without a view. */
void ac_screen_destroy(ac_screen *screen);

/* Take a new size and style; false without memory. */
bool ac_screen_set_view(ac_screen *screen, const ac_view *view);

/* Draw with so many colours (AC_COLOR_*) from now on. */
void ac_screen_set_colors(ac_screen *screen, uint8_t level);

/* Lay out these sources (0 to 32) on a blank sheet, the first one large with `focus`. */
void ac_screen_arrange(ac_screen *screen, const ac_seen *seen, int count, bool focus);

/* Would laying these sources out change where anything stands? */
bool ac_screen_moves(const ac_screen *screen, const ac_seen *seen, int count, bool focus);

/* How large a source is drawn, in pixels of the sheet; 0 and 0 without a place. */
void ac_screen_picture_size(const ac_screen *screen, int place, int *width, int *height);

/* Draw a source's frame where the layout has it, unless it is there already. *made tells whether the tile was
   made for it; false when there was nothing to do. */
bool ac_screen_draw(ac_screen *screen, int place, ac_frames *frames, ac_frame *frame, bool *made);

/* Say over the pictures who is who and what is missing. `names` are those of the sources in the layout;
   `alone`: nobody else is in the call. */
void ac_screen_label(ac_screen *screen, const ac_seen *seen, const ac_name *names, const ac_lineup *lineup,
                     bool alone);

/* Does what is drawn look different from what the viewer has? */
bool ac_screen_differs(const ac_screen *screen);

/* The viewer has what is drawn. */
void ac_screen_shown(ac_screen *screen);

/* Turn what is drawn into text, all of it or what changed; false without memory, or when it cannot be made
   small enough for a packet. */
bool ac_screen_render(ac_screen *screen, bool changes);

/* Bytes an ASCII_FRAME payload with the text may take, and write it: returns its size. The text is gone then.
 */
size_t ac_screen_payload_bound(const ac_screen *screen);
size_t ac_screen_payload(ac_screen *screen, uint8_t *payload);

#endif
