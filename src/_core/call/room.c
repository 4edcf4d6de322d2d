#include "room.h"

#include <stdlib.h>

#include "base/pace.h"

ac_room *ac_room_create(const ac_voice_options *voices) {
    ac_room *room = calloc(1, sizeof *room);
    if (room == NULL) return NULL;
    room->voices = *voices;
    room->start_ns = ac_now_ns();
    atomic_init(&room->speaker, -1);
    room->bus = ac_bus_create(room->start_ns);
    if (room->bus == NULL) {
        free(room);
        return NULL;
    }
    return room;
}

void ac_room_destroy(ac_room *room) {
    if (room == NULL) return;
    ac_bus_destroy(room->bus);
    ac_shared_views_destroy(&room->views);
    ac_spares_clear(&room->spares);
    free(room);
}

int ac_room_join(ac_room *room, int slot, uint64_t id) {
    if (slot < 0 || slot >= AC_ROOM_SLOTS) return -1;
    ac_source *source = &room->sources[slot];
    if (source->voice != NULL) return -1;
    source->voice = ac_voice_create();
    if (source->voice == NULL) return -1;
    ac_voice_configure(source->voice, &room->voices);
    ac_frames_init(&source->frames, &room->spares);
    ac_publish(&source->name, &(ac_name){0}, sizeof(ac_name));
    atomic_store(&source->present, 0);
    source->id = id;
    atomic_store(&source->video, 1); /* shown from its first frame on, announced or not */
    ac_bus_set_voice(room->bus, slot, source->voice);
    atomic_store(&source->pins, AC_SOURCE_PRESENT);
    atomic_fetch_add(&room->epoch, 1);
    return 0;
}

bool ac_room_leave(ac_room *room, int slot, uint64_t deadline_ns) {
    if (slot < 0 || slot >= AC_ROOM_SLOTS) return true;
    ac_source *source = &room->sources[slot];
    if (source->voice == NULL) return true;
    if (!ac_bus_change_voice(room->bus, slot, NULL, deadline_ns)) return false;
    /* From here nobody can pin it anew, so that a full room cannot keep a leaving source for ever. */
    atomic_fetch_and(&source->pins, ~AC_SOURCE_PRESENT);
    for (;;) {
        uint32_t ticket = ac_wake_ticket(&room->unpinned);
        if (atomic_load(&source->pins) == 0) break;
        if (!ac_wake_wait(&room->unpinned, ticket, deadline_ns)) return false;
    }
    ac_frames_destroy(&source->frames);
    ac_voice_destroy(source->voice);
    source->voice = NULL;
    atomic_fetch_add(&room->epoch, 1);
    return true;
}

void ac_room_mute(ac_room *room, int slot, bool muted) {
    if (slot < 0 || slot >= AC_ROOM_SLOTS || room->sources[slot].voice == NULL) return;
    ac_voice_mute(room->sources[slot].voice, muted);
}

ac_source *ac_room_pin(ac_room *room, int slot) {
    ac_source *source = &room->sources[slot];
    uint32_t pins = atomic_load_explicit(&source->pins, memory_order_relaxed);
    while (pins & AC_SOURCE_PRESENT)
        if (atomic_compare_exchange_weak_explicit(&source->pins, &pins, pins + 1, memory_order_acquire,
                                                  memory_order_relaxed))
            return source;
    return NULL;
}

void ac_room_unpin(ac_room *room, ac_source *source) {
    if (atomic_fetch_sub_explicit(&source->pins, 1, memory_order_acq_rel) == 1)
        ac_wake_signal(&room->unpinned);
}
