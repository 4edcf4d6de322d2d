/* Rain: columns of light that fall over a picture, as in the film The Matrix. */
#ifndef ASCIICHAT_RAIN_H
#define ASCIICHAT_RAIN_H

#include <stdint.h>

/* Light each cell (`across` x `down` pixels, 1 or 2 by 1 to 4) of a picture of columns x rows cells by the
   rain.

   How bright a cell is depends on its place and on `now` (seconds, 0 up to years) alone, so that equal views
   are equal. With u = (offset + 3 now speed - row) / 12, of the column's offset in [0, 1000) and speed in
   [0.5, 1), it is 1 - frac(u + 0.3 sin(sqrt(2) u) + 0.2 sin(sqrt(5) u)), and twice that where the cell below
   is darker: at the head of a drop. Every value is multiplied by it, in 256ths, rounded, and cut at 255. */
void ac_rain(uint8_t *pixels, int columns, int rows, int across, int down, int stride, double now);

#endif
