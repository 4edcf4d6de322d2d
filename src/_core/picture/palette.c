#include <string.h>

#include "raster.h"
#include "width.h"

/* One character of UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF): its length, or
 * 0. */
static int decode(const uint8_t *at, size_t left, uint32_t *character) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (at[0] < 0x80) {
        *character = at[0];
        return 1;
    }
    const int length = at[0] >= 0xF0 ? 4 : at[0] >= 0xE0 ? 3 : 2;
    if (at[0] < 0xC2 || at[0] > 0xF4 || left < (size_t)length) return 0;
    uint32_t value = at[0] & (0x7Fu >> length);
    for (int i = 1; i < length; i++) {
        if ((at[i] & 0xC0) != 0x80) return 0;
        value = value << 6 | (at[i] & 0x3Fu);
    }
    if (value < least[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return 0;
    *character = value;
    return length;
}

int ac_palette_build(ac_palette *palette, const char *ramp, size_t length) {
    const uint8_t *bytes = (const uint8_t *)ramp;
    struct {
        uint8_t bytes[4];
        uint8_t length;
    } glyphs[AC_PALETTE_GLYPHS];
    int count = 0;
    bool ascii = true;
    for (size_t at = 0; at < length;) {
        uint32_t character;
        const int size = decode(bytes + at, length - at, &character);
        if (size == 0 || count == AC_PALETTE_GLYPHS || !ac_takes_one_cell(character)) return -1;
        memset(&glyphs[count], 0, sizeof glyphs[count]);
        memcpy(glyphs[count].bytes, bytes + at, (size_t)size);
        glyphs[count].length = (uint8_t)size;
        ascii = ascii && size == 1;
        count++;
        at += (size_t)size;
    }
    if (count == 0) return -1;
    palette->count = (uint8_t)count;
    palette->ascii = ascii;
    for (int luminance = 0; luminance < 256; luminance++) {
        const int index = (luminance * (count - 1) + 127) / 255;
        palette->index[luminance] = (uint8_t)index;
        palette->length[luminance] = glyphs[index].length;
        memcpy(palette->glyph[luminance], glyphs[index].bytes, 4);
    }
    memset(palette->ramp, 0, sizeof palette->ramp);
    for (int i = 0; i < count && i < 32; i++) memcpy(palette->ramp[i], glyphs[i].bytes, 4);
    return 0;
}

static const char *const ramps[] = {
    [AC_PALETTE_STANDARD] = "   ...',;:clodxkO0KXNWM",
    [AC_PALETTE_BLOCKS] = "   ░░▒▒▓▓██",
    [AC_PALETTE_DIGITAL] = "   -=≡≣▰▱◼",
    [AC_PALETTE_MINIMAL] = "   .-+*#",
    [AC_PALETTE_COOL] = "   ▁▂▃▄▅▆▇█",
};

static ac_palette builtin[AC_PALETTE_CUSTOM];

__attribute__((constructor)) static void build_builtin(void) {
    for (int i = AC_PALETTE_STANDARD; i < AC_PALETTE_CUSTOM; i++)
        ac_palette_build(&builtin[i], ramps[i], strlen(ramps[i]));
}

const ac_palette *ac_palette_builtin(int palette) {
    const bool known = palette >= AC_PALETTE_STANDARD && palette < AC_PALETTE_CUSTOM;
    return &builtin[known ? palette : AC_PALETTE_STANDARD];
}
