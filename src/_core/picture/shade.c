#include "shade.h"

#include "glyphs.h"

uint32_t ac_shades[32][32];

/* Each with the luminance of its halves as it looks light on dark. */
static const struct {
    uint16_t character;
    uint8_t upper, lower;
} shades[] = {
    {' ', 0, 0},        {0x2591, 64, 64}, {0x2592, 128, 128}, {0x2593, 191, 191},
    {0x2588, 255, 255}, {0x2580, 255, 0}, {0x2584, 0, 255},
};

__attribute__((constructor)) static void fill_table(void) {
    for (int upper = 0; upper < 32; upper++)
        for (int lower = 0; lower < 32; lower++) {
            int least = 1 << 30;
            for (unsigned i = 0; i < sizeof shades / sizeof *shades; i++) {
                const int du = (upper << 3 | upper >> 2) - shades[i].upper;
                const int dl = (lower << 3 | lower >> 2) - shades[i].lower;
                if (du * du + dl * dl >= least) continue;
                least = du * du + dl * dl;
                ac_shades[upper][lower] = ac_glyph_of(shades[i].character);
            }
        }
}
