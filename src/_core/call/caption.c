/* The words on a screen: names, who speaks, what is missing, who is not shown. */
#include <stdio.h>
#include <string.h>

#include "picture/width.h"
#include "screen.h"

/* Printable ASCII in place of what a terminal without UTF-8 cannot show. */
static void put_ascii(ac_label *label, const char *text, int length, int room) {
    for (int i = 0; i < length && room > 0 && label->length < AC_LABEL_BYTES; i++) {
        const uint8_t byte = (uint8_t)text[i];
        if ((byte & 0xC0) == 0x80) continue;
        label->text[label->length++] = byte < 0x80 ? (char)byte : '?';
        label->width++;
        room--;
    }
}

/* As much of the text as fits into `room` more cells and into the label. */
static void put_text(ac_label *label, bool utf8, const char *text, int length, int room) {
    if (!utf8) {
        put_ascii(label, text, length, room);
        return;
    }
    if (length > AC_LABEL_BYTES - label->length) length = AC_LABEL_BYTES - label->length;
    int cells;
    const int bytes = ac_text_fit(text, length, room, &cells);
    memcpy(label->text + label->length, text, (size_t)bytes);
    label->length = (uint8_t)(label->length + bytes);
    label->width = (int16_t)(label->width + cells);
}

static bool overlaps(const ac_sheet *sheet, const ac_label *label) {
    for (int i = 0; i < sheet->label_count; i++) {
        const ac_label *other = &sheet->labels[i];
        if (other->y == label->y && other->x < label->x + label->width && label->x < other->x + other->width)
            return true;
    }
    return false;
}

/* `x`, `y` on the sheet; what is outside the area that is sent is left out. */
static void add(ac_screen *screen, ac_label *label, int x, int y) {
    ac_sheet *sheet = &screen->drawn;
    x -= screen->area.x;
    y -= screen->area.y;
    if (label->width < 1 || x < 0 || y < 0 || x + label->width > screen->area.width ||
        y >= screen->area.height || sheet->label_count == AC_LABELS)
        return;
    label->x = (int16_t)x;
    label->y = (int16_t)y;
    if (!overlaps(sheet, label)) sheet->labels[sheet->label_count++] = *label;
}

static void add_centred(ac_screen *screen, const ac_rect *where, const char *text) {
    ac_label label = {0};
    put_text(&label, screen->style.utf8, text, (int)strlen(text), where->width);
    add(screen, &label, where->x + (where->width - label.width) / 2, where->y + where->height / 2);
}

static void add_name(ac_screen *screen, const ac_rect *image, const ac_name *name, bool speaks) {
    ac_label label = {.emphasis = speaks};
    /* Without colours the mark alone says who speaks. */
    const bool utf8 = screen->style.utf8;
    if (speaks) put_text(&label, utf8, utf8 ? "● " : "* ", utf8 ? 4 : 2, image->width);
    put_text(&label, utf8, name->text, name->length, image->width - label.width);
    add(screen, &label, image->x, image->y + image->height - 1);
}

void ac_screen_label(ac_screen *screen, const ac_seen *seen, const ac_name *names, const ac_lineup *lineup,
                     bool alone) {
    const ac_layout *layout = &screen->layout;
    screen->drawn.label_count = 0;
    if (layout->count == 0)
        add_centred(screen, &screen->area, alone ? "nobody else is here yet" : "nobody is sending video");
    for (int i = 0; i < layout->count; i++) {
        if (AC_SCENE_PLACEHOLDER(seen[i].number))
            add_centred(screen, &layout->image[i],
                        seen[i].number == AC_SCENE_STALLED ? "stalled" : "no video");
        if (screen->view.names) add_name(screen, &layout->image[i], &names[i], seen[i].speaking);
    }
    char text[AC_LABEL_BYTES];
    if (lineup->pages > 1)
        snprintf(text, sizeof text, "page %d of %d", lineup->page + 1, lineup->pages);
    else if (lineup->hidden)
        snprintf(text, sizeof text, "and %d more", lineup->hidden);
    else
        return;
    ac_label label = {0};
    put_text(&label, screen->style.utf8, text, (int)strlen(text), screen->area.width);
    add(screen, &label, screen->area.x + screen->area.width - label.width,
        screen->area.y + screen->area.height - 1);
}
