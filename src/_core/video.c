#include "video.h"

#include <stddef.h>
#include <string.h>

#include "screen.h"

#define STALLED_NS UINT64_C(3000000000) /* a source that has sent nothing this long is not shown */
#define STAGGER_NS UINT64_C(100000)     /* between the ticks of neighbouring slots */

/* All that decides what a picture looks like: equal keys, equal pictures. */
typedef struct {
    ac_view view;
    ac_seen seen[AC_ROOM_SLOTS];
} picture_key;
_Static_assert(sizeof(picture_key) <= AC_SHARED_KEY, "the key of a full room must fit");

typedef struct {
    ac_peer *peer;
    ac_room *room;
    uint64_t stagger_ns;
    uint32_t view_version;
    ac_screen screen;
    picture_key key; /* of the picture sent last */
    int count;       /* sources in it; -1: none was sent */
    uint32_t layout_number;
    ac_source *sources[AC_ROOM_SLOTS]; /* pinned while drawing */
    ac_frame *frames[AC_ROOM_SLOTS];
} renderer;

static bool take_view(renderer *r) {
    ac_view view;
    uint32_t version;
    if (!ac_read_published(&r->peer->view, &view, sizeof view, &version) || version == r->view_version)
        return true;
    r->view_version = version;
    r->count = -1;
    ac_pace_set_rate(&r->peer->video_pace, view.fps);
    if (!ac_screen_set_view(&r->screen, &view)) return false;
    /* What does not change the look must not keep equal pictures apart. */
    view.fps = view.wants_video = view.wants_sound = 0;
    memcpy(&r->key.view, &view, sizeof view);
    return true;
}

/* The scene of this tick; noted by the first viewer that comes to it. */
static const ac_scene *look(renderer *r) {
    uint64_t now = ac_now_ns(), since = now - r->room->start_ns;
    uint64_t moment = since < r->stagger_ns ? 0 : (since - r->stagger_ns) * AC_SCENE_RATE / 1000000000u;
    int first;
    ac_scene *scene = ac_scene_at(&r->room->scenes, moment, &first);
    if (scene == NULL || !first) return scene;
    for (int slot = 0; slot < AC_ROOM_SLOTS; slot++) {
        ac_source *source = ac_room_pin(r->room, slot);
        uint64_t number = 0;
        if (source != NULL) {
            if (atomic_load_explicit(&source->video, memory_order_relaxed) &&
                atomic_load_explicit(&source->frames.time_ns, memory_order_relaxed) + STALLED_NS > now)
                number = atomic_load_explicit(&source->frames.number, memory_order_acquire);
            ac_room_unpin(r->room, source);
        }
        atomic_store_explicit(&scene->number[slot], number, memory_order_relaxed);
    }
    ac_scene_noted(&r->room->scenes, scene, moment);
    return scene;
}

/* Pin what is to be seen; returns how many. */
static int gather(renderer *r, ac_seen *seen) {
    const ac_scene *scene = look(r);
    uint64_t oldest = ac_now_ns() - STALLED_NS;
    int count = 0;
    for (int slot = 0; slot < AC_ROOM_SLOTS; slot++) {
        uint64_t number = UINT64_MAX; /* without a scene: whatever is newest */
        if (scene != NULL) number = atomic_load_explicit(&scene->number[slot], memory_order_relaxed);
        if (number == 0) continue;
        ac_source *source = ac_room_pin(r->room, slot);
        if (source == NULL) continue;
        ac_frame *frame = NULL;
        if (atomic_load_explicit(&source->video, memory_order_relaxed))
            frame = ac_frames_pin_number(&source->frames, number);
        if (frame != NULL && scene == NULL && frame->time_ns < oldest) {
            ac_frame_unpin(frame);
            frame = NULL;
        }
        if (frame == NULL) {
            ac_room_unpin(r->room, source);
            continue;
        }
        r->sources[count] = source;
        r->frames[count] = frame;
        seen[count] = (ac_seen){source->id, frame->number, slot, frame->width, frame->height, 0};
        count++;
    }
    return count;
}

static bool moved(const renderer *r, const ac_seen *seen, int count) {
    if (count != r->count) return true;
    for (int i = 0; i < count; i++) {
        const ac_seen *before = &r->key.seen[i];
        if (seen[i].id != before->id || seen[i].width != before->width || seen[i].height != before->height)
            return true;
    }
    return false;
}

