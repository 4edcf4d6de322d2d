/* One connection after its handshake: the socket, the seal, what waits to be sent, what was counted.

   Four threads share a peer and each touches its own part: receive (the receive buffer, the opening half of
   the seal), send (the send buffer, the closing half), video (the picture being made), audio (the sound being
   gathered). What they share is atomic. The threads end when `stop` is set; ac_peer_stop wakes each of them
   wherever it waits. */
#ifndef ASCIICHAT_PEER_H
#define ASCIICHAT_PEER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/pace.h"
#include "base/published.h"
#include "base/wake.h"
#include "picture/raster.h"
#include "wire/link.h"
#include "wire/outbox.h"
#include "wire/seal.h"

#define AC_PEER_KEEPALIVE_NS UINT64_C(300000000) /* native peers hang up after 1 s of silence */

enum {
    AC_ARRANGE_AUTO = 0,  /* a grid while its cells are readable, else the one who speaks */
    AC_ARRANGE_GRID = 1,  /* everybody */
    AC_ARRANGE_FOCUS = 2, /* one large, the others in a strip */
    AC_ARRANGE_PAGES = 3, /* as many as are readable, page by page */
    AC_ARRANGEMENTS = 4
};
#define AC_FOCUS_SPEAKER 255

/* What a viewer can show and wants to see: CLIENT_CAPABILITIES after checking. */
typedef struct {
    uint16_t columns, rows;
    uint8_t color_level, render_mode, palette; /* AC_COLOR_*, AC_RENDER_*, AC_PALETTE_* */
    uint8_t utf8, rep, padding, stretch;
    uint8_t fps; /* 1 to 144 */
    uint8_t wants_video, wants_sound;
    uint8_t glyphs, dither; /* AC_GLYPHS_* the terminal has; as in ac_raster_style */
    uint8_t changes;        /* takes frames that hold only what changed */
    uint8_t names;          /* wants names, and to see who speaks */
    uint8_t hide_self;      /* does not want to see itself */
    uint8_t arrangement;    /* AC_ARRANGE_* */
    uint8_t focus, page;    /* the slot to be shown large, AC_FOCUS_SPEAKER: who speaks; page of the grid */
    uint8_t zstd;           /* takes compressed frames */
    uint8_t ramp_length;
    char ramp[64]; /* for AC_PALETTE_CUSTOM */
} ac_view;

typedef struct {
    _Atomic uint64_t bytes_in, bytes_out;
    _Atomic uint64_t packets_in, packets_out;
    _Atomic uint64_t pictures_in; /* frames received: IMAGE_FRAME on a server, ASCII_FRAME on a client */
    _Atomic uint64_t pictures_out;
    _Atomic uint64_t sounds_in; /* Opus or PCM frames */
    _Atomic uint64_t sounds_out;
    _Atomic uint64_t sounds_bad;     /* Opus frames that did not decode */
    _Atomic uint64_t sounds_made_up; /* frames made up in the place of bad or missing ones */
    _Atomic uint64_t renders;        /* pictures made by the video thread */
    _Atomic uint64_t picture_gap_ns; /* the longest time between two received pictures */
    _Atomic uint64_t sound_gap_ns;   /* the longest time between two received sound packets */
    _Atomic uint64_t heard_ns;       /* when the last byte came */
} ac_peer_counts;

/* A thread's sign of life, for whoever watches that it goes on: it rises with every step, and is odd while
   the thread waits for its peer. One writer. The paced threads have their ticks instead. */
typedef _Atomic uint64_t ac_beat;
enum { AC_BEAT_WAIT = 1, AC_BEAT_STEP = 2 }; /* one wait is two of the first: before it and after it */

static inline void ac_beat_rise(ac_beat *beat, uint64_t by) {
    atomic_store_explicit(beat, atomic_load_explicit(beat, memory_order_relaxed) + by, memory_order_relaxed);
}

typedef struct {
    int fd;
    bool server; /* we are the server of this connection */
    bool encrypted;
    ac_seal seal;
    _Atomic uint32_t stop;
    _Atomic uint32_t finish; /* send what waits, then end */
    ac_wake tick;            /* wakes the paced threads, for stopping only */
    ac_spares spares;        /* of a peer that is in no room */
    ac_outbox outbox;
    ac_link link; /* kept by the send thread */
    ac_published view;
    _Atomic uint32_t view_known;
    _Atomic uint32_t pongs_due;
    ac_pace video_pace, audio_pace;
    ac_beat send_beat, receive_beat;
    ac_peer_counts counts;
    uint64_t idle_ns;  /* let a peer go that has been silent this long */
    uint64_t stall_ns; /* let a peer go that has not taken a byte this long */
    uint64_t whole_ns; /* let a peer go that takes longer over one packet */
} ac_peer;

/* Takes over a connected stream socket (it stays the caller's to close). 0, or -1 without memory. */
int ac_peer_init(ac_peer *peer, int fd, bool server);

/* The four threads must have ended. Wipes the keys. */
void ac_peer_destroy(ac_peer *peer);

/* Ask the send thread to send the control packets that wait and then to end. Any thread. */
void ac_peer_finish(ac_peer *peer);

/* Ask every thread to end, and shut the socket so that none stays in it. Any thread, any number of times. */
void ac_peer_stop(ac_peer *peer);

static inline bool ac_peer_stopped(const ac_peer *peer) {
    return atomic_load_explicit(&peer->stop, memory_order_acquire) != 0;
}

static inline void ac_count(_Atomic uint64_t *counter, uint64_t by) {
    atomic_fetch_add_explicit(counter, by, memory_order_relaxed);
}

/* Tell the video thread what the viewer wants. Writers must exclude each other. */
void ac_peer_set_view(ac_peer *peer, const ac_view *view);

#endif
