#include "scene.h"

#include <stddef.h>

#include "base/clock.h"

#define WAIT_NS UINT64_C(1000000)
#define MOMENTS ((AC_SCENE_SOURCES + AC_SCENE_VIEWERS - 1) / AC_SCENE_VIEWERS) /* in a sixtieth */

uint64_t ac_scene_phase_ns(int slot) {
    return (uint64_t)slot * 1000000000u / AC_SCENE_RATE / AC_SCENE_SOURCES;
}

uint64_t ac_scene_moment(uint64_t since_ns, int slot) {
    const uint64_t phase = ac_scene_phase_ns(slot);
    const uint64_t sixtieth = since_ns < phase ? 0 : (since_ns - phase) * AC_SCENE_RATE / 1000000000u;
    return sixtieth * MOMENTS + (uint64_t)slot / AC_SCENE_VIEWERS;
}

ac_scene *ac_scene_at(ac_scenes *scenes, uint64_t moment, int *first) {
    ac_scene *scene = &scenes->scenes[moment % AC_SCENES];
    uint64_t claimed = atomic_load_explicit(&scene->claimed, memory_order_relaxed);
    *first = 0;
    while (claimed < moment + 1) {
        if (atomic_compare_exchange_weak_explicit(&scene->claimed, &claimed, moment + 1, memory_order_acq_rel,
                                                  memory_order_relaxed)) {
            *first = 1;
            return scene;
        }
    }
    uint64_t deadline = 0;
    for (;;) {
        uint32_t ticket = ac_wake_ticket(&scenes->made);
        uint64_t noted = atomic_load_explicit(&scene->noted, memory_order_acquire);
        if (noted == moment + 1) return scene;
        if (noted > moment + 1 || claimed > moment + 1) return NULL; /* we are 67 ms late */
        if (deadline == 0) deadline = ac_now_ns() + WAIT_NS;
        if (!ac_wake_wait(&scenes->made, ticket, deadline)) return NULL;
    }
}

void ac_scene_noted(ac_scenes *scenes, ac_scene *scene, uint64_t moment) {
    atomic_store_explicit(&scene->noted, moment + 1, memory_order_release);
    ac_wake_signal(&scenes->made);
}
