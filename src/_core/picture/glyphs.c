#include "glyphs.h"

#include <stdbool.h>
#include <string.h>

uint32_t ac_glyphs_half[4], ac_glyphs_quadrant[16], ac_glyphs_sextant[64], ac_glyphs_octant[256];
uint32_t ac_glyphs_braille[256];
uint32_t ac_glyphs_edge[256];

uint32_t ac_glyph_of(uint32_t character) {
    uint8_t bytes[4] = {0};
    if (character < 0x80) {
        bytes[0] = (uint8_t)character;
    } else if (character < 0x800) {
        bytes[0] = (uint8_t)(0xC0 | character >> 6);
        bytes[1] = (uint8_t)(0x80 | (character & 0x3F));
    } else if (character < 0x10000) {
        bytes[0] = (uint8_t)(0xE0 | character >> 12);
        bytes[1] = (uint8_t)(0x80 | (character >> 6 & 0x3F));
        bytes[2] = (uint8_t)(0x80 | (character & 0x3F));
    } else {
        bytes[0] = (uint8_t)(0xF0 | character >> 18);
        bytes[1] = (uint8_t)(0x80 | (character >> 12 & 0x3F));
        bytes[2] = (uint8_t)(0x80 | (character >> 6 & 0x3F));
        bytes[3] = (uint8_t)(0x80 | (character & 0x3F));
    }
    uint32_t glyph;
    memcpy(&glyph, bytes, 4);
    return glyph;
}

static const uint16_t halves[4] = {' ', 0x2580, 0x2584, 0x2588};
static const uint16_t quadrants[16] = {' ',    0x2598, 0x259D, 0x2580, 0x2596, 0x258C, 0x259E, 0x259B,
                                       0x2597, 0x259A, 0x2590, 0x259C, 0x2584, 0x2599, 0x259F, 0x2588};

/* Sextants stand in the order of their patterns but for the four that were there already. */
static uint32_t sextant(uint32_t pattern) {
    switch (pattern) {
    case 0x00:
        return ' ';
    case 0x15:
        return 0x258C; /* left half */
    case 0x2A:
        return 0x2590; /* right half */
    case 0x3F:
        return 0x2588;
    default:
        return 0x1FB00 + pattern - 1 - (pattern > 0x15) - (pattern > 0x2A);
    }
}

/* The octants that were there already (Unicode 16, Symbols for Legacy Computing Supplement, chart U+1CD00):
   those made of quadrants, and these. */
static const struct {
    uint8_t pattern;
    uint32_t character;
} older_octants[] = {
    {0x01, 0x1CEA8}, {0x02, 0x1CEAB},
    {0x40, 0x1CEA3}, {0x80, 0x1CEA0}, /* left and right halves of quarters */
    {0x03, 0x1FB82}, {0x3F, 0x1FB85},
    {0xC0, 0x2582},  {0xFC, 0x2586},  /* quarters and three quarters */
    {0x14, 0x1FBE6}, {0x28, 0x1FBE7}, /* middle left and right */
};

static bool is_older_octant(uint32_t pattern, uint32_t *character) {
    const uint32_t rows[4] = {pattern & 3, pattern >> 2 & 3, pattern >> 4 & 3, pattern >> 6};
    if (rows[0] == rows[1] && rows[2] == rows[3]) {
        *character = quadrants[rows[0] | rows[2] << 2];
        return true;
    }
    for (unsigned i = 0; i < sizeof older_octants / sizeof *older_octants; i++)
        if (older_octants[i].pattern == pattern) {
            *character = older_octants[i].character;
            return true;
        }
    return false;
}

/* Dots 1, 2, 3 and 7 are the left column from the top, 4, 5, 6 and 8 the right one. */
static uint32_t braille(uint32_t pattern) {
    static const uint8_t dot[8] = {0, 3, 1, 4, 2, 5, 6, 7};
    uint32_t dots = 0;
    for (int part = 0; part < 8; part++) dots |= (pattern >> part & 1) << dot[part];
    return dots ? 0x2800 + dots : ' ';
}

