/* Who is on a viewer's screen. */
#include <string.h>

#include "call/lineup.h"
#include "check.h"
#include "picture/layout.h"

static ac_scene scene;
static ac_view view;
static ac_lineup lineup;
static int focused;

static void call_of(int people) {
    memset(&scene, 0, sizeof scene);
    for (int slot = 0; slot < people; slot++) atomic_store(&scene.number[slot], 1);
    atomic_store(&scene.speaker, -1);
    memset(&view, 0, sizeof view);
    view.columns = 80;
    view.rows = 24;
    view.focus = AC_FOCUS_SPEAKER;
    focused = -1;
}

static void choose(int own) {
    ac_lineup_choose(&view, &scene, own, &focused, &lineup);
    bool seen[AC_SCENE_SOURCES] = {false};
    for (int i = 0; i < lineup.count; i++) {
        CHECK(!seen[lineup.slots[i]]);
        seen[lineup.slots[i]] = true;
    }
}

static void while_there_is_room_everybody_is_in_a_grid(void) {
    for (int people = 0; people <= 20; people++) {
        call_of(people);
        choose(0);
        CHECK(lineup.count == people && !lineup.focus && lineup.hidden == 0);
    }
}

static void in_a_crowd_the_speaker_is_large(void) {
    call_of(32);
    atomic_store(&scene.speaker, 17);
    choose(0);
    CHECK(lineup.focus && lineup.slots[0] == 17);
    CHECK(lineup.count == 1 + ac_layout_strip(80, 24) && lineup.count + lineup.hidden == 32);
    atomic_store(&scene.speaker, 0); /* oneself: the other stays */
    choose(0);
    CHECK(lineup.slots[0] == 17);
    atomic_store(&scene.number[17], AC_SCENE_NOTHING); /* who leaves does not */
    choose(0);
    CHECK(lineup.slots[0] == 1);
}

static void one_can_be_chosen(void) {
    call_of(3);
    view.arrangement = AC_ARRANGE_FOCUS;
    view.focus = 2;
    atomic_store(&scene.speaker, 1);
    choose(0);
    CHECK(lineup.focus && lineup.slots[0] == 2 && lineup.count == 3);
    view.focus = 9; /* nobody there: who speaks */
    choose(0);
    CHECK(lineup.slots[0] == 1);
    view.focus = 0; /* also oneself, if that is wanted */
    choose(0);
    CHECK(lineup.slots[0] == 0);
    call_of(1);
    view.arrangement = AC_ARRANGE_FOCUS;
    choose(0);
    CHECK(lineup.count == 1 && lineup.slots[0] == 0);
}

static void every_page_is_readable_and_together_they_show_all(void) {
    call_of(32);
    view.arrangement = AC_ARRANGE_PAGES;
    bool seen[32] = {false};
    int all = 0;
    choose(0);
    const int pages = lineup.pages;
    CHECK(pages == 2);
    for (int page = 0; page < pages; page++) {
        view.page = (uint8_t)page;
        choose(0);
        CHECK(lineup.page == page && lineup.count >= 1 && lineup.count <= ac_layout_room(80, 24));
        for (int i = 0; i < lineup.count; i++) {
            CHECK(!seen[lineup.slots[i]]);
            seen[lineup.slots[i]] = true;
            all++;
        }
    }
    CHECK(all == 32);
    view.page = 2; /* beyond the last it begins anew */
    choose(0);
    CHECK(lineup.page == 0);
}

static void a_grid_is_everybody_when_asked_for(void) {
    call_of(32);
    view.arrangement = AC_ARRANGE_GRID;
    choose(0);
    CHECK(lineup.count == 32 && !lineup.focus);
}

static void one_need_not_see_oneself(void) {
    call_of(3);
    view.hide_self = 1;
    choose(1);
    CHECK(lineup.count == 2 && lineup.slots[0] == 0 && lineup.slots[1] == 2);
}

static void a_focus_covers_the_screen(void) {
    double aspects[AC_LAYOUT_MAX];
    for (int i = 0; i < AC_LAYOUT_MAX; i++) aspects[i] = 16.0 / 9;
    for (int width = 20; width < 260; width += 13) {
        for (int height = 8; height < 90; height += 5) {
            const int room = ac_layout_strip(width, height);
            for (int count = 1; count <= AC_LAYOUT_MAX; count += 3) {
                ac_layout layout;
                ac_layout_focus(width, height, count, aspects, 0, &layout);
                CHECK(layout.count == 1 + (count - 1 < room ? count - 1 : room) ||
                      layout.count == AC_LAYOUT_MAX);
                for (int i = 0; i < layout.count; i++) {
                    const ac_rect *cell = &layout.cell[i], *image = &layout.image[i];
                    CHECK(cell->width > 0 && cell->height > 0 && cell->x >= 0 && cell->y >= 0);
                    CHECK(cell->x + cell->width <= width && cell->y + cell->height <= height);
                    CHECK(image->x >= cell->x && image->y >= cell->y);
                    CHECK(image->x + image->width <= cell->x + cell->width);
                    CHECK(image->y + image->height <= cell->y + cell->height);
                    if (i > 1) CHECK(cell->x == layout.cell[i - 1].x + layout.cell[i - 1].width);
                }
                CHECK(layout.cell[0].height >= height * 3 / 5);
            }
        }
    }
}

int main(void) {
    while_there_is_room_everybody_is_in_a_grid();
    in_a_crowd_the_speaker_is_large();
    one_can_be_chosen();
    every_page_is_readable_and_together_they_show_all();
    a_grid_is_everybody_when_asked_for();
    one_need_not_see_oneself();
    a_focus_covers_the_screen();
    return 0;
}
