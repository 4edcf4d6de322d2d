/* The rasteriser: exact texts, the bound, and every variant equal to the specification. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"
#include "check.h"
#include "picture/raster.h"

static uint32_t seed = 1;

static uint32_t noise(void) {
    seed = seed * 1664525 + 1013904223;
    return seed >> 8;
}

static void expect(ac_raster_style style, const uint8_t *pixels, int columns, int rows, const char *wanted) {
    char *text = malloc(ac_raster_bound(&style, columns, rows));
    const size_t length = ac_raster(&style, pixels, columns, rows, columns * 3, text);
    if (length != strlen(wanted) || memcmp(text, wanted, length) != 0) {
        fprintf(stderr, "got    %.*s\nwanted %s\n", (int)length, text, wanted);
        exit(1);
    }
    free(text);
}

static ac_raster_style style_of(int color, int mode) {
    static ac_palette palette;
    CHECK(ac_palette_build(&palette, " .#", 3) == 0);
    return (ac_raster_style){(uint8_t)color, (uint8_t)mode, true, false, &palette, 0xFF, false};
}

static void texts_are_exact(void) {
    static const uint8_t pixels[] = {255, 0, 0, 255, 0, 0, 0, 0, 0, 1, 200, 30};
    expect(style_of(AC_COLOR_NONE, AC_RENDER_FOREGROUND), pixels, 4, 1, ".. .");
    expect(style_of(AC_COLOR_NONE, AC_RENDER_BACKGROUND), pixels, 2, 2, "..\n .");
    expect(style_of(AC_COLOR_TRUE, AC_RENDER_FOREGROUND), pixels, 4, 1,
           "\033[38;2;255;0;0m.. \033[38;2;1;200;30m.\033[0m");
    expect(style_of(AC_COLOR_TRUE, AC_RENDER_FOREGROUND), pixels, 2, 2,
           "\033[38;2;255;0;0m..\n \033[38;2;1;200;30m.\033[0m");
    expect(style_of(AC_COLOR_256, AC_RENDER_FOREGROUND), pixels, 4, 1,
           "\033[38;5;196m.. \033[38;5;40m.\033[0m");
    expect(style_of(AC_COLOR_16, AC_RENDER_FOREGROUND), pixels, 4, 1, "\033[91m.. \033[32m.\033[0m");
    expect(style_of(AC_COLOR_TRUE, AC_RENDER_BACKGROUND), pixels, 2, 2,
           "\033[38;2;255;255;255;48;2;255;0;0m..\033[0m\n"
           "\033[48;2;0;0;0m \033[38;2;255;255;255;48;2;1;200;30m.\033[0m");
    expect(style_of(AC_COLOR_TRUE, AC_RENDER_HALF_BLOCK), pixels, 2, 1,
           "\033[38;2;255;0;0;48;2;0;0;0m▀\033[48;2;1;200;30m▀\033[0m");
    expect(style_of(AC_COLOR_NONE, AC_RENDER_HALF_BLOCK), pixels, 2, 1, "░▒");
}

/* Patches of few colours, so that runs occur, with noise between them. */
static void paint(uint8_t *pixels, size_t size) {
    static const uint8_t colors[4][3] = {{0, 0, 0}, {255, 255, 255}, {200, 30, 40}, {127, 128, 127}};
    for (size_t i = 0; i < size;) {
        const uint8_t *color = colors[noise() % 4];
        const size_t run = 3 * (1 + noise() % 40);
        const int random = noise() % 3 == 0;
        for (size_t end = i + run; i < size && i < end; i++)
            pixels[i] = random ? (uint8_t)noise() : color[i % 3];
    }
}

/* The picture and the text's room end where their allocations end, for AddressSanitizer to watch. */
static void equals_specification(ac_raster_style style, int columns, int rows, int gap) {
    const int width = columns * ac_raster_pixels_per_column(&style) * 3, stride = width + gap;
    const int pixel_rows = rows * ac_raster_pixels_per_row(&style);
    const size_t size = (size_t)stride * (pixel_rows - 1) + (size_t)width;
    uint8_t *pixels = malloc(size);
    paint(pixels, size);
    const size_t bound = ac_raster_bound(&style, columns, rows);
    char *wanted = malloc(bound), *got = malloc(bound);
    const size_t wanted_length = ac_raster_scalar(&style, pixels, columns, rows, stride, wanted);
    const size_t length = ac_raster(&style, pixels, columns, rows, stride, got);
    CHECK(length <= bound);
    if (length != wanted_length || memcmp(got, wanted, length) != 0) {
        fprintf(stderr, "level %d, mode %d, %d x %d differs\n", style.color_level, style.render_mode, columns,
                rows);
        exit(1);
    }
    free(pixels);
    free(wanted);
    free(got);
}

