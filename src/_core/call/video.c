#include "video.h"

#include <stddef.h>
#include <string.h>

#include "fit.h"
#include "screen.h"

_Static_assert(AC_PICTURE_SIZES == AC_ROOM_SLOTS, "everybody in the room may be seen by everybody");

#define STALLED_NS UINT64_C(3000000000) /* a source that has sent nothing this long has a placeholder */
#define TICK_NS (UINT64_C(1000000000) / AC_SCENE_RATE)
#define FLOOR_NS UINT64_C(1000000000) /* who was silent this long loses the floor to who speaks */

/* All that a picture shows. */
typedef struct {
    int count;  /* sources; -1: none was shown */
    bool alone; /* nobody else is in the call, and nobody is to be seen */
    ac_lineup lineup;
    ac_seen seen[AC_ROOM_SLOTS];
} situation;

typedef struct {
    ac_peer *peer;
    ac_room *room;
    int slot;
    uint32_t view_version;
    ac_view look; /* the view without what does not change the look */
    ac_screen screen;
    ac_fit fit;             /* how many colours the viewer's line carries */
    situation drawn, shown; /* on the screen's sheets; the viewer has the second if its count is not -1 */
    bool waiting;           /* what is drawn was handed over, and may still be recalled */
    int focused;            /* the slot shown large last */
    uint32_t layout_number;
    ac_source *sources[AC_ROOM_SLOTS]; /* pinned while drawing, as the frames are */
    ac_frame *frames[AC_ROOM_SLOTS];   /* NULL: a placeholder */
} renderer;

static bool take_view(renderer *r) {
    ac_view view;
    uint32_t version;
    if (!ac_read_published(&r->peer->view, &view, sizeof view, &version) || version == r->view_version)
        return true;
    r->view_version = version;
    r->drawn.count = r->shown.count = -1;
    r->waiting = false;
    ac_pace_set_rate(&r->peer->video_pace, view.fps);
    if (!ac_screen_set_view(&r->screen, &view)) return false;
    /* What does not change the look must not keep equal pictures apart. */
    view.fps = view.wants_video = view.wants_sound = 0;
    view.hide_self = view.arrangement = view.focus = view.page = 0;
    memcpy(&r->look, &view, sizeof view);
    ac_fit_begin(&r->fit, view.color_level);
    return true;
}

/* On a narrow line: fewer colours, so that more pictures go, and sound does not wait long behind one. True:
   they are others than before. */
static bool fit_line(renderer *r, uint64_t now) {
    const uint8_t level =
        ac_fit_choose(&r->fit, r->screen.view.color_level, ac_link_budget(&r->peer->link), now);
    if (level == r->look.color_level) return false;
    r->look.color_level = level;
    ac_screen_set_colors(&r->screen, level);
    return true;
}

/* --- What is to be seen --- */

/* For a new moment: who still draws the one before has long pinned what it shows. */
static uint64_t number_to_show(ac_room *room, int slot, uint64_t now) {
    ac_source *source = ac_room_pin(room, slot);
    if (source == NULL) return AC_SCENE_NOTHING;
    /* Who only watches and listens needs no place. */
    const bool present = atomic_load_explicit(&source->present, memory_order_relaxed) ||
                         ac_voice_count(source->voice).written != 0;
    uint64_t number = present ? AC_SCENE_NO_VIDEO : AC_SCENE_NOTHING;
    if (atomic_load_explicit(&source->video, memory_order_relaxed) &&
        atomic_load_explicit(&source->frames.latest, memory_order_acquire) >= 0)
        number = atomic_load_explicit(&source->frames.time_ns, memory_order_relaxed) + STALLED_NS > now
                     ? atomic_load_explicit(&source->frames.number, memory_order_acquire)
                     : AC_SCENE_STALLED;
    ac_frames_look(&source->frames, now);
    ac_room_unpin(room, source);
    return number;
}

/* The floor stays with who has it while he speaks and a little longer; then the loudest of those who speak
   takes it. */
