#include "screen.h"

#include <stdlib.h>
#include <string.h>

#include "codec.h"
#include "crc32c.h"
#include "packet.h"
#include "scale.h"

#define FRAME_HEADER 24u
#define COMPRESS_FROM 1024u /* bytes below which compressing does not pay */
#define TEXT_LIMIT (AC_PACKET_SEND_LIMIT - 128u)
enum { FLAG_COLOR = 1, FLAG_ZSTD = 2 };

void ac_screen_destroy(ac_screen *screen) {
    if (screen->zstd != NULL) ac_zstd_api.free_cctx(screen->zstd);
    free(screen->canvas);
    free(screen->spare);
    free(screen->text);
    memset(screen, 0, sizeof *screen);
}

static size_t canvas_bytes(const ac_screen *screen) {
    return (size_t)screen->view.columns * screen->view.rows *
           (size_t)ac_raster_pixels_per_row(&screen->style) * 3;
}

bool ac_screen_set_view(ac_screen *screen, const ac_view *view) {
    const ac_palette *palette = ac_palette_builtin(view->palette);
    if (view->palette == AC_PALETTE_CUSTOM &&
        ac_palette_build(&screen->custom, view->ramp, view->ramp_length) == 0)
        palette = &screen->custom;
    screen->view = *view;
    screen->style = (ac_raster_style){.color_level = view->color_level,
                                      .render_mode = view->render_mode,
                                      .utf8 = view->utf8,
                                      .rep = view->rep,
                                      .palette = palette};
    free(screen->canvas);
    free(screen->spare);
    screen->canvas = malloc(canvas_bytes(screen));
    screen->spare = malloc(canvas_bytes(screen));
    return screen->canvas != NULL && screen->spare != NULL;
}

/* All of the canvas for a viewer that wants padding, else what the pictures cover. */
static void choose_area(ac_screen *screen) {
    const ac_layout *layout = &screen->layout;
    screen->area = (ac_rect){0, 0, screen->view.columns, screen->view.rows};
    if (screen->view.padding || layout->count == 0) return;
    int left = screen->view.columns, top = screen->view.rows, right = 0, bottom = 0;
    for (int i = 0; i < layout->count; i++) {
        const ac_rect *image = &layout->image[i];
        if (image->x < left) left = image->x;
        if (image->y < top) top = image->y;
        if (image->x + image->width > right) right = image->x + image->width;
        if (image->y + image->height > bottom) bottom = image->y + image->height;
    }
    screen->area = (ac_rect){left, top, right - left, bottom - top};
}

void ac_screen_arrange(ac_screen *screen, const ac_seen *seen, int count) {
    double aspects[AC_LAYOUT_MAX];
    for (int i = 0; i < count; i++) aspects[i] = (double)seen[i].width / seen[i].height;
    memset(&screen->layout, 0, sizeof screen->layout);
    if (count)
        ac_layout_grid(screen->view.columns, screen->view.rows, count, aspects, screen->view.stretch,
                       &screen->layout);
    choose_area(screen);
    memset(screen->canvas, 0, canvas_bytes(screen));
    memset(screen->drawn, 0, sizeof screen->drawn);
}

bool ac_screen_draw(ac_screen *screen, int place, ac_frame *frame, bool *made) {
    if (place >= screen->layout.count || screen->drawn[place] == frame->number) return false;
    const ac_rect *image = &screen->layout.image[place];
    int rows = ac_raster_pixels_per_row(&screen->style);
    int width = image->width, height = image->height * rows;
    size_t stride = (size_t)screen->view.columns * 3, line = (size_t)width * 3;
    const uint8_t *tile = ac_frame_tile(frame, width, height, made);
    if (tile == NULL) {
        ac_scale(frame->pixels, frame->width, frame->height, frame->width * 3, screen->spare, width, height,
                 width * 3);
        tile = screen->spare;
        *made = true;
    }
    uint8_t *at = screen->canvas + (size_t)image->y * (size_t)rows * stride + (size_t)image->x * 3;
    for (int y = 0; y < height; y++) memcpy(at + (size_t)y * stride, tile + (size_t)y * line, line);
    screen->drawn[place] = frame->number;
    return true;
}

