/* Text as code points: every length of character at every place around the blocks that are widened at once,
 * and nothing written beyond the last. */
#include <string.h>

#include "check.h"
#include "picture/utf8.h"

enum { MOST = 400, GUARD = 0xABCD };

static const uint32_t characters[] = {'a',    0x7F,   0xE9,    0x7FF,   0x800,
                                      0x2580, 0xFFFD, 0x1FB00, 0x1CD00, 0x10FFFF};

static size_t encode(uint32_t c, uint8_t *at) {
    if (c < 0x80) {
        at[0] = (uint8_t)c;
        return 1;
    }
    const size_t length = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const uint8_t lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = length - 1; i > 0; i--, c >>= 6) at[i] = (uint8_t)(0x80 | (c & 0x3F));
    at[0] = (uint8_t)(lead[length] | c);
    return length;
}

static void check(const uint32_t *expected, size_t count) {
    uint8_t text[4 * MOST];
    size_t length = 0;
    uint32_t most = 0;
    for (size_t i = 0; i < count; i++) {
        length += encode(expected[i], text + length);
        if (expected[i] > most) most = expected[i];
    }
    uint8_t byte;
    CHECK(ac_utf8_count(text, length, &byte) == count);
    CHECK((byte < 0x80) == (most < 0x80) && (byte < 0xE0) == (most < 0x800) &&
          (byte < 0xF0) == (most < 0x10000));
    uint32_t wide[MOST + 1];
    wide[count] = GUARD;
    ac_utf8_to_ucs4(text, length, wide);
    CHECK(memcmp(wide, expected, count * sizeof *wide) == 0 && wide[count] == GUARD);
    if (most >= 0x10000) return;
    uint16_t narrow[MOST + 1];
    narrow[count] = GUARD;
    ac_utf8_to_ucs2(text, length, narrow);
    for (size_t i = 0; i < count; i++) CHECK(narrow[i] == expected[i]);
    CHECK(narrow[count] == GUARD);
}

int main(void) {
    uint32_t text[MOST] = {0};
    check(text, 0);
    for (size_t count = 1; count <= 150; count++)
        for (size_t place = 0; place < count; place++)
            for (size_t k = 0; k < sizeof characters / sizeof *characters; k++) {
                for (size_t i = 0; i < count; i++) text[i] = 'A' + i % 26;
                text[place] = characters[k];
                check(text, count);
            }
    uint32_t seed = 1;
    for (int round = 0; round < 20000; round++) {
        seed = seed * 1664525 + 1013904223;
        const size_t count = 1 + (seed >> 8) % MOST;
        const uint32_t rare = 1 + (seed >> 24) % 40; /* from nearly all beyond ASCII to few */
        for (size_t i = 0; i < count; i++) {
            seed = seed * 1664525 + 1013904223;
            text[i] = (seed >> 8) % rare ? '0' + (seed >> 20) % 10 : characters[(seed >> 16) % 10];
        }
        check(text, count);
    }
    return 0;
}
