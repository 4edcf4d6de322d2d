/* The text of a frame, and of changes to it, as a server sends them: two bytes of size, then pieces, each
   behind its length. Whatever they hold, the page says what stands on it in text that it understands itself.
 */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "line.h"
#include "picture/page.h"

static char *text_of(const ac_page *page, size_t *length) {
    size_t bound = ac_page_bound(page);
    char *text = malloc(bound ? bound : 1);
    CHECK(text != NULL);
    *length = ac_page_text(page, text);
    CHECK(*length <= bound);
    return text;
}

static void understands_itself(const ac_page *page) {
    ac_page other = {0};
    size_t length, again;
    char *text = text_of(page, &length);
    CHECK(ac_page_set(&other, page->columns, page->rows, (const uint8_t *)text, length) == 0);
    char *same = text_of(&other, &again);
    CHECK(again == length && memcmp(text, same, length) == 0);
    free(text);
    free(same);
    ac_page_destroy(&other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2) return 0;
    int columns = 1 + data[0] % 40, rows = 1 + data[1] % 8;
    const uint8_t *end = data + size;
    ac_page page = {0};
    bool whole = false;
    for (data += 2; end - data >= 2;) {
        size_t length = (size_t)(data[0] << 8 | data[1]);
        data += 2;
        if (length > (size_t)(end - data)) length = (size_t)(end - data);
        uint8_t *piece = malloc(length ? length : 1); /* of its own, so that a byte too many is found */
        CHECK(piece != NULL);
        memcpy(piece, data, length);
        data += length;
        int result =
            whole ? ac_page_change(&page, piece, length) : ac_page_set(&page, columns, rows, piece, length);
        CHECK(result == 0 || result == -1);
        if (!whole) CHECK(page.columns == columns && page.rows == rows);
        whole = whole || result == 0;
        understands_itself(&page);
        free(piece);
    }
    ac_page_destroy(&page);
    return 0;
}