static int give_the_floor(ac_room *room, uint32_t speaking, uint64_t now) {
    int speaker = atomic_load_explicit(&room->speaker, memory_order_relaxed);
    if (speaker >= 0 && speaking >> speaker & 1) {
        atomic_store_explicit(&room->speaker_heard, now, memory_order_relaxed);
    } else if (speaking &&
               (speaker < 0 ||
                atomic_load_explicit(&room->speaker_heard, memory_order_relaxed) + FLOOR_NS < now)) {
        speaker = __builtin_ctz(speaking);
        for (int slot = speaker + 1; slot < AC_ROOM_SLOTS; slot++)
            if (speaking >> slot & 1 && ac_room_level(room, slot) > ac_room_level(room, speaker))
                speaker = slot;
        atomic_store_explicit(&room->speaker, speaker, memory_order_relaxed);
        atomic_store_explicit(&room->speaker_heard, now, memory_order_relaxed);
    }
    return speaker;
}

static void note(ac_room *room, ac_scene *scene, uint64_t now) {
    uint32_t speaking = 0;
    for (int slot = 0; slot < AC_ROOM_SLOTS; slot++) {
        atomic_store_explicit(&scene->number[slot], number_to_show(room, slot, now), memory_order_relaxed);
        if (ac_room_speaking(room, slot)) speaking |= UINT32_C(1) << slot;
    }
    atomic_store_explicit(&scene->speaking, speaking, memory_order_relaxed);
    atomic_store_explicit(&scene->speaker, give_the_floor(room, speaking, now), memory_order_relaxed);
}

/* The scene of this tick; noted by the first viewer that comes to it, or for us alone when that takes too
 * long. */
static const ac_scene *look(renderer *r, ac_scene *own) {
    uint64_t now = ac_now_ns(), moment = ac_scene_moment(now - r->room->start_ns, r->slot);
    int first;
    ac_scene *scene = ac_scene_at(&r->room->scenes, moment, &first);
    if (scene != NULL && !first) return scene;
    if (scene == NULL) {
        note(r->room, own, now);
        return own;
    }
    note(r->room, scene, now);
    ac_scene_noted(&r->room->scenes, scene, moment);
    return scene;
}

/* Pin who is in the line-up. Somebody who has just left is left out. */
static void gather(renderer *r, situation *now, ac_name *names) {
    ac_scene own;
    const ac_scene *scene = look(r, &own);
    memset(now, 0, sizeof *now);
    ac_lineup_choose(&r->screen.view, scene, r->slot, &r->focused, &now->lineup);
    const uint32_t speaking = atomic_load_explicit(&scene->speaking, memory_order_relaxed);
    for (int i = 0; i < now->lineup.count; i++) {
        const int slot = now->lineup.slots[i];
        uint64_t number = atomic_load_explicit(&scene->number[slot], memory_order_relaxed);
        ac_source *source = ac_room_pin(r->room, slot);
        if (source == NULL) continue;
        ac_frame *frame = AC_SCENE_PLACEHOLDER(number) ? NULL : ac_frames_pin_number(&source->frames, number);
        ac_seen *seen = &now->seen[now->count];
        *seen = (ac_seen){
            .id = source->id, .number = AC_SCENE_NO_VIDEO, .width = 16, .height = 9, .slot = (uint8_t)slot};
        if (frame != NULL) {
            seen->number = frame->number;
            seen->width = (uint16_t)frame->width;
            seen->height = (uint16_t)frame->height;
        } else if (number == AC_SCENE_STALLED)
            seen->number = number;
        if (r->screen.view.names) {
            seen->speaking = speaking >> slot & 1;
            ac_read_published(&source->name, &names[now->count], sizeof *names, &seen->name);
        }
        r->sources[now->count] = source;
        r->frames[now->count] = frame;
        now->count++;
    }
    now->alone = now->count == 0;
    for (int slot = 0; slot < AC_ROOM_SLOTS && now->alone; slot++)
        now->alone =
            slot == r->slot || atomic_load_explicit(&r->room->sources[slot].pins, memory_order_relaxed) == 0;
}

static void let_go(renderer *r, int count) {
    for (int i = 0; i < count; i++) {
        if (r->frames[i] != NULL) ac_frame_unpin(&r->sources[i]->frames, r->frames[i]);
        ac_room_unpin(r->room, r->sources[i]);
    }
}

