#include "sgr.h"

#include <stdio.h>

sgr_numbers sgr_number;
sgr_parameters sgr_foreground_16, sgr_background_16, sgr_foreground_256, sgr_background_256;

static void fill(sgr_parameters *table, int color, const char *format, int value) {
    char *text = table->text[color];
    text[15] = (char)snprintf(text, 15, format, value);
}

__attribute__((constructor)) static void fill_tables(void) {
    for (int value = 0; value < 256; value++) {
        char text[8] = {0};
        sgr_number.length[value] = (uint8_t)snprintf(text, sizeof text, "%d;", value);
        memcpy(sgr_number.text[value], text, 4);
        fill(&sgr_foreground_256, value, "38;5;%d;", value);
        fill(&sgr_background_256, value, "48;5;%d;", value);
    }
    for (int color = 0; color < 16; color++) {
        const int shift =
            color < 8 ? color : 60 + color - 8; /* 90 to 97, 100 to 107: aixterm's bright colours */
        fill(&sgr_foreground_16, color, "%d;", 30 + shift);
        fill(&sgr_background_16, color, "%d;", 40 + shift);
    }
}
