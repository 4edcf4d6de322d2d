#include "utf8.h"

#include <stdbool.h>
#include <string.h>

enum { STEP = 16 };

size_t ac_utf8_count(const uint8_t *text, size_t length, uint8_t *most) {
    size_t count = 0;
    uint8_t largest = 0;
    for (size_t i = 0; i < length;) {
        /* Counts of 255 bytes fit a byte, which lets the compiler add up a whole vector at once. */
        const size_t end = length - i < 255 ? length : i + 255;
        uint8_t part = 0;
        for (; i < end; i++) {
            part += (int8_t)text[i] >= -0x40; /* not a continuation */
            largest = text[i] > largest ? text[i] : largest;
        }
        count += part;
    }
    *most = largest;
    return count;
}

static void put(void *out, size_t place, uint32_t character, bool wide) {
    if (wide)
        ((uint32_t *)out)[place] = character;
    else
        ((uint16_t *)out)[place] = (uint16_t)character;
}

/* One character that is not ASCII: its length. */
static size_t decode(const uint8_t *at, uint32_t *character) {
    if (at[0] < 0xE0) {
        *character = (at[0] & 0x1Fu) << 6 | (at[1] & 0x3Fu);
        return 2;
    }
    if (at[0] < 0xF0) {
        *character = (at[0] & 0x0Fu) << 12 | (at[1] & 0x3Fu) << 6 | (at[2] & 0x3Fu);
        return 3;
    }
    *character = (at[0] & 0x07u) << 18 | (at[1] & 0x3Fu) << 12 | (at[2] & 0x3Fu) << 6 | (at[3] & 0x3Fu);
    return 4;
}

/* How many of 16 bytes precede the first that is not ASCII. */
static size_t ascii_run(const uint8_t *at) {
    uint64_t low, high;
    memcpy(&low, at, 8);
    memcpy(&high, at + 8, 8);
    low &= 0x8080808080808080u;
    high &= 0x8080808080808080u;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    low = __builtin_bswap64(low);
    high = __builtin_bswap64(high);
#endif
    if (low) return (size_t)__builtin_ctzll(low) / 8;
    if (high) return 8 + (size_t)__builtin_ctzll(high) / 8;
    return STEP;
}

__attribute__((always_inline)) static inline void widen(const uint8_t *text, size_t length, void *out,
                                                        bool wide) {
    size_t i = 0, n = 0;
    /* In a text of frames nearly every byte is ASCII, with a glyph now and then: sixteen bytes are widened at
       once whatever they are, and those behind the run are then written again. A character takes at most four
       bytes, so that sixteen more places of `out` are certain to exist while 64 bytes are left. */
    while (length - i >= 4 * STEP) {
        uint8_t block[STEP]; /* a copy, for `text` and `out` might overlap for all the compiler knows */
        memcpy(block, text + i, STEP);
        for (int k = 0; k < STEP; k++) put(out, n + (size_t)k, block[k], wide);
        const size_t run = ascii_run(block);
        i += run;
        n += run;
        if (run < STEP) {
            uint32_t character;
            i += decode(text + i, &character);
            put(out, n++, character, wide);
        }
    }
    while (i < length) {
        uint32_t character = text[i];
        i += character < 0x80 ? 1 : decode(text + i, &character);
        put(out, n++, character, wide);
    }
}

void ac_utf8_to_ucs2(const uint8_t *text, size_t length, uint16_t *out) {
    widen(text, length, out, false);
}

void ac_utf8_to_ucs4(const uint8_t *text, size_t length, uint32_t *out) {
    widen(text, length, out, true);
}
