/* A narrow line has as many colours as it carries, without going to and fro. */
#include "call/fit.h"
#include "check.h"
#include "picture/raster.h"

#define MS UINT64_C(1000000)

static const uint64_t whole[] = {1900, 6000, 10000, 34000}; /* bytes of a picture of 80 x 24, by colours */

/* So many pictures, one every 100 ms; returns how often the level changed. */
static int show(ac_fit *fit, uint64_t *now, int pictures, uint64_t budget, uint64_t scale) {
    int changes = 0;
    for (int i = 0; i < pictures; i++, *now += 100 * MS) {
        const uint8_t before = fit->level, level = ac_fit_choose(fit, AC_COLOR_TRUE, budget, *now);
        changes += level != before;
        ac_fit_made(fit, whole[level] * scale / 100);
    }
    return changes;
}

static void without_a_budget_all_colours_stay(void) {
    ac_fit fit;
    uint64_t now = 0;
    ac_fit_begin(&fit, AC_COLOR_TRUE);
    CHECK(show(&fit, &now, 1000, 0, 100) == 0);
}

static void the_most_colours_that_fit_are_found_and_kept(void) {
    static const struct {
        uint64_t budget;
        uint8_t level;
    } cases[] = {{40000, AC_COLOR_TRUE}, {12500, AC_COLOR_256}, {8000, AC_COLOR_16}, {3000, AC_COLOR_NONE}};
    for (int i = 0; i < 4; i++) {
        ac_fit fit;
        uint64_t now = 0;
        ac_fit_begin(&fit, AC_COLOR_TRUE);
        show(&fit, &now, 30, cases[i].budget, 100);
        CHECK(fit.level == cases[i].level);
        /* A minute later it is the same; more was tried a few times at most. */
        CHECK(show(&fit, &now, 600, cases[i].budget, 100) <= 6);
    }
}

static void colours_come_back_with_room_or_with_simpler_pictures(void) {
    ac_fit fit;
    uint64_t now = 0;
    ac_fit_begin(&fit, AC_COLOR_TRUE);
    show(&fit, &now, 30, 8000, 100);
    CHECK(fit.level == AC_COLOR_16);
    show(&fit, &now, 100, 60000, 100);
    CHECK(fit.level == AC_COLOR_TRUE);
    show(&fit, &now, 30, 8000, 100);
    CHECK(fit.level == AC_COLOR_16);
    show(&fit, &now, 3000, 8000, 10);
    CHECK(fit.level == AC_COLOR_TRUE);
    CHECK(ac_fit_choose(&fit, AC_COLOR_TRUE, 0, now) == AC_COLOR_TRUE);
}

static void never_more_than_the_viewer_can_show(void) {
    ac_fit fit;
    ac_fit_begin(&fit, AC_COLOR_256);
    for (uint64_t now = 0; now < 100000 * MS; now += 100 * MS) {
        CHECK(ac_fit_choose(&fit, AC_COLOR_256, 1000000, now) == AC_COLOR_256);
        ac_fit_made(&fit, 10);
    }
}

int main(void) {
    without_a_budget_all_colours_stay();
    the_most_colours_that_fit_are_found_and_kept();
    colours_come_back_with_room_or_with_simpler_pictures();
    never_more_than_the_viewer_can_show();
    return 0;
}
