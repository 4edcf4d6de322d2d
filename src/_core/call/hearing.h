/* Received sound: batches of Opus frames, and raw ones of old clients, become samples.

   Where the samples go: into a voice of a room (server), into a jitter buffer (client), or, without either,
   to the caller, a frame at a time. */
#ifndef ASCIICHAT_HEARING_H
#define ASCIICHAT_HEARING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "peer.h"
#include "sound/jitter.h"
#include "sound/mix.h"
#include "sound/resample.h"

#define AC_HEARING_SOUND 5760 /* samples in the longest Opus frame: 120 ms */

typedef enum {
    AC_HEARING_DONE,   /* nothing is left of the payload */
    AC_HEARING_SOUNDS, /* `sound` holds `samples` for the caller; go on with ac_hearing_next */
    AC_HEARING_BAD,    /* the payload does not hold together */
    AC_HEARING_NO_MEMORY
} ac_hearing_result;

typedef struct {
    ac_voice *voice;         /* where sound goes, ... */
    _Atomic(ac_jitter *) to; /* ... or where; may be set while the receive thread runs */
    bool ignored;            /* sound is checked and counted, and not decoded */
    bool numbered;           /* the peer agreed to number its frames */

    float *sound; /* AC_HEARING_SOUND samples */
    int samples;
    uint64_t last_ns; /* when the last batch came */

    /* What is left of an Opus batch. */
    const uint8_t *sizes, *sizes_end, *frames;
    void *opus;   /* decoder, made with the first frame */
    int length;   /* samples in the last good frame; 0: there was none */
    uint32_t due; /* number of the next frame; 0: any */
    int lost;     /* frames to make up before the next */

    /* What is left of a raw batch. */
    const uint8_t *raw;
    uint32_t raw_frames, raw_channels, raw_rate;
    double raw_position; /* of the next output between the input samples */
    float raw_before[AC_RESAMPLE_BEFORE + AC_RESAMPLE_AFTER];
} ac_hearing;

/* 0, or -1 without memory. */
int ac_hearing_init(ac_hearing *hearing);
void ac_hearing_destroy(ac_hearing *hearing);

/* Take a payload, which stays valid until ac_hearing_next says DONE. One thread. */
ac_hearing_result ac_hearing_opus(ac_hearing *hearing, ac_peer_counts *counts, const uint8_t *payload,
                                  uint32_t length);
ac_hearing_result ac_hearing_raw(ac_hearing *hearing, ac_peer_counts *counts, const uint8_t *payload,
                                 uint32_t length);

/* Go on with the payload at hand. */
ac_hearing_result ac_hearing_next(ac_hearing *hearing, ac_peer_counts *counts);

#endif