/* Where the ink of some ASCII characters is, on 2 x 4 parts; drawn by hand after common terminal fonts. A
   pattern takes the character that differs in the fewest parts, the first of equals. */
static const struct {
    char character;
    const char *ink; /* row by row */
} shapes[] = {
    {' ', ".. .. .. .."},  {'#', "## ## ## ##"},  {'|', "#. #. #. #."}, {'|', ".# .# .# .#"},
    {'/', ".# .# #. #."},  {'\\', "#. #. .# .#"}, {'-', ".. ## .. .."}, {'-', ".. .. ## .."},
    {'=', ".. ## ## .."},  {'_', ".. .. .. ##"},  {'"', "## .. .. .."}, {'\'', "#. .. .. .."},
    {'\'', ".# .. .. .."}, {'`', "#. .# .. .."},  {',', ".. .. .# #."}, {'.', ".. .. .. #."},
    {'.', ".. .. .. .#"},  {'L', "#. #. #. ##"},  {'J', ".# .# .# ##"}, {'7', "## .# .# .#"},
    {'F', "## #. #. #."},  {'F', "## ## #. #."},  {'[', "## #. #. ##"}, {']', "## .# .# ##"},
    {'(', ".# #. #. .#"},  {')', "#. .# .# #."},  {'P', "## ## #. .."}, {'b', "#. #. ## ##"},
    {'d', ".# .# ## ##"},  {'9', "## ## .# .."},  {'9', "## ## .# .#"}, {'"', "## ## .. .."},
    {'o', ".. .. ## ##"},  {'^', ".. ## #. .."},  {'Y', "## ## .. #."}, {'A', ".. .# ## ##"},
    {'m', ".. ## ## ##"},  {'M', "## ## ## .."},  {'/', ".. .# ## #."}, {'\\', ".. #. ## .#"},
    {'/', ".# ## #. .."},  {'\\', "#. ## .# .."}, {'r', ".. ## #. #."}, {'j', ".. .# .# ##"},
    {'z', "## .# #. ##"},  {'i', "#. .. #. #."},  {'k', "#. ## ## #."}, {'<', ".. .# #. .#"},
    {'>', ".. #. .# #."},  {'~', ".. #. .# .."},
};

static uint32_t edge(uint32_t pattern) {
    int least = 9;
    char best = ' ';
    for (unsigned i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        uint32_t ink = 0;
        for (int part = 0; part < 8; part++)
            ink |= (uint32_t)(shapes[i].ink[part / 2 * 3 + part % 2] == '#') << part;
        const int difference = __builtin_popcount(ink ^ pattern);
        if (difference >= least) continue;
        least = difference;
        best = shapes[i].character;
    }
    return (uint8_t)best;
}

__attribute__((constructor)) static void fill_tables(void) {
    for (uint32_t pattern = 0; pattern < 4; pattern++) ac_glyphs_half[pattern] = ac_glyph_of(halves[pattern]);
    for (uint32_t pattern = 0; pattern < 16; pattern++)
        ac_glyphs_quadrant[pattern] = ac_glyph_of(quadrants[pattern]);
    for (uint32_t pattern = 0; pattern < 64; pattern++)
        ac_glyphs_sextant[pattern] = ac_glyph_of(sextant(pattern));
    uint32_t next = 0x1CD00;
    for (uint32_t pattern = 0; pattern < 256; pattern++) {
        uint32_t character;
        if (!is_older_octant(pattern, &character)) character = next++;
        ac_glyphs_octant[pattern] = ac_glyph_of(character);
        ac_glyphs_braille[pattern] = ac_glyph_of(braille(pattern));
        ac_glyphs_edge[pattern] = ac_glyph_of(edge(pattern));
    }
}
