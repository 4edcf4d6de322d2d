/* Sixteen cells at a time where nothing is open and no turning over could save a colour, as in most of a
 * photograph. */
#include <immintrin.h>
#include <string.h>

#include "settle.h"

/* The glyphs of sixteen patterns of a mode. */
ALWAYS_INLINE __m512i glyphs_of(const uint32_t *glyphs, uint32_t all, __m512i pattern) {
    if (all == 0x0F) return _mm512_permutexvar_epi32(pattern, _mm512_loadu_si512(glyphs));
    if (all == 0x03)
        return _mm512_permutexvar_epi32(pattern, _mm512_broadcast_i32x4(_mm_loadu_si128((void *)glyphs)));
    return _mm512_i32gather_epi32(pattern, glyphs, 4);
}

ALWAYS_INLINE void settle(ac_cells *cells, int from, int to, const uint32_t *glyphs, uint32_t all,
                          ac_pen pen) {
    while (from + 16 <= to) {
        const __m512i front = _mm512_loadu_si512(cells->front + from);
        uint32_t open = _mm512_cmpeq_epi32_mask(front, _mm512_set1_epi32((int)AC_COLOR_ANY));
        if (glyphs != NULL) {
            const __m512i back = _mm512_loadu_si512(cells->back + from);
            const __m512i last_front = _mm512_alignr_epi32(front, _mm512_set1_epi32((int)pen.front), 15);
            const __m512i last_back = _mm512_alignr_epi32(back, _mm512_set1_epi32((int)pen.back), 15);
            open |= _mm512_cmpeq_epi32_mask(front, last_back) | _mm512_cmpeq_epi32_mask(back, last_front);
        }
        if (open != 0) {
            for (const int stop = from + 16; from < stop; from++) settle_cell(cells, from, glyphs, all, &pen);
            continue;
        }
        if (glyphs != NULL) {
            const __m128i pattern = _mm_loadu_si128((const __m128i *)(cells->pattern + from));
            _mm512_storeu_si512(cells->glyph + from, glyphs_of(glyphs, all, _mm512_cvtepu8_epi32(pattern)));
        }
        pen.front = cells->front[from + 15];
        pen.back = cells->back[from + 15];
        from += 16;
    }
    for (; from < to; from++) settle_cell(cells, from, glyphs, all, &pen);
}

void ac_settle_avx512(const ac_raster_style *style, ac_cells *cells, int from, int to, ac_pen pen) {
    uint8_t all;
    const uint32_t *glyphs = ac_cell_patterns(style, &all);
    if (glyphs == NULL)
        settle(cells, from, to, NULL, 0, pen);
    else if (all == 0x03)
        settle(cells, from, to, glyphs, 0x03, pen);
    else if (all == 0x0F)
        settle(cells, from, to, glyphs, 0x0F, pen);
    else
        settle(cells, from, to, glyphs, all, pen);
}
