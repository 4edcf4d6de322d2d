/* What stands on a terminal: cells, as frames and changes of frames have set them.

   A client that is sent changes keeps a page, so that it can say at any time what the whole picture is. It
   understands what this program's server writes and refuses everything else. */
#ifndef ASCIICHAT_PAGE_H
#define ASCIICHAT_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AC_PAGE_SIDE 4096 /* columns or rows at most */

/* A colour of a page: AC_PAGE_UNSET, or a kind and a number of that kind. */
#define AC_PAGE_UNSET 0xFF000000u
#define AC_PAGE_INDEXED 0x01000000u /* | 0 to 255 */
#define AC_PAGE_BASIC 0x02000000u   /* | 0 to 15 */

typedef struct {
    uint32_t glyph; /* UTF-8, the first byte first in memory, then zeros; 0: the right half of a wide one */
    uint32_t front, back;
} ac_page_cell;

typedef struct {
    int columns, rows;
    ac_page_cell *cells;
} ac_page;

void ac_page_destroy(ac_page *page);

/* Write a whole frame of this size (1 to AC_PAGE_SIDE each): what was there is gone. 0; -1 when it is not
   such a frame, after which the page is blank; -2 without memory. */
int ac_page_set(ac_page *page, int columns, int rows, const uint8_t *text, size_t length);

/* Write changes. 0; -1 when they are none, or there is no frame to change: then part of them may be done. */
int ac_page_change(ac_page *page, const uint8_t *text, size_t length);

/* An upper bound of the text's bytes, and write it: rows joined by '\n', the fewest SGR sequences, none in
   force at the end. Returns the bytes written. */
size_t ac_page_bound(const ac_page *page);
size_t ac_page_text(const ac_page *page, char *text);

#endif