/* Must the sheet be laid out anew? */
static bool moved(const renderer *r, const situation *now) {
    const situation *before = &r->drawn;
    bool resized = false;
    if (now->count != before->count || now->lineup.focus != before->lineup.focus) return true;
    for (int i = 0; i < now->count; i++) {
        const ac_seen *a = &now->seen[i], *b = &before->seen[i];
        if (a->id != b->id || AC_SCENE_PLACEHOLDER(a->number) != AC_SCENE_PLACEHOLDER(b->number)) return true;
        resized |= a->width != b->width || a->height != b->height;
    }
    /* More or fewer pixels of the same shape stand where the others stood. */
    return resized && ac_screen_moves(&r->screen, now->seen, now->count, now->lineup.focus);
}

static bool same(const situation *a, const situation *b) {
    return a->count == b->count && a->alone == b->alone &&
           memcmp(&a->lineup, &b->lineup, sizeof a->lineup) == 0 &&
           memcmp(a->seen, b->seen, (size_t)a->count * sizeof *a->seen) == 0;
}

/* --- Showing it --- */

static bool only_changes(const renderer *r) {
    return r->screen.view.changes && r->shown.count >= 0;
}

/* All that decides what is sent: equal keys, equal bytes. Returns its size. */
static uint32_t make_key(const renderer *r, uint8_t *key) {
    uint8_t *at = key;
    memcpy(at, &r->look, sizeof r->look);
    at += sizeof r->look;
    const situation *parts[] = {&r->drawn, &r->shown};
    for (int i = 0; i < (only_changes(r) ? 2 : 1); i++) {
        const size_t seen = (size_t)parts[i]->count * sizeof(ac_seen);
        const uint8_t rest[] = {(uint8_t)parts[i]->count, parts[i]->alone,       parts[i]->lineup.focus,
                                parts[i]->lineup.hidden,  parts[i]->lineup.page, parts[i]->lineup.pages};
        memcpy(at, rest, sizeof rest);
        memcpy(at + sizeof rest, parts[i]->seen, seen);
        at += sizeof rest + seen;
    }
    return (uint32_t)(at - key);
}
_Static_assert(sizeof(ac_view) + 2 * (6 + AC_ROOM_SLOTS * sizeof(ac_seen)) <= AC_SHARED_KEY,
               "the key of a full room must fit");

static bool render(renderer *r) {
    ac_count(&r->room->views.pictures_made, 1);
    return ac_screen_render(&r->screen, only_changes(r)) ||
           (only_changes(r) && ac_screen_render(&r->screen, false));
}

static void put(renderer *r, uint32_t length) {
    /* Of a viewer that takes changes, whole pictures are the exception. */
    if (only_changes(r) == (r->screen.view.changes != 0)) ac_fit_made(&r->fit, length);
    ac_outbox_picture_put(&r->peer->outbox, AC_ASCII_FRAME, length, r->layout_number);
    r->waiting = true;
}

static void put_copy(renderer *r, const uint8_t *bytes, size_t length) {
    uint8_t *payload = ac_outbox_picture_begin(&r->peer->outbox, length);
    if (payload == NULL) return;
    memcpy(payload, bytes, length);
    put(r, (uint32_t)length);
}

/* Draw into our own outbox, for nobody else. */
static void draw_alone(renderer *r) {
    if (!render(r)) return;
    uint8_t *payload = ac_outbox_picture_begin(&r->peer->outbox, ac_screen_payload_bound(&r->screen));
    if (payload != NULL) put(r, (uint32_t)ac_screen_payload(&r->screen, payload));
}

static void draw_for_all(renderer *r, ac_shared_view *view) {
    uint8_t *payload = NULL;
    if (render(r)) payload = ac_shared_view_reserve(view, ac_screen_payload_bound(&r->screen));
    if (payload != NULL) view->length = ac_screen_payload(&r->screen, payload);
    ac_shared_view_made(&r->room->views, view, payload != NULL);
    if (payload != NULL) put_copy(r, view->bytes, view->length);
    ac_shared_view_done(view);
}

