#include "screen.h"

#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "picture/scale.h"
#include "wire/crc32c.h"
#include "wire/packet.h"

#define FRAME_HEADER 24u
#define COMPRESS_FROM 1024u /* bytes below which compressing does not pay */
#define TEXT_LIMIT (AC_PACKET_SEND_LIMIT - 128u)
enum { FLAG_COLOR = 1, FLAG_ZSTD = 2, FLAG_CHANGES = 16 };

void ac_screen_destroy(ac_screen *screen) {
    if (screen->zstd != NULL) ac_zstd_api.free_cctx(screen->zstd);
    free(screen->drawn.pixels);
    free(screen->shown.pixels);
    free(screen->spare);
    ac_spares_give(screen->spares, screen->text);
    memset(screen, 0, sizeof *screen);
}

/* Bytes of a row of pixels on a sheet. */
static size_t sheet_stride(const ac_screen *screen) {
    return (size_t)screen->view.columns * (size_t)screen->across * 3;
}

static size_t sheet_bytes(const ac_screen *screen) {
    return sheet_stride(screen) * screen->view.rows * (size_t)screen->down;
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
                                      .palette = palette,
                                      .glyphs = view->glyphs,
                                      .dither = view->dither};
    screen->across = ac_raster_pixels_per_column(&screen->style);
    screen->down = ac_raster_pixels_per_row(&screen->style);
    uint8_t **buffers[] = {&screen->drawn.pixels, &screen->shown.pixels, &screen->spare};
    for (int i = 0; i < 3; i++) {
        free(*buffers[i]);
        *buffers[i] = malloc(sheet_bytes(screen));
    }
    return screen->drawn.pixels != NULL && screen->shown.pixels != NULL && screen->spare != NULL;
}

void ac_screen_set_colors(ac_screen *screen, uint8_t level) {
    screen->style.color_level = level;
}

/* All of the sheet for a viewer that wants padding, else what the pictures cover. */
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

static void lay_out(const ac_screen *screen, const ac_seen *seen, int count, bool focus, ac_layout *layout) {
    double aspects[AC_LAYOUT_MAX];
    for (int i = 0; i < count; i++) aspects[i] = (double)seen[i].width / seen[i].height;
    memset(layout, 0, sizeof *layout);
    if (count)
        (focus ? ac_layout_focus : ac_layout_grid)(screen->view.columns, screen->view.rows, count, aspects,
                                                   screen->view.stretch, layout);
}

bool ac_screen_moves(const ac_screen *screen, const ac_seen *seen, int count, bool focus) {
    ac_layout layout;
    lay_out(screen, seen, count, focus, &layout);
    return memcmp(&layout, &screen->layout, sizeof layout) != 0;
}

void ac_screen_picture_size(const ac_screen *screen, int place, int *width, int *height) {
    *width = *height = 0;
    if (place >= screen->layout.count) return;
    *width = screen->layout.image[place].width * screen->across;
    *height = screen->layout.image[place].height * screen->down;
}

void ac_screen_arrange(ac_screen *screen, const ac_seen *seen, int count, bool focus) {
    lay_out(screen, seen, count, focus, &screen->layout);
    choose_area(screen);
    memset(screen->drawn.pixels, 0, sheet_bytes(screen));
    memset(screen->drawn_number, 0, sizeof screen->drawn_number);
    screen->own = false;
}

bool ac_screen_draw(ac_screen *screen, int place, ac_frames *frames, ac_frame *frame, bool *made) {
    if (place >= screen->layout.count || screen->drawn_number[place] == frame->number) return false;
    const ac_rect *image = &screen->layout.image[place];
    const int width = image->width * screen->across, height = image->height * screen->down;
    const size_t stride = sheet_stride(screen), line = (size_t)width * 3;
    const uint8_t *tile = ac_frame_tile(frames, frame, width, height, made);
    if (tile == NULL) {
        ac_scale(frame->pixels, frame->width, frame->height, frame->width * 3, screen->spare, width, height,
                 width * 3);
        tile = screen->spare;
        *made = true;
        screen->own = true;
    }
    uint8_t *at = screen->drawn.pixels + (size_t)image->y * (size_t)screen->down * stride +
                  (size_t)image->x * (size_t)screen->across * 3;
    for (int y = 0; y < height; y++) memcpy(at + (size_t)y * stride, tile + (size_t)y * line, line);
    screen->drawn_number[place] = frame->number;
    return true;
}