static void every_style_equals_the_specification(void) {
    ac_palette custom;
    CHECK(ac_palette_build(&custom, "a é→𝒳█", strlen("a é→𝒳█")) == 0);
    for (int i = 0; i < 6000; i++) {
        const ac_palette *palette = i % 7 == 6 ? &custom : ac_palette_builtin(1 + i % 5);
        const ac_raster_style style = {(uint8_t)(noise() % 4),
                                       (uint8_t)(noise() % AC_RENDER_MODES),
                                       noise() % 4 != 0,
                                       noise() % 2,
                                       palette,
                                       (uint8_t)noise(),
                                       noise() % 2};
        const int columns = i % 100 == 0 ? 400 : 150, rows = i % 100 == 0 ? 120 : 5;
        equals_specification(style, 1 + (int)(noise() % columns), 1 + (int)(noise() % rows),
                             (int)(noise() % 2) * 5);
    }
}

/* Every cell another colour with the longest numbers: the worst case the bound has to hold. */
static void the_bound_holds_the_worst_case(void) {
    enum { COLUMNS = 97, ROWS = 31 };
    static uint8_t pixels[COLUMNS * 2 * ROWS * 4 * 3];
    for (size_t i = 0; i < sizeof pixels; i++) pixels[i] = (uint8_t)(100 + (i * 7 + i / 3 * 13) % 156);
    ac_palette palette;
    CHECK(ac_palette_build(&palette, "𝒳𝒴", 8) == 0);
    for (int color = 0; color < 4; color++)
        for (int mode = 0; mode < AC_RENDER_MODES; mode++) {
            const ac_raster_style style = {(uint8_t)color, (uint8_t)mode, true, false, &palette, 0xFF, false};
            const size_t bound = ac_raster_bound(&style, COLUMNS, ROWS);
            char *text = malloc(bound);
            CHECK(ac_raster(&style, pixels, COLUMNS, ROWS, COLUMNS * 2 * 3, text) <= bound);
            free(text);
        }
}

static void a_picture_without_cells_is_no_text(void) {
    const ac_raster_style style = style_of(AC_COLOR_TRUE, AC_RENDER_FOREGROUND);
    char text[128];
    CHECK(ac_raster(&style, NULL, 0, 5, 0, text) == 0);
    CHECK(ac_raster(&style, NULL, 5, 0, 0, text) == 0);
    CHECK(ac_raster(&style, NULL, -1, -1, 0, text) == 0);
}

static void numbers_out_of_range_are_tame(void) {
    const uint8_t pixel[3] = {255, 255, 255};
    expect((ac_raster_style){77, 99, true, false, NULL, 0, false}, pixel, 1, 1, "M");
    CHECK(ac_palette_builtin(-1) == ac_palette_builtin(AC_PALETTE_STANDARD));
    CHECK(ac_palette_builtin(AC_PALETTE_CUSTOM) == ac_palette_builtin(AC_PALETTE_STANDARD));
    CHECK(ac_palette_builtin(1000) == ac_palette_builtin(AC_PALETTE_STANDARD));
}

static void bad_ramps_are_refused(void) {
    static const struct {
        const char *bytes;
        size_t length;
    } bad[] = {
        {"", 0},
        {"\x80", 1},
        {"\xC3", 1},
        {"\xC0\xAF", 2},
        {"\xE0\x80\xAF", 3},
        {"\xED\xA0\x80", 3},
        {"\xF4\x90\x80\x80", 4},
        {"\xF5\x80\x80\x80", 4},
        {"\xFF", 1},
        {"a\0b", 3},
        {"\033[2J", 4},
        {"a\nb", 3},
        {"\x7F", 1},
        {"\xC2\x9B", 2},
        {"\xE2\x82", 2},
        {"\xE6\xBC\xA2", 3},
        {"\xCC\x81", 2},
    };
    ac_palette palette;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char *copy = malloc(bad[i].length + !bad[i].length); /* ends with its allocation */
        memcpy(copy, bad[i].bytes, bad[i].length);
        CHECK(ac_palette_build(&palette, copy, bad[i].length) == -1);
        free(copy);
    }
    char many[256];
    memset(many, 'x', sizeof many);
    CHECK(ac_palette_build(&palette, many, 255) == 0 && palette.count == 255);
    CHECK(ac_palette_build(&palette, many, 256) == -1);
}

int main(void) {
    static const uint32_t sets[] = {AC_CPU_SCALAR, AC_CPU_SSE42 | AC_CPU_AVX2, UINT32_MAX};
    bad_ramps_are_refused();
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        ac_cpu_restrict(sets[i]);
        texts_are_exact();
        every_style_equals_the_specification();
        the_bound_holds_the_worst_case();
        a_picture_without_cells_is_no_text();
        numbers_out_of_range_are_tame();
    }
    return 0;
}