static void show(renderer *r) {
    ac_shared_views *views = &r->room->views;
    ac_shared_view *view;
    uint8_t key[AC_SHARED_KEY];
    ac_count(&r->peer->counts.renders, 1);
    if (r->screen.own) {
        draw_alone(r);
        return;
    }
    switch (ac_shared_view_find(views, key, make_key(r, key), &view)) {
    case AC_SHARED_HAVE:
        put_copy(r, view->bytes, view->length);
        ac_shared_view_done(view);
        ac_count(&views->pictures_shared, 1);
        break;
    case AC_SHARED_MAKE:
        draw_for_all(r, view);
        break;
    case AC_SHARED_ALONE:
        draw_alone(r);
        break;
    }
}

/* Draw what is stale. */
static void draw(renderer *r) {
    ac_shared_views *views = &r->room->views;
    for (int i = 0; i < r->drawn.count; i++) {
        bool made;
        if (r->frames[i] != NULL &&
            ac_screen_draw(&r->screen, i, &r->sources[i]->frames, r->frames[i], &made))
            ac_count(made ? &views->tiles_made : &views->tiles_shared, 1);
    }
}

/* What was handed over last has gone to the viewer, or never will: a frame of changes must start from what it
   has. */
static void settle(renderer *r) {
    if (r->waiting && !ac_outbox_picture_recall(&r->peer->outbox)) {
        ac_screen_shown(&r->screen);
        r->shown = r->drawn;
    }
    r->waiting = false;
}

/* How large pictures are drawn here now, for those who send them; without `now`: none is. */
static void tell_sizes(renderer *r, const situation *now) {
    uint32_t row[AC_PICTURE_SIZES] = {0};
    for (int i = 0; now != NULL && i < now->count; i++) {
        int width, height;
        ac_screen_picture_size(&r->screen, i, &width, &height);
        row[now->seen[i].slot] = ac_picture_size(width, height);
    }
    ac_picture_sizes_put(&r->room->sizes, r->slot, row);
}

/* One tick: look at the room, and show what changed. */
static void tick(renderer *r) {
    situation now;
    ac_name names[AC_ROOM_SLOTS];
    const uint64_t now_ns = ac_now_ns();
    /* The next tick is soon enough for what may not go before it. */
    if (ac_link_next(&r->peer->link) > now_ns + TICK_NS) return;
    gather(r, &now, names);
    const bool recolored = fit_line(r, now_ns);
    if (recolored || !same(&now, &r->drawn)) {
        settle(r);
        if (recolored) r->shown.count = -1;
        const bool arrange = moved(r, &now);
        r->drawn = now;
        if (arrange) {
            ac_screen_arrange(&r->screen, now.seen, now.count, now.lineup.focus);
            tell_sizes(r, &now);
            r->layout_number++;
            r->shown.count = -1;
        }
        draw(r);
        ac_screen_label(&r->screen, now.seen, names, &now.lineup, now.alone);
        if (r->shown.count < 0 || ac_screen_differs(&r->screen)) show(r);
    }
    let_go(r, now.count);
}

int ac_video(ac_peer *peer, ac_room *room, int slot) {
    renderer r = {.peer = peer,
                  .room = room,
                  .slot = slot,
                  .view_version = UINT32_MAX,
                  .screen = {.spares = &room->spares},
                  .drawn = {.count = -1},
                  .shown = {.count = -1},
                  .focused = -1};
    bool alive = true;
    ac_sharpen_thread();
    /* All viewers count from the room's start, so that they draw the same moments. */
    ac_pace_start(&peer->video_pace, room->start_ns + ac_scene_phase_ns(slot), AC_SCENE_RATE);
    ac_pace_skip(&peer->video_pace, ac_now_ns());
    while (alive && ac_pace_wait(&peer->video_pace, &peer->tick, &peer->stop)) {
        if (!atomic_load_explicit(&peer->view_known, memory_order_acquire)) continue;
        alive = take_view(&r);
        if (alive && r.screen.view.wants_video)
            tick(&r);
        else
            tell_sizes(&r, NULL);
    }
    tell_sizes(&r, NULL);
    ac_screen_destroy(&r.screen);
    return alive ? 0 : -1;
}
