/* The payload of IMAGE_FRAME, and what becomes of the picture: it is scaled to a few sizes and drawn. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "line.h"
#include "picture/raster.h"
#include "picture/scale.h"
#include "wire/packet.h"

static void draw(ac_frame *frame, int columns, int rows, uint8_t choice) {
    ac_raster_style style = {.color_level = choice % 4,
                             .render_mode = choice / 4 % AC_RENDER_MODES,
                             .utf8 = choice / 32 % 2,
                             .rep = choice / 64 % 2,
                             .glyphs = choice / 16 % 16,
                             .palette = ac_palette_builtin(1 + choice % 5)};
    int width = columns * ac_raster_pixels_per_column(&style),
        height = rows * ac_raster_pixels_per_row(&style);
    uint8_t *scaled = malloc((size_t)width * (size_t)height * 3);
    CHECK(scaled != NULL);
    ac_scale(frame->pixels, frame->width, frame->height, frame->width * 3, scaled, width, height, width * 3);
    size_t bound = ac_raster_bound(&style, columns, rows);
    char *text = malloc(bound);
    CHECK(text != NULL);
    CHECK(ac_raster(&style, scaled, columns, rows, width * 3, text) <= bound);
    free(text);
    free(scaled);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    ac_frames *frames = line_receive_payload(AC_IMAGE_FRAME, data, size);
    ac_frame *frame = ac_frames_pin(frames);
    if (frame == NULL) return 0;
    CHECK((size_t)frame->width * (size_t)frame->height * 3 + 24 <= size);
    draw(frame, 1, 1, data[size - 1]);
    draw(frame, 7, 3, data[size - 1]);
    draw(frame, 40, 6, (uint8_t)(data[size - 1] + 7));
    ac_frame_unpin(frames, frame);
    return 0;
}