static bool reserve_text(ac_screen *screen, size_t capacity) {
    if (screen->text_capacity >= capacity) return true;
    free(screen->text);
    screen->text = malloc(capacity);
    screen->text_capacity = screen->text ? capacity : 0;
    return screen->text != NULL;
}

/* Nobody to see: a blank screen that says so, instead of the last picture for ever. */
static bool render_nobody(ac_screen *screen) {
    static const char words[] = "nobody is sending video";
    int columns = screen->area.width, rows = screen->area.height, length = (int)sizeof words - 1;
    if (!reserve_text(screen, (size_t)(columns + 1) * (size_t)rows)) return false;
    char *at = screen->text;
    for (int y = 0; y < rows; y++) {
        memset(at, ' ', (size_t)columns);
        if (y == rows / 2 && columns >= length) memcpy(at + (columns - length) / 2, words, (size_t)length);
        at += columns;
        if (y + 1 < rows) *at++ = '\n';
    }
    screen->text_length = (size_t)(at - screen->text);
    return screen->text_length <= TEXT_LIMIT;
}

bool ac_screen_render(ac_screen *screen) {
    if (screen->layout.count == 0) return render_nobody(screen);
    ac_raster_style style = screen->style;
    const ac_rect *area = &screen->area;
    size_t rows = (size_t)ac_raster_pixels_per_row(&style), stride = (size_t)screen->view.columns * 3;
    const uint8_t *from = screen->canvas + (size_t)area->y * rows * stride + (size_t)area->x * 3;
    for (;;) {
        if (!reserve_text(screen, ac_raster_bound(&style, area->width, area->height))) return false;
        screen->text_length = ac_raster(&style, from, area->width, area->height, (int)stride, screen->text);
        if (screen->text_length <= TEXT_LIMIT) return true;
        /* A frame that a native peer could not take loses colours rather than not arriving. */
        if (style.color_level == AC_COLOR_NONE) return false;
        style.color_level--;
    }
}

static bool compresses(const ac_screen *screen) {
    return screen->view.zstd && screen->text_length >= COMPRESS_FROM;
}

size_t ac_screen_payload_bound(const ac_screen *screen) {
    return FRAME_HEADER +
           (compresses(screen) ? ac_zstd_api.compress_bound(screen->text_length) : screen->text_length);
}

size_t ac_screen_payload(ac_screen *screen, uint8_t *payload) {
    size_t packed = 0;
    if (compresses(screen) && screen->zstd == NULL) screen->zstd = ac_zstd_api.create_cctx();
    if (compresses(screen) && screen->zstd != NULL) {
        packed = ac_zstd_api.compress_cctx(screen->zstd, payload + FRAME_HEADER,
                                           ac_screen_payload_bound(screen) - FRAME_HEADER, screen->text,
                                           screen->text_length, 1);
        if (ac_zstd_api.is_error(packed) || packed >= screen->text_length) packed = 0;
    }
    if (packed == 0) memcpy(payload + FRAME_HEADER, screen->text, screen->text_length);
    ac_put32(payload, (uint32_t)screen->area.width);
    ac_put32(payload + 4, (uint32_t)screen->area.height);
    ac_put32(payload + 8, (uint32_t)screen->text_length);
    ac_put32(payload + 12, (uint32_t)packed);
    ac_put32(payload + 16, ac_crc32c(0, screen->text, screen->text_length));
    /* A native server leaves the flags at 0 for plain text, so that is what its clients are used to. */
    ac_put32(payload + 20, packed ? (screen->view.color_level ? FLAG_COLOR : 0) | FLAG_ZSTD : 0);
    return FRAME_HEADER + (packed ? packed : screen->text_length);
}
