/* Which characters may stand in a cell. */
#ifndef ASCIICHAT_WIDTH_H
#define ASCIICHAT_WIDTH_H

#include <stdbool.h>
#include <stdint.h>

/* Does the character take exactly one cell, visibly, on every terminal? False also for scripts that join,
   combine or run from right to left: a ramp is no place for them. */
bool ac_takes_one_cell(uint32_t character);

/* How much of `length` bytes of UTF-8 fits into `room` cells: whole characters only. *cells is what they
   take; whatever does not take one cell is counted as two. */
int ac_text_fit(const char *text, int length, int room, int *cells);

#endif
