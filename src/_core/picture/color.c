#include "color.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

uint8_t ac_color_rgb[256][3];
uint8_t ac_color_nearest_16[65536 + AC_COLOR_PAD];
uint8_t ac_color_nearest_256[65536 + AC_COLOR_PAD];

typedef struct {
    float lightness, a, b;
} oklab;

/* A part of the table that is filled at once, 4 x 8 x 4 boxes that lie together: what is far from the whole
   block need not be compared with each box. */
#define RED 4
#define GREEN 8
#define BLUE 4
#define BOXES (RED * GREEN * BLUE)
#define MIDDLE (BOXES / 2 + GREEN * BLUE / 2 + BLUE / 2)

typedef struct {
    float lightness[BOXES], a[BOXES], b[BOXES];
    uint32_t at[BOXES]; /* places in the table */
} block;

static float linear_light(float level) {
    const float value = level / 255;
    return value <= 0.04045f ? value / 12.92f : powf((value + 0.055f) / 1.055f, 2.4f); /* IEC 61966-2-1 */
}

/* Of 0 to 1, to a float's precision. A third of the exponent, and two of Halley's steps, that a compiler can
   do for several values at once. */
static inline float cube_root(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    bits = bits / 3 + 0x2A514067u;
    float root;
    memcpy(&root, &bits, sizeof root);
    for (int step = 0; step < 2; step++) {
        const float cube = root * root * root;
        root *= (cube + 2 * value) / (2 * cube + value); /* with 0, halves */
    }
    return root;
}

/* From linear sRGB; the matrices are those of the article. */
static inline oklab to_oklab(float red, float green, float blue) {
    const float l = cube_root(0.4122214708f * red + 0.5363325363f * green + 0.0514459929f * blue);
    const float m = cube_root(0.2119034982f * red + 0.6806995451f * green + 0.1073969566f * blue);
    const float s = cube_root(0.0883024619f * red + 0.2817188376f * green + 0.6299787005f * blue);
    return (oklab){0.2104542553f * l + 0.7936177850f * m - 0.0040720468f * s,
                   1.9779984951f * l - 2.4285922050f * m + 0.4505937099f * s,
                   0.0259040371f * l + 0.7827717662f * m - 0.8086757660f * s};
}

static void fill_rgb(void) {
    static const uint8_t xterm[16][3] = {{0, 0, 0},       {205, 0, 0},   {0, 205, 0},   {205, 205, 0},
                                         {0, 0, 238},     {205, 0, 205}, {0, 205, 205}, {229, 229, 229},
                                         {127, 127, 127}, {255, 0, 0},   {0, 255, 0},   {255, 255, 0},
                                         {92, 92, 255},   {255, 0, 255}, {0, 255, 255}, {255, 255, 255}};
    static const uint8_t cube[6] = {0, 95, 135, 175, 215, 255};
    for (int n = 0; n < 256; n++) {
        uint8_t *rgb = ac_color_rgb[n];
        for (int channel = 0; channel < 3; channel++) {
            if (n < 16)
                rgb[channel] = xterm[n][channel];
            else if (n < 232)
                rgb[channel] = cube[(n - 16) / (channel == 0 ? 36 : channel == 1 ? 6 : 1) % 6];
            else
                rgb[channel] = (uint8_t)(8 + 10 * (n - 232));
        }
    }
}

static void fill_block(block *block, const float *light, int red, int green, int blue) {
    float r[BOXES], g[BOXES], b[BOXES];
    for (int i = 0; i < BOXES; i++) {
        const int high = red + i / (GREEN * BLUE), middle = green + i / BLUE % GREEN, low = blue + i % BLUE;
        block->at[i] = (uint32_t)(high << 11 | middle << 5 | low);
        r[i] = light[high << 3 | high >> 2];
        g[i] = light[middle << 2 | middle >> 4];
        b[i] = light[low << 3 | low >> 2];
    }
    for (int i = 0; i < BOXES; i++) {
        const oklab color = to_oklab(r[i], g[i], b[i]);
        block->lightness[i] = color.lightness;
        block->a[i] = color.a;
        block->b[i] = color.b;
    }
}

static float squared_distance(const block *block, int i, oklab color) {
    const float dl = block->lightness[i] - color.lightness;
    const float da = block->a[i] - color.a, db = block->b[i] - color.b;
    return dl * dl + da * da + db * db;
}

/* The nearest of colours `first` to `last` for each box of a block. What is nearest to some box is farther
   from the middle box than the middle's own nearest by at most twice the way between the two boxes: all else
   is left out. */
static void nearest_of_block(const oklab *palette, int first, int last, const block *block,
                             uint8_t *nearest) {
    const oklab middle = {block->lightness[MIDDLE], block->a[MIDDLE], block->b[MIDDLE]};
    float widest = 0, closest = 4, distance[256];
    for (int i = 0; i < BOXES; i++) {
        const float reach = squared_distance(block, i, middle);
        widest = reach > widest ? reach : widest;
    }
    for (int n = first; n <= last; n++) {
        distance[n] = squared_distance(block, MIDDLE, palette[n]);
        closest = distance[n] < closest ? distance[n] : closest;
    }
    const float limit = sqrtf(closest) + 2 * sqrtf(widest) + 1e-5f;
    /* Distances are not negative, so that their bits are in their order, and the lowest eight can be the
       number: what is compared is one integer, which a compiler gives a vector's lane. */
    int32_t least[BOXES];
    for (int i = 0; i < BOXES; i++) least[i] = INT32_MAX;
    for (int n = first; n <= last; n++) {
        if (distance[n] > limit * limit) continue;
        const oklab color = palette[n];
        for (int i = 0; i < BOXES; i++) {
            const float mine = squared_distance(block, i, color);
            int32_t key;
            memcpy(&key, &mine, sizeof key);
            key = (key & ~0xFF) | n;
            least[i] = key < least[i] ? key : least[i];
        }
    }
    for (int i = 0; i < BOXES; i++) nearest[block->at[i]] = (uint8_t)least[i];
}

/* Boxes that hold a colour of the palette are that colour's; of equal ones the first's. */
static void keep_own(int first, int last, uint8_t *nearest) {
    for (int n = last; n >= first; n--) {
        const uint8_t *rgb = ac_color_rgb[n];
        nearest[ac_color_box(rgb[0], rgb[1], rgb[2])] = (uint8_t)n;
    }
}

__attribute__((constructor)) static void fill_tables(void) {
    fill_rgb();
    float light[256];
    for (int level = 0; level < 256; level++) light[level] = linear_light((float)level);
    oklab palette[256];
    for (int n = 0; n < 256; n++)
        palette[n] =
            to_oklab(light[ac_color_rgb[n][0]], light[ac_color_rgb[n][1]], light[ac_color_rgb[n][2]]);
    block block;
    for (int red = 0; red < 32; red += RED)
        for (int green = 0; green < 64; green += GREEN)
            for (int blue = 0; blue < 32; blue += BLUE) {
                fill_block(&block, light, red, green, blue);
                nearest_of_block(palette, 0, 15, &block, ac_color_nearest_16);
                nearest_of_block(palette, 16, 255, &block, ac_color_nearest_256);
            }
    keep_own(0, 15, ac_color_nearest_16);
    keep_own(16, 255, ac_color_nearest_256);
}