bool ac_screen_differs(const ac_screen *screen) {
    const ac_sheet *drawn = &screen->drawn, *shown = &screen->shown;
    return drawn->label_count != shown->label_count ||
           memcmp(drawn->labels, shown->labels, (size_t)drawn->label_count * sizeof *drawn->labels) != 0 ||
           memcmp(drawn->pixels, shown->pixels, sheet_bytes(screen)) != 0;
}

void ac_screen_shown(ac_screen *screen) {
    ac_sheet *drawn = &screen->drawn, *shown = &screen->shown;
    memcpy(shown->pixels, drawn->pixels, sheet_bytes(screen));
    memcpy(shown->labels, drawn->labels, (size_t)drawn->label_count * sizeof *drawn->labels);
    shown->label_count = drawn->label_count;
}

static bool reserve_text(ac_screen *screen, size_t capacity) {
    if (screen->text != NULL && screen->text->capacity >= capacity) return true;
    ac_spares_give(screen->spares, screen->text);
    screen->text = ac_spares_take(screen->spares, capacity);
    return screen->text != NULL;
}

/* The part of a sheet that is sent. */
static ac_canvas canvas_of(const ac_screen *screen, const ac_sheet *sheet) {
    const size_t stride = sheet_stride(screen);
    return (ac_canvas){.pixels = sheet->pixels + (size_t)screen->area.y * (size_t)screen->down * stride +
                                 (size_t)screen->area.x * (size_t)screen->across * 3,
                       .columns = screen->area.width,
                       .rows = screen->area.height,
                       .stride = (int)stride,
                       .labels = sheet->labels,
                       .label_count = sheet->label_count};
}

bool ac_screen_render(ac_screen *screen, bool changes) {
    ac_raster_style style = screen->style;
    const ac_canvas drawn = canvas_of(screen, &screen->drawn), shown = canvas_of(screen, &screen->shown);
    screen->changes = changes;
    if (!reserve_text(screen, ac_raster_bound(&style, drawn.columns, drawn.rows))) return false;
    if (changes) {
        screen->text_length = ac_raster_changes(&style, &drawn, &shown, (char *)screen->text->bytes);
        return screen->text_length <= TEXT_LIMIT;
    }
    for (;;) {
        screen->text_length = ac_raster_canvas(&style, &drawn, (char *)screen->text->bytes);
        if (screen->text_length <= TEXT_LIMIT) return true;
        /* A frame that a native peer could not take loses colours rather than not arriving. */
        if (style.color_level == AC_COLOR_NONE) return false;
        style.color_level--;
        if (!reserve_text(screen, ac_raster_bound(&style, drawn.columns, drawn.rows))) return false;
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
    const uint8_t *text = screen->text->bytes;
    size_t packed = 0;
    if (compresses(screen) && screen->zstd == NULL) screen->zstd = ac_zstd_api.create_cctx();
    if (compresses(screen) && screen->zstd != NULL) {
        packed = ac_zstd_api.compress_cctx(screen->zstd, payload + FRAME_HEADER,
                                           ac_screen_payload_bound(screen) - FRAME_HEADER, text,
                                           screen->text_length, 1);
        if (ac_zstd_api.is_error(packed) || packed >= screen->text_length) packed = 0;
    }
    if (packed == 0) memcpy(payload + FRAME_HEADER, text, screen->text_length);
    ac_put32(payload, (uint32_t)screen->area.width);
    ac_put32(payload + 4, (uint32_t)screen->area.height);
    ac_put32(payload + 8, (uint32_t)screen->text_length);
    ac_put32(payload + 12, (uint32_t)packed);
    ac_put32(payload + 16, ac_crc32c(0, text, screen->text_length));
    /* A native server leaves the flags at 0 for plain text, so that is what its clients are used to. */
    uint32_t flags = packed ? (screen->style.color_level ? FLAG_COLOR : 0) | FLAG_ZSTD : 0;
    ac_put32(payload + 20, flags | (screen->changes ? FLAG_CHANGES : 0));
    ac_spares_give(screen->spares, screen->text);
    screen->text = NULL;
    return FRAME_HEADER + (packed ? packed : screen->text_length);
}
