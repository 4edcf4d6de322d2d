/* A palette out of CLIENT_CAPABILITIES, and a picture drawn with it. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "line.h"
#include "picture/raster.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    enum { COLUMNS = 16, ROWS = 2 };
    static uint8_t pixels[COLUMNS * 2 * ROWS * 4 * 3];
    char *ramp = malloc(size + 1); /* one more only if there is nothing */
    CHECK(ramp != NULL);
    if (size) {
        ramp = realloc(ramp, size);
        CHECK(ramp != NULL);
        memcpy(ramp, data, size);
    }
    ac_palette palette;
    memset(&palette, 0, sizeof palette);
    if (ac_palette_build(&palette, ramp, size) == 0) {
        CHECK(palette.count > 0);
        for (size_t i = 0; i < sizeof pixels; i++) pixels[i] = (uint8_t)(i * 255 / sizeof pixels);
        for (int choice = 0; choice < 4 * AC_RENDER_MODES * 4; choice++) {
            ac_raster_style style = {.color_level = (uint8_t)(choice % 4),
                                     .render_mode = (uint8_t)(choice / 4 % AC_RENDER_MODES),
                                     .utf8 = choice / 32 % 2,
                                     .rep = choice / 64 % 2,
                                     .glyphs = 15,
                                     .palette = &palette};
            size_t bound = ac_raster_bound(&style, COLUMNS, ROWS);
            char *text = malloc(bound);
            CHECK(text != NULL);
            int stride = COLUMNS * ac_raster_pixels_per_column(&style) * 3;
            CHECK(ac_raster(&style, pixels, COLUMNS, ROWS, stride, text) <= bound);
            free(text);
        }
    }
    free(ramp);
    return 0;
}
