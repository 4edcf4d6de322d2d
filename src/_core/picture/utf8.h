/* Drawn text as characters: from UTF-8 to the arrays of code points that a Python string is made of.
 *
 * Only for text that is valid by construction, as that of the rasteriser is: nothing is checked. */
#ifndef ASCIICHAT_UTF8_H
#define ASCIICHAT_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* How many characters the text has; `most` becomes its largest byte, which tells the longest character: below
   0x80 one byte, below 0xE0 two, below 0xF0 three, else four. */
size_t ac_utf8_count(const uint8_t *text, size_t length, uint8_t *most);

/* The text's code points. `out` has room for exactly as many as ac_utf8_count said; the narrower one is for
   text without characters of four bytes. */
void ac_utf8_to_ucs2(const uint8_t *text, size_t length, uint16_t *out);
void ac_utf8_to_ucs4(const uint8_t *text, size_t length, uint32_t *out);

#endif
