/* Shared pictures and scenes: made once, the same for all, and nobody waits for long. */
#include <pthread.h>
#include <string.h>

#include "base/pace.h"
#include "call/scene.h"
#include "call/shared_view.h"
#include "check.h"
#include "picture/frame.h"

static ac_shared_views views;
static ac_scenes scenes;

static void make(ac_shared_view *view, int value) {
    uint8_t *bytes = ac_shared_view_reserve(view, 64);
    CHECK(bytes != NULL);
    memset(bytes, value, 64);
    view->length = 64;
}

static void the_second_viewer_gets_what_the_first_made(void) {
    ac_shared_view *view;
    CHECK(ac_shared_view_find(&views, "key", 3, &view) == AC_SHARED_MAKE);
    make(view, 7);
    ac_shared_view_made(&views, view, true);
    ac_shared_view_done(view);
    ac_shared_view *again;
    CHECK(ac_shared_view_find(&views, "key", 3, &again) == AC_SHARED_HAVE);
    CHECK(again == view && again->length == 64 && again->bytes[63] == 7);
    ac_shared_view_done(again);
}

static void what_came_to_nothing_is_made_again(void) {
    ac_shared_view *view;
    CHECK(ac_shared_view_find(&views, "bad", 3, &view) == AC_SHARED_MAKE);
    ac_shared_view_made(&views, view, false);
    ac_shared_view_done(view);
    CHECK(ac_shared_view_find(&views, "bad", 3, &view) == AC_SHARED_MAKE);
    ac_shared_view_made(&views, view, false);
    ac_shared_view_done(view);
}

static void nobody_waits_long_for_a_slow_maker(void) {
    ac_shared_view *view, *other;
    CHECK(ac_shared_view_find(&views, "slow", 4, &view) == AC_SHARED_MAKE);
    uint64_t least = UINT64_MAX; /* of a few: this thread may be held up for long */
    for (int i = 0; i < 5; i++) {
        uint64_t before = ac_now_ns();
        CHECK(ac_shared_view_find(&views, "slow", 4, &other) == AC_SHARED_ALONE);
        uint64_t took = ac_now_ns() - before;
        if (took < least) least = took;
    }
    CHECK(least < 100000000u);
    ac_shared_view_made(&views, view, false);
    ac_shared_view_done(view);
}

static void a_moment_is_noted_once(void) {
    int first;
    ac_scene *scene = ac_scene_at(&scenes, 5, &first);
    CHECK(scene != NULL && first);
    atomic_store(&scene->number[3], 99);
    ac_scene_noted(&scenes, scene, 5);
    ac_scene *again = ac_scene_at(&scenes, 5, &first);
    CHECK(again == scene && !first && atomic_load(&again->number[3]) == 99);
    CHECK(ac_scene_at(&scenes, 5 + AC_SCENES, &first) == scene && first);
    ac_scene_noted(&scenes, scene, 5 + AC_SCENES);
    CHECK(ac_scene_at(&scenes, 5, &first) == NULL && !first); /* long gone */
}

static uint64_t drawn_by(int slot, uint64_t sixtieth, uint64_t late_ns) {
    return ac_scene_moment(sixtieth * 1000000000u / AC_SCENE_RATE + ac_scene_phase_ns(slot) + 1 + late_ns,
                           slot);
}

static void neighbours_share_a_moment_and_each_sixtieth_has_its_own(void) {
    for (uint64_t sixtieth = 0; sixtieth < 200; sixtieth++)
        for (int slot = 0; slot < AC_SCENE_SOURCES; slot++) {
            const int first = slot - slot % AC_SCENE_VIEWERS;
            const uint64_t moment = drawn_by(slot, sixtieth, 0);
            CHECK(moment == drawn_by(first, sixtieth, 0));
            CHECK(moment == drawn_by(slot, sixtieth, 15000000)); /* late, but before its next tick */
            CHECK(moment < drawn_by(slot, sixtieth + 1, 0));
            CHECK(first == 0 || moment == drawn_by(first - 1, sixtieth, 0) + 1);
        }
    /* Nobody shows what is older for the sake of sharing than it is kept. */
    CHECK(ac_scene_phase_ns(AC_SCENE_VIEWERS - 1) < AC_FRAME_LOOK_NS);
    CHECK(ac_scene_phase_ns(AC_SCENE_SOURCES - 1) < 16666667);
    CHECK(ac_scene_moment(0, AC_SCENE_SOURCES - 1) == (AC_SCENE_SOURCES - 1) / AC_SCENE_VIEWERS);
}

enum { VIEWERS = 4, PICTURES = 4000 };
static _Atomic uint32_t made;

static void *view_pictures(void *unused) {
    for (uint32_t number = 1; number <= PICTURES; number++) {
        uint32_t key[2] = {number, number % 3};
        ac_shared_view *view;
        switch (ac_shared_view_find(&views, key, sizeof key, &view)) {
        case AC_SHARED_MAKE:
            make(view, (int)number);
            atomic_fetch_add(&made, 1);
            ac_shared_view_made(&views, view, true);
            ac_shared_view_done(view);
            break;
        case AC_SHARED_HAVE:
            for (int i = 0; i < 64; i++) CHECK(view->bytes[i] == (uint8_t)number);
            ac_shared_view_done(view);
            break;
        case AC_SHARED_ALONE:
            break;
        }
    }
    return unused;
}

static void viewers_between_them_see_only_whole_pictures(void) {
    pthread_t threads[VIEWERS];
    for (int v = 0; v < VIEWERS; v++) CHECK(pthread_create(&threads[v], NULL, view_pictures, NULL) == 0);
    for (int v = 0; v < VIEWERS; v++) pthread_join(threads[v], NULL);
    CHECK(atomic_load(&made) <= VIEWERS * PICTURES);
}

int main(void) {
    the_second_viewer_gets_what_the_first_made();
    what_came_to_nothing_is_made_again();
    nobody_waits_long_for_a_slow_maker();
    a_moment_is_noted_once();
    neighbours_share_a_moment_and_each_sixtieth_has_its_own();
    viewers_between_them_see_only_whole_pictures();
    ac_shared_views_destroy(&views);
    return 0;
}
