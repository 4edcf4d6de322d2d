#include "page.h"

#include <stdlib.h>
#include <string.h>

#include "glyphs.h"
#include "sgr.h"
#include "width.h"

#define PARAMETERS 16

typedef struct {
    ac_page *page;
    const uint8_t *at, *end;
    int x, y;
    uint32_t front, back;
    int last; /* place of the last glyph, for REP; -1: none */
} reader;

void ac_page_destroy(ac_page *page) {
    free(page->cells);
    memset(page, 0, sizeof *page);
}

static void blank(ac_page *page) {
    const ac_page_cell nothing = {ac_glyph_of(' '), AC_PAGE_UNSET, AC_PAGE_UNSET};
    for (int i = 0; i < page->columns * page->rows; i++) page->cells[i] = nothing;
}

/* One UTF-8 character: its bytes in *glyph and its number, or false. */
static bool take_character(reader *r, uint32_t *glyph, uint32_t *character) {
    const uint8_t first = *r->at;
    const int length = first < 0x80                    ? 1
                       : first >= 0xC2 && first < 0xE0 ? 2
                       : first >= 0xE0 && first < 0xF0 ? 3
                                                       : 4;
    static const uint32_t least[] = {0, 0x20, 0x80, 0x800, 0x10000};
    if (first >= 0xF5 || (first >= 0x80 && first < 0xC2) || r->end - r->at < length) return false;
    uint32_t value = length == 1 ? first : first & (0xFFu >> (length + 1));
    for (int i = 1; i < length; i++) {
        if ((r->at[i] & 0xC0) != 0x80) return false;
        value = value << 6 | (r->at[i] & 0x3F);
    }
    if (value < least[length] || value == 0x7F || (value >= 0x80 && value < 0xA0) || value > 0x10FFFF ||
        (value >= 0xD800 && value < 0xE000))
        return false;
    *glyph = 0;
    memcpy(glyph, r->at, (size_t)length);
    *character = value;
    r->at += length;
    return true;
}

/* Set one cell (two for a wide glyph) and move on; false beyond the end of the row. */
static bool put(reader *r, uint32_t glyph, int width) {
    ac_page *page = r->page;
    if (r->y < 0 || r->y >= page->rows || r->x < 0 || r->x + width > page->columns) return false;
    ac_page_cell *cell = &page->cells[r->y * page->columns + r->x];
    /* Half of a wide glyph that is written over takes the other half with it. */
    if (cell->glyph == 0) cell[-1].glyph = ac_glyph_of(' ');
    if (r->x + width < page->columns && cell[width].glyph == 0) cell[width].glyph = ac_glyph_of(' ');
    cell[0] = (ac_page_cell){glyph, r->front, r->back};
    if (width == 2) cell[1] = (ac_page_cell){0, r->front, r->back};
    r->last = r->y * page->columns + r->x;
    r->x += width;
    return true;
}

static bool repeat(reader *r, int count) {
    if (r->last < 0 || r->page->cells[r->last].glyph == 0) return false;
    const uint32_t glyph = r->page->cells[r->last].glyph;
    for (int i = 0; i < count; i++)
        if (!put(r, glyph, 1)) return false;
    return true;
}

/* The colour that parameters [*i, ...) of 38 or 48 name. */
static bool extended_color(const int *parameters, int count, int *i, uint32_t *color) {
    const int left = count - *i - 1;
    const int *rest = parameters + *i + 1;
    if (left >= 2 && rest[0] == 5 && rest[1] <= 255) {
        *color = AC_PAGE_INDEXED | (uint32_t)rest[1];
        *i += 2;
        return true;
    }
    if (left < 4 || rest[0] != 2 || rest[1] > 255 || rest[2] > 255 || rest[3] > 255) return false;
    *color = (uint32_t)rest[1] << 16 | (uint32_t)rest[2] << 8 | (uint32_t)rest[3];
    *i += 4;
    return true;
}

static bool set_colors(reader *r, const int *parameters, int count) {
    for (int i = 0; i < count; i++) {
        const int value = parameters[i];
        if (value == 0)
            r->front = r->back = AC_PAGE_UNSET;
        else if (value >= 30 && value <= 37)
            r->front = AC_PAGE_BASIC | (uint32_t)(value - 30);
        else if (value >= 40 && value <= 47)
            r->back = AC_PAGE_BASIC | (uint32_t)(value - 40);
        else if (value >= 90 && value <= 97)
            r->front = AC_PAGE_BASIC | (uint32_t)(value - 90 + 8);
        else if (value >= 100 && value <= 107)
            r->back = AC_PAGE_BASIC | (uint32_t)(value - 100 + 8);
        else if (value == 38 || value == 48) {
            if (!extended_color(parameters, count, &i, value == 38 ? &r->front : &r->back)) return false;
        } else
            return false;
    }
    return true;
}

