/* Layout at its edges: no crash, no overlap, no empty cell from 1 x 1 upward, whatever the aspects. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "check.h"
#include "picture/layout.h"

static void fits(double aspect, int width, int height, int wanted_width, int wanted_height) {
    int fitted_width, fitted_height;
    ac_layout_fit(width, height, aspect, &fitted_width, &fitted_height);
    CHECK(fitted_width == wanted_width && fitted_height == wanted_height);
}

static void usual_pictures_fit(void) {
    fits(1920.0 / 1080, 80, 24, 80, 23);
    fits(640.0 / 480, 80, 24, 64, 24);
    fits(1, 80, 24, 48, 24);
    fits(0.5, 80, 24, 24, 24);
    fits(2, 80, 24, 80, 20);
    fits(1920.0 / 1080, 160, 48, 160, 45);
    fits(480.0 / 270, 120, 40, 120, 34);
}

static void odd_aspects_still_fit(void) {
    fits(1e300, 80, 24, 80, 1);
    fits(1e-300, 80, 24, 1, 24);
    fits(NAN, 80, 24, 77, 24);
    fits(INFINITY, 80, 24, 77, 24);
    fits(-3, 80, 24, 77, 24);
    fits(0, 80, 24, 77, 24);
    fits(1, 0, -5, 1, 1);
}

static int overlap(const ac_rect *a, const ac_rect *b) {
    return a->x < b->x + b->width && b->x < a->x + a->width && a->y < b->y + b->height &&
           b->y < a->y + a->height;
}

static void every_small_screen_holds_what_it_can(void) {
    double aspects[AC_LAYOUT_MAX];
    for (int i = 0; i < AC_LAYOUT_MAX; i++) aspects[i] = i % 7 == 6 ? NAN : 0.3 + i % 5 * 0.6;
    for (int width = 1; width <= 40; width++)
        for (int height = 1; height <= 12; height++)
            for (int count = 1; count <= AC_LAYOUT_MAX; count++) {
                ac_layout layout;
                ac_layout_grid(width, height, count, aspects, count % 2, &layout);
                CHECK(layout.count == (count < width * height ? count : width * height));
                for (int i = 0; i < layout.count; i++) {
                    const ac_rect *cell = &layout.cell[i], *image = &layout.image[i];
                    CHECK(cell->x >= 0 && cell->y >= 0 && cell->width >= 1 && cell->height >= 1);
                    CHECK(cell->x + cell->width <= width && cell->y + cell->height <= height);
                    CHECK(image->x >= cell->x && image->y >= cell->y && image->width >= 1 &&
                          image->height >= 1);
                    CHECK(image->x + image->width <= cell->x + cell->width);
                    CHECK(image->y + image->height <= cell->y + cell->height);
                    for (int j = 0; j < i; j++) CHECK(!overlap(cell, &layout.cell[j]));
                }
            }
}

static void nothing_to_lay_out_is_nothing(void) {
    const double aspect = 1;
    ac_layout layout;
    memset(&layout, 0xFF, sizeof layout);
    ac_layout_grid(80, 24, 0, &aspect, 0, &layout);
    CHECK(layout.count == 0);
    ac_layout_grid(0, 24, 1, &aspect, 0, &layout);
    CHECK(layout.count == 0);
    ac_layout_grid(80, -1, 1, &aspect, 0, &layout);
    CHECK(layout.count == 0);
}

static void more_than_32_sources_are_cut_to_32(void) {
    double aspects[40];
    for (int i = 0; i < 40; i++) aspects[i] = 1.5;
    ac_layout layout;
    ac_layout_grid(300, 100, 40, aspects, 0, &layout);
    CHECK(layout.count == AC_LAYOUT_MAX);
}

static void a_last_row_stands_in_the_middle(void) {
    const double aspects[] = {16.0 / 9, 16.0 / 9, 16.0 / 9};
    ac_layout layout;
    ac_layout_grid(80, 24, 3, aspects, 0, &layout);
    CHECK(layout.columns == 2 && layout.rows == 2);
    CHECK(layout.cell[2].x == 20 && layout.cell[2].width == 40 && layout.cell[2].y == 12);
}

int main(void) {
    usual_pictures_fit();
    odd_aspects_still_fit();
    every_small_screen_holds_what_it_can();
    nothing_to_lay_out_is_nothing();
    more_than_32_sources_are_cut_to_32();
    a_last_row_stands_in_the_middle();
    return 0;
}
