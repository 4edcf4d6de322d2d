/* Who is in the call: 32 slots, each empty or holding one source.

   Slots are joined and left by the client manager under its write lock. The render threads never take that
   lock: they pin a source for the time they look at it, and leaving waits until nobody does. `epoch` rises
   with every change. */
#ifndef ASCIICHAT_ROOM_H
#define ASCIICHAT_ROOM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/published.h"
#include "base/wake.h"
#include "picture/frame.h"
#include "picture_sizes.h"
#include "scene.h"
#include "shared_view.h"
#include "sound/mix.h"

#define AC_ROOM_SLOTS 32
#define AC_SOURCE_PRESENT 0x80000000u

#define AC_NAME_BYTES 40

/* What somebody is called: UTF-8, without control characters and without what takes no cell. */
typedef struct {
    uint8_t length;
    char text[AC_NAME_BYTES];
} ac_name;

typedef struct {
    _Atomic uint32_t pins;    /* AC_SOURCE_PRESENT while it may be pinned, plus one for each pin; 0: empty */
    _Atomic uint32_t video;   /* 1: wants to be seen */
    _Atomic uint32_t present; /* 1: has a place on the screens before its first picture and sound */
    ac_published name;        /* ac_name */
    uint64_t id;
    ac_frames frames;
    ac_voice *voice;
} ac_source;

typedef struct {
    ac_spares spares;        /* buffers for the sources' pictures */
    ac_voice_options voices; /* what is done to everybody's voice */
    ac_source sources[AC_ROOM_SLOTS];
    _Atomic uint64_t epoch;
    ac_wake unpinned; /* signalled when the last pin of a leaving source goes */
    ac_bus *bus;
    uint64_t start_ns; /* when moment 0 was */
    ac_scenes scenes;
    _Atomic int32_t speaker;        /* the slot that has the floor, -1: nobody yet */
    _Atomic uint64_t speaker_heard; /* when it was heard last, ns */
    ac_shared_views views;
    ac_picture_sizes sizes; /* kept by the video threads */
} ac_room;

ac_room *ac_room_create(const ac_voice_options *voices);

/* Every slot must be empty. */
void ac_room_destroy(ac_room *room);

/* Fill an empty slot: 0, or -1 (bad or taken slot, or no memory; nothing is changed). */
int ac_room_join(ac_room *room, int slot, uint64_t id);

/* Empty a slot. The source's own receive thread must have ended. Waits until no render thread looks at it
   (less than one frame's work), then frees its media. Waits no longer than until `deadline_ns`: when it
   returns false nobody will see or hear the source any more, but somebody still looks at it; call again
   later. */
bool ac_room_leave(ac_room *room, int slot, uint64_t deadline_ns);

/* The source in a slot, pinned, or NULL when the slot is empty or being left. */
ac_source *ac_room_pin(ac_room *room, int slot);
void ac_room_unpin(ac_room *room, ac_source *source);

/* Nobody hears the source in a slot until it is unmuted; a new source is not muted. For the thread that adds
   and removes clients, or under its lock. */
void ac_room_mute(ac_room *room, int slot, bool muted);

/* Who speaks: for marking the active speakers. One relaxed atomic load, no pin needed, any thread; false for
   an empty slot. Follows the voice by 10 ms at its beginning and holds on for 0.3 s after its end. The audio
   threads keep it true 172 times a second; in a server that does not mix, nobody ever speaks. */
static inline bool ac_room_speaking(const ac_room *room, int slot) {
    return ac_bus_speaking(room->bus, slot);
}

/* Loudness of the source in a slot, dBFS; -120 when it is silent or the slot empty. As above. */
static inline float ac_room_level(const ac_room *room, int slot) {
    return ac_bus_level(room->bus, slot);
}

#endif