/* A control sequence after its ESC [. */
static bool take_sequence(reader *r, bool moves) {
    int parameters[PARAMETERS] = {0}, count = 1;
    for (; r->at < r->end; r->at++) {
        const uint8_t byte = *r->at;
        if (byte >= '0' && byte <= '9') {
            int *value = &parameters[count - 1];
            *value = *value * 10 + (byte - '0');
            if (*value > AC_PAGE_SIDE) return false;
        } else if (byte == ';') {
            if (count == PARAMETERS) return false;
            count++;
        } else
            break;
    }
    if (r->at == r->end) return false;
    const int amount = parameters[0] ? parameters[0] : 1;
    switch (*r->at++) {
    case 'm':
        return set_colors(r, parameters, count);
    case 'b':
        return repeat(r, amount);
    case 'C':
        r->x += amount;
        return moves && r->x < r->page->columns;
    case 'H':
        r->y = amount - 1;
        r->x = parameters[1] ? parameters[1] - 1 : 0;
        return moves && count <= 2 && r->y < r->page->rows && r->x < r->page->columns;
    default:
        return false;
    }
}

/* Take it all; a frame has row ends, changes have moves. */
static bool take(reader *r, bool frame) {
    while (r->at < r->end) {
        if (*r->at == '\033') {
            if (r->end - r->at < 2 || r->at[1] != '[') return false;
            r->at += 2;
            if (!take_sequence(r, !frame)) return false;
        } else if (*r->at == '\n' && frame) {
            r->at++;
            r->y++;
            r->x = 0;
        } else {
            uint32_t glyph, character;
            if (!take_character(r, &glyph, &character)) return false;
            if (!put(r, glyph, ac_takes_one_cell(character) ? 1 : 2)) return false;
        }
    }
    return true;
}

int ac_page_set(ac_page *page, int columns, int rows, const uint8_t *text, size_t length) {
    if (columns < 1 || rows < 1 || columns > AC_PAGE_SIDE || rows > AC_PAGE_SIDE) return -1;
    if (page->columns != columns || page->rows != rows) {
        ac_page_destroy(page);
        page->cells = malloc((size_t)columns * (size_t)rows * sizeof *page->cells);
        if (page->cells == NULL) return -2;
        page->columns = columns;
        page->rows = rows;
    }
    blank(page);
    reader r = {page, text, text + length, 0, 0, AC_PAGE_UNSET, AC_PAGE_UNSET, -1};
    if (take(&r, true)) return 0;
    blank(page);
    return -1;
}

int ac_page_change(ac_page *page, const uint8_t *text, size_t length) {
    if (page->cells == NULL) return -1;
    reader r = {page, text, text + length, 0, 0, AC_PAGE_UNSET, AC_PAGE_UNSET, -1};
    return take(&r, false) ? 0 : -1;
}

static char *put_page_color(char *at, bool back, uint32_t color) {
    const uint32_t number = color & 0xFFFFFF;
    if (color & AC_PAGE_INDEXED)
        return sgr_put_indexed(at, back ? &sgr_background_256 : &sgr_foreground_256, number);
    if (color & AC_PAGE_BASIC)
        return sgr_put_indexed(at, back ? &sgr_background_16 : &sgr_foreground_16, number);
    return sgr_put_true(at, back ? "48;2;\0\0" : "38;2;\0\0", number);
}

size_t ac_page_bound(const ac_page *page) {
    const size_t cell = SGR_RESET_LENGTH + 2 + 2 * (SGR_TRUE_LENGTH + 1) + 4;
    return (size_t)page->rows * ((size_t)page->columns * cell + SGR_RESET_LENGTH + 1) + SGR_SLACK;
}

size_t ac_page_text(const ac_page *page, char *text) {
    char *at = text;
    uint32_t front = AC_PAGE_UNSET, back = AC_PAGE_UNSET;
    for (int y = 0; y < page->rows; y++) {
        const ac_page_cell *row = page->cells + (size_t)y * (size_t)page->columns;
        for (int x = 0; x < page->columns; x++) {
            const ac_page_cell *cell = &row[x];
            if (cell->glyph == 0) continue;
            /* A blank does not show its front colour. */
            const uint32_t wanted = cell->glyph == ac_glyph_of(' ') ? front : cell->front;
            if ((wanted != front && wanted == AC_PAGE_UNSET) ||
                (cell->back != back && cell->back == AC_PAGE_UNSET)) {
                at = sgr_put_reset(at);
                front = back = AC_PAGE_UNSET;
            }
            const bool show = cell->glyph != ac_glyph_of(' ');
            if ((show && cell->front != front) || cell->back != back) {
                at = sgr_begin(at);
                if (show && cell->front != front) at = put_page_color(at, false, front = cell->front);
                if (cell->back != back) at = put_page_color(at, true, back = cell->back);
                at = sgr_end(at);
            }
            memcpy(at, &cell->glyph, 4);
            at += ac_glyph_length(cell->glyph);
        }
        const bool last = y == page->rows - 1;
        if (back != AC_PAGE_UNSET || (last && front != AC_PAGE_UNSET)) {
            at = sgr_put_reset(at);
            front = back = AC_PAGE_UNSET;
        }
        if (!last) *at++ = '\n';
    }
    return (size_t)(at - text);
}
