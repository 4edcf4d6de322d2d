/* SGR sequences (ECMA-48 8.3.117): tables of their parameters and writers that copy whole words.

   The writers copy 4, 8 or 16 bytes where fewer are meant and then move on by what was meant: a text buffer
   needs SGR_SLACK bytes more than its text. */
#ifndef ASCIICHAT_SGR_H
#define ASCIICHAT_SGR_H

#include <stdint.h>
#include <string.h>

#define SGR_SLACK 64
#define SGR_RESET "\033[0m"
#define SGR_RESET_LENGTH 4

/* Longest parameters of one colour, in bytes, without the sign that follows. */
#define SGR_16_LENGTH 3    /* 107 */
#define SGR_256_LENGTH 8   /* 38;5;255 */
#define SGR_TRUE_LENGTH 16 /* 38;2;255;255;255 */

/* Numbers 0 to 255, each followed by ';', and their lengths with it. */
typedef struct {
    char text[256][4];
    uint8_t length[256];
} sgr_numbers;

/* What chooses one of 16 or 256 colours, followed by ';'; the last of the 16 bytes is the length. */
typedef struct {
    char text[256][16];
} sgr_parameters;

extern sgr_numbers sgr_number;
extern sgr_parameters sgr_foreground_16, sgr_background_16, sgr_foreground_256, sgr_background_256;

/* A sequence is begun, given one or more colours, and ended. */
static inline char *sgr_begin(char *at) {
    memcpy(at, "\033[", 2);
    return at + 2;
}

static inline char *sgr_put_number(char *at, uint32_t value) {
    memcpy(at, sgr_number.text[value], 4);
    return at + sgr_number.length[value];
}

static inline char *sgr_put_indexed(char *at, const sgr_parameters *table, uint32_t color) {
    memcpy(at, table->text[color], 16);
    return at + (uint8_t)table->text[color][15];
}

/* `kind` is "38;2;" or "48;2;", padded to 8 bytes; `color` is 0xRRGGBB. */
static inline char *sgr_put_true(char *at, const char *kind, uint32_t color) {
    memcpy(at, kind, 8);
    at = sgr_put_number(at + 5, color >> 16);
    at = sgr_put_number(at, color >> 8 & 0xFF);
    return sgr_put_number(at, color & 0xFF);
}

static inline char *sgr_end(char *at) {
    at[-1] = 'm'; /* in place of the last ';' */
    return at;
}

static inline char *sgr_put_reset(char *at) {
    memcpy(at, SGR_RESET, SGR_RESET_LENGTH);
    return at + SGR_RESET_LENGTH;
}

#endif
