#include "rain.h"

#include <math.h>

#define FALL 3.0   /* rows a second at speed 1 */
#define TRAIL 12.0 /* rows */
#define STRIP 64   /* columns worked on at a time */
#define ACROSS_MAX 2

/* u of a strip's columns in the row that comes next, and the sines and cosines of its two wobbles: one row on
   they turn by the same angle, which spares computing them anew. */
typedef struct {
    double u[STRIP], sine[2][STRIP], cosine[2][STRIP];
} drops;

static const double pitch[2] = {1.4142135623730951, 2.23606797749979}; /* sqrt(2), sqrt(5) */

/* A number without a pattern for each column. */
static uint32_t scatter(uint32_t column) {
    uint32_t bits = (column + 1) * 0x9E3779B1u;
    bits = (bits ^ bits >> 15) * 0x85EBCA77u;
    return bits ^ bits >> 13;
}

static void begin(drops *drops, int first, int count, double now) {
    for (int i = 0; i < count; i++) {
        const uint32_t bits = scatter((uint32_t)(first + i));
        const double offset = (bits & 0xFFFF) * (1000 / 65536.0);
        const double speed = 0.5 + (bits >> 16) / 131072.0;
        const double u = (offset + FALL * now * speed) / TRAIL;
        drops->u[i] = u;
        for (int k = 0; k < 2; k++) {
            drops->sine[k][i] = sin(pitch[k] * u);
            drops->cosine[k][i] = cos(pitch[k] * u);
        }
    }
}

/* The brightness of a row, and on to the next. */
static void next_row(drops *drops, int count, double *brightness) {
    const double sine[2] = {sin(pitch[0] / TRAIL), sin(pitch[1] / TRAIL)};
    const double cosine[2] = {cos(pitch[0] / TRAIL), cos(pitch[1] / TRAIL)};
    for (int i = 0; i < count; i++) {
        const double place = drops->u[i] + 0.3 * drops->sine[0][i] + 0.2 * drops->sine[1][i];
        const double whole = (double)(int64_t)place; /* place may be negative: this rounds towards 0 */
        const double rest = place - whole;
        brightness[i] = rest < 0 ? -rest : 1 - rest;
        drops->u[i] -= 1 / TRAIL;
        for (int k = 0; k < 2; k++) {
            const double s = drops->sine[k][i], c = drops->cosine[k][i];
            drops->sine[k][i] = s * cosine[k] - c * sine[k];
            drops->cosine[k][i] = c * cosine[k] + s * sine[k];
        }
    }
}

static void light(uint8_t *values, const uint16_t *weights, int count) {
    for (int i = 0; i < count; i++) {
        const uint32_t value = (values[i] * (uint32_t)weights[i] + 128) >> 8;
        values[i] = (uint8_t)(value > 255 ? 255 : value);
    }
}

void ac_rain(uint8_t *pixels, int columns, int rows, int across, int down, int stride, double now) {
    for (int x = 0; x < columns; x += STRIP) {
        const int count = columns - x < STRIP ? columns - x : STRIP;
        drops drops;
        double brightness[2][STRIP];
        uint16_t weights[STRIP * ACROSS_MAX * 3];
        begin(&drops, x, count, now);
        next_row(&drops, count, brightness[0]);
        for (int y = 0; y < rows; y++) {
            const double *here = brightness[y & 1], *below = brightness[~y & 1];
            next_row(&drops, count, brightness[~y & 1]);
            for (int i = 0; i < count; i++) {
                const uint32_t weight = (uint32_t)(here[i] * (here[i] > below[i] ? 512 : 256) + 0.5);
                for (int part = 0; part < 3 * across; part++)
                    weights[i * 3 * across + part] = (uint16_t)weight;
            }
            for (int part = 0; part < down; part++)
                light(pixels + ((int64_t)y * down + part) * stride + (int64_t)x * across * 3, weights,
                      count * across * 3);
        }
    }
}