/* Draw what is stale on our own canvas and make it text; false without memory. */
static bool draw(renderer *r, int count) {
    ac_shared_views *views = &r->room->views;
    for (int i = 0; i < count; i++) {
        bool made;
        if (ac_screen_draw(&r->screen, i, r->frames[i], &made))
            ac_count(made ? &views->tiles_made : &views->tiles_shared, 1);
    }
    ac_count(&views->pictures_made, 1);
    return ac_screen_render(&r->screen);
}

static void put(renderer *r, const uint8_t *bytes, size_t length) {
    uint8_t *payload = ac_outbox_picture_begin(&r->peer->outbox, length);
    if (payload == NULL) return;
    memcpy(payload, bytes, length);
    ac_outbox_picture_put(&r->peer->outbox, AC_ASCII_FRAME, (uint32_t)length, r->layout_number);
}

/* Draw into our own outbox, for nobody else. */
static void draw_alone(renderer *r, int count) {
    if (!draw(r, count)) return;
    uint8_t *payload = ac_outbox_picture_begin(&r->peer->outbox, ac_screen_payload_bound(&r->screen));
    if (payload == NULL) return;
    size_t length = ac_screen_payload(&r->screen, payload);
    ac_outbox_picture_put(&r->peer->outbox, AC_ASCII_FRAME, (uint32_t)length, r->layout_number);
}

static void draw_for_all(renderer *r, ac_shared_view *view, int count) {
    uint8_t *payload = NULL;
    if (draw(r, count)) payload = ac_shared_view_reserve(view, ac_screen_payload_bound(&r->screen));
    if (payload != NULL) view->length = ac_screen_payload(&r->screen, payload);
    ac_shared_view_made(&r->room->views, view, payload != NULL);
    if (payload != NULL) put(r, view->bytes, view->length);
    ac_shared_view_done(view);
}

static void show(renderer *r, int count) {
    ac_shared_views *views = &r->room->views;
    ac_shared_view *view;
    uint32_t size = (uint32_t)(offsetof(picture_key, seen) + (size_t)count * sizeof(ac_seen));
    switch (ac_shared_view_find(views, &r->key, size, &view)) {
    case AC_SHARED_HAVE:
        put(r, view->bytes, view->length);
        ac_shared_view_done(view);
        ac_count(&views->pictures_shared, 1);
        break;
    case AC_SHARED_MAKE:
        draw_for_all(r, view, count);
        break;
    case AC_SHARED_ALONE:
        draw_alone(r, count);
        break;
    }
    ac_count(&r->peer->counts.renders, 1);
}

/* One tick: look at the room, and show what changed. */
static void tick(renderer *r) {
    ac_seen seen[AC_ROOM_SLOTS];
    int count = gather(r, seen);
    bool arranged = moved(r, seen, count);
    if (arranged) {
        ac_screen_arrange(&r->screen, seen, count);
        r->layout_number++;
    }
    if (arranged || memcmp(seen, r->key.seen, (size_t)count * sizeof *seen) != 0) {
        memcpy(r->key.seen, seen, (size_t)count * sizeof *seen);
        r->count = count;
        show(r, count);
    }
    for (int i = 0; i < count; i++) {
        ac_frame_unpin(r->frames[i]);
        ac_room_unpin(r->room, r->sources[i]);
    }
}

int ac_video(ac_peer *peer, ac_room *room, int slot) {
    renderer r = {.peer = peer,
                  .room = room,
                  .stagger_ns = (uint64_t)slot * STAGGER_NS,
                  .view_version = UINT32_MAX,
                  .count = -1};
    bool alive = true;
    ac_sharpen_thread();
    /* All viewers count from the room's start, so that they draw the same moments. */
    ac_pace_start(&peer->video_pace, room->start_ns + r.stagger_ns, AC_SCENE_RATE);
    ac_pace_skip(&peer->video_pace, ac_now_ns());
    while (alive && ac_pace_wait(&peer->video_pace, &peer->tick, &peer->stop)) {
        if (!atomic_load_explicit(&peer->view_known, memory_order_acquire)) continue;
        alive = take_view(&r);
        if (alive && r.screen.view.wants_video) tick(&r);
    }
    ac_screen_destroy(&r.screen);
    return alive ? 0 : -1;
}
