#include "lineup.h"

#include <string.h>

#include "picture/layout.h"

static bool shown(const ac_lineup *all, int slot) {
    for (int i = 0; i < all->count; i++)
        if (all->slots[i] == slot) return true;
    return false;
}

static int choose_focus(const ac_view *view, const ac_scene *scene, int own, int before,
                        const ac_lineup *all) {
    if (view->arrangement == AC_ARRANGE_FOCUS && shown(all, view->focus)) return view->focus;
    const int speaker = atomic_load_explicit(&scene->speaker, memory_order_relaxed);
    if (speaker != own && shown(all, speaker)) return speaker;
    if (before != own && shown(all, before)) return before;
    for (int i = 0; i < all->count; i++)
        if (all->slots[i] != own) return all->slots[i];
    return all->slots[0];
}

static void focus_on(int slot, int room, const ac_lineup *all, ac_lineup *lineup) {
    lineup->focus = true;
    lineup->slots[lineup->count++] = (uint8_t)slot;
    for (int i = 0; i < all->count && lineup->count <= room; i++)
        if (all->slots[i] != slot) lineup->slots[lineup->count++] = all->slots[i];
    lineup->hidden = (uint8_t)(all->count - lineup->count);
}

void ac_lineup_choose(const ac_view *view, const ac_scene *scene, int own, int *focused, ac_lineup *lineup) {
    ac_lineup all = {0};
    for (int slot = 0; slot < AC_SCENE_SOURCES; slot++) {
        if (slot == own && view->hide_self) continue;
        if (atomic_load_explicit(&scene->number[slot], memory_order_relaxed) != AC_SCENE_NOTHING)
            all.slots[all.count++] = (uint8_t)slot;
    }
    memset(lineup, 0, sizeof *lineup);
    const int room = ac_layout_room(view->columns, view->rows);
    const bool crowded = all.count > room;
    const bool focus =
        view->arrangement == AC_ARRANGE_FOCUS || (view->arrangement == AC_ARRANGE_AUTO && crowded);
    if (focus && all.count > 1) {
        *focused = choose_focus(view, scene, own, *focused, &all);
        focus_on(*focused, ac_layout_strip(view->columns, view->rows), &all, lineup);
    } else if (view->arrangement == AC_ARRANGE_PAGES && crowded) {
        lineup->pages = (uint8_t)((all.count + room - 1) / room);
        lineup->page = view->page % lineup->pages;
        for (int i = lineup->page * room; i < all.count && lineup->count < room; i++)
            lineup->slots[lineup->count++] = all.slots[i];
        lineup->hidden = (uint8_t)(all.count - lineup->count);
    } else
        *lineup = all;
}
