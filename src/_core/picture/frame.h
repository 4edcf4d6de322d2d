/* Immutable, reference-counted RGB frames, and the slot that holds a source's newest one.

   A source owns a small pool. Its one writer takes a free frame, fills it, and publishes it; readers pin the
   newest published frame, and what they have pinned cannot change until they let it go. A frame whose count
   is zero is free and only the writer may touch it; readers pin with "increment if not zero", so they can
   meet neither a half-written nor a recycled frame. Nobody ever waits.

   The pixels are in a buffer that is the frame's only while it is pinned: whoever lets it go last gives the
   buffer back to the spares.

   A tile is a frame scaled to a cell size. Tiles belong to their frame: the first reader that needs a size
   claims and makes it, the others use it. */
#ifndef ASCIICHAT_FRAME_H
#define ASCIICHAT_FRAME_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/spares.h"
#include "base/wake.h"
#include "steady.h"

#define AC_FRAME_POOL                                                                                        \
    5 /* the newest, the one before it, the one being written, two that a reader may hold                    \
       */
#define AC_FRAME_LOOK_NS UINT64_C(6000000) /* by then all viewers of a moment have drawn it */
#define AC_FRAME_GOING 0x80000000u
#define AC_FRAME_TILES 8
#define AC_FRAME_MAX_WIDTH 3840
#define AC_FRAME_MAX_HEIGHT 2160

typedef struct {
    _Atomic uint64_t key;   /* 0: free; else claimed for this size */
    _Atomic uint32_t ready; /* 1: pixels may be read */
    uint8_t *pixels;        /* width * height * 3, rows packed */
    size_t capacity;
} ac_tile;

typedef struct {
    _Atomic uint32_t references; /* 0: free; AC_FRAME_GOING: whoever let it go last gives its buffer back */
    int width, height;           /* pixels */
    uint64_t number;             /* counts up by one for each frame the source published; first is 1 */
    uint64_t time_ns;            /* when it was published */
    uint8_t *pixels;             /* RGB24, rows packed, top row first; in the buffer */
    ac_buffer *buffer;
    ac_tile tiles[AC_FRAME_TILES];
    ac_wake tile_made;
} ac_frame;

typedef struct {
    ac_frame frames[AC_FRAME_POOL];
    _Atomic int32_t latest;   /* index of the newest frame, or -1 */
    _Atomic int32_t previous; /* and of the one before it */
    _Atomic uint64_t number;  /* of the newest frame */
    _Atomic uint64_t time_ns; /* of the newest frame */
    _Atomic uint64_t look_ns; /* when the moment began that is drawn now */
    _Atomic uint64_t dropped; /* frames refused because every buffer was pinned */
    ac_steady steady;         /* the tiles shown last */
    ac_spares *spares;        /* where buffers come from; NULL: from the allocator */
} ac_frames;

/* `spares` must outlive the frames. */
void ac_frames_init(ac_frames *frames, ac_spares *spares);

/* Free every buffer. No reader may be left. */
void ac_frames_destroy(ac_frames *frames);

/* Writer: a free frame with room for width x height, or NULL (all pinned, bad size, or no memory). The frame
   belongs to the writer until ac_frames_publish or until the next call. */
ac_frame *ac_frames_begin(ac_frames *frames, int width, int height);

/* Writer: the same with pixels that are in a buffer already, which becomes the frame's; when NULL is returned
   it stays the caller's. */
ac_frame *ac_frames_adopt(ac_frames *frames, int width, int height, ac_buffer *buffer, uint8_t *pixels);

/* Writer: make the frame the newest. */
void ac_frames_publish(ac_frames *frames, ac_frame *frame);

/* Writer: the newest frame still stands as it is; nothing without one. */
void ac_frames_touch(ac_frames *frames);

/* Writer: there is no newest frame any more (the stream stopped). */
void ac_frames_clear(ac_frames *frames);

/* Reader: the newest frame, pinned, or NULL. A reader that was stopped while the buffer it had looked up was
   filled anew may meet a frame in the moment before it is the newest, and then once more the one before. */
ac_frame *ac_frames_pin(ac_frames *frames);

/* Reader: the frame with this number if it is the newest or the one before it, else the newest; pinned, or
   NULL. Viewers that draw the same moment ask for the same number, however many microseconds lie between
   them. */
ac_frame *ac_frames_pin_number(ac_frames *frames, uint64_t number);

/* Reader: let it go. */
void ac_frame_unpin(ac_frames *frames, ac_frame *frame);

/* A moment begins: its viewers ask for the newest frame, and nobody who is in time for the one before it any
   more. The next frame that is published leaves them the one before it only if it comes within
   AC_FRAME_LOOK_NS. Any thread that has the source pinned. */
void ac_frames_look(ac_frames *frames, uint64_t now_ns);

/* Reader of a pinned frame: its pixels scaled (area average) to width x height, packed, and held still
   against the tile of that size before it (steady.h). Made by whichever thread asks first; a second asker
   waits up to 2 ms for it. NULL when all tile places are taken by other sizes, the wait ran out or there is
   no memory: scale privately then. Valid while the frame is pinned. `made` is set when this call made it. */
const uint8_t *ac_frame_tile(ac_frames *frames, ac_frame *frame, int width, int height, bool *made);

#endif
