#include "color.h"

#include <math.h>

uint8_t ac_color_rgb[256][3];
uint8_t ac_color_nearest_16[32768 + AC_COLOR_PAD];
uint8_t ac_color_nearest_256[32768 + AC_COLOR_PAD];

typedef struct {
    float lightness, a, b;
} oklab;

/* A row of boxes that differ only in blue. */
typedef struct {
    float lightness[32], a[32], b[32];
} boxes;

static float linear_light(float level) {
    const float value = level / 255;
    return value <= 0.04045f ? value / 12.92f : powf((value + 0.055f) / 1.055f, 2.4f); /* IEC 61966-2-1 */
}

/* From linear sRGB; the matrices are those of the article. */
static oklab to_oklab(float red, float green, float blue) {
    const float l = cbrtf(0.4122214708f * red + 0.5363325363f * green + 0.0514459929f * blue);
    const float m = cbrtf(0.2119034982f * red + 0.6806995451f * green + 0.1073969566f * blue);
    const float s = cbrtf(0.0883024619f * red + 0.2817188376f * green + 0.6299787005f * blue);
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

/* The nearest of colours `first` to `last` for a row of 32 boxes. The boxes are the inner loop and distance
   and number travel in one integer, so that the compiler can give each box a vector lane. */
static void nearest_of_row(const oklab *palette, int first, int last, const boxes *row, uint8_t *nearest) {
    const float scale = 2097152; /* distances are below 2, so 22 bits; 8 more for the number */
    int32_t least[32];
    for (int i = 0; i < 32; i++) least[i] = INT32_MAX;
    for (int n = first; n <= last; n++) {
        const oklab color = palette[n];
        for (int i = 0; i < 32; i++) {
            const float dl = row->lightness[i] - color.lightness;
            const float da = row->a[i] - color.a, db = row->b[i] - color.b;
            const int32_t key = (int32_t)((dl * dl + da * da + db * db) * scale) << 8 | n;
            least[i] = key < least[i] ? key : least[i];
        }
    }
    for (int i = 0; i < 32; i++) nearest[i] = (uint8_t)least[i];
}

__attribute__((constructor)) static void fill_tables(void) {
    fill_rgb();
    float light[256];
    for (int level = 0; level < 256; level++) light[level] = linear_light((float)level);
    oklab palette[256];
    for (int n = 0; n < 256; n++)
        palette[n] =
            to_oklab(light[ac_color_rgb[n][0]], light[ac_color_rgb[n][1]], light[ac_color_rgb[n][2]]);
    float level[32];
    for (int i = 0; i < 32; i++) level[i] = light[i << 3 | i >> 2];
    for (int red = 0; red < 32; red++)
        for (int green = 0; green < 32; green++) {
            boxes row;
            for (int blue = 0; blue < 32; blue++) {
                const oklab color = to_oklab(level[red], level[green], level[blue]);
                row.lightness[blue] = color.lightness;
                row.a[blue] = color.a;
                row.b[blue] = color.b;
            }
            const uint32_t at = ac_color_box((uint32_t)red << 3, (uint32_t)green << 3, 0);
            nearest_of_row(palette, 0, 15, &row, ac_color_nearest_16 + at);
            nearest_of_row(palette, 16, 255, &row, ac_color_nearest_256 + at);
        }
}
