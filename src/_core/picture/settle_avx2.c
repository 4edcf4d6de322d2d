/* Eight cells at a time where nothing is open and no turning over could save a colour, as in most of a
 * photograph. */
#include "pixel_avx2.h"
#include "settle.h"

/* The words of a register, each one place on; the first one is the pen's. */
static inline __m256i after(__m256i words, uint32_t pen) {
    const __m256i turned = _mm256_permutevar8x32_epi32(words, _mm256_setr_epi32(7, 0, 1, 2, 3, 4, 5, 6));
    return _mm256_blend_epi32(turned, set1(pen), 1);
}

ALWAYS_INLINE void settle(ac_cells *cells, int from, int to, const uint32_t *glyphs, uint32_t all,
                          ac_pen pen) {
    while (from + 8 <= to) {
        const __m256i front = load8(cells->front + from);
        __m256i open = _mm256_cmpeq_epi32(front, set1(AC_COLOR_ANY));
        if (glyphs != NULL) {
            const __m256i back = load8(cells->back + from);
            open = _mm256_or_si256(open, _mm256_cmpeq_epi32(front, after(back, pen.back)));
            open = _mm256_or_si256(open, _mm256_cmpeq_epi32(back, after(front, pen.front)));
        }
        if (!_mm256_testz_si256(open, open)) {
            for (const int stop = from + 8; from < stop; from++) settle_cell(cells, from, glyphs, all, &pen);
            continue;
        }
        if (glyphs != NULL) {
            const __m128i pattern = _mm_loadl_epi64((const __m128i *)(cells->pattern + from));
            store8(cells->glyph + from, look_up(glyphs, _mm256_cvtepu8_epi32(pattern)));
        }
        pen.front = cells->front[from + 7];
        pen.back = cells->back[from + 7];
        from += 8;
    }
    for (; from < to; from++) settle_cell(cells, from, glyphs, all, &pen);
}

void ac_settle_avx2(const ac_raster_style *style, ac_cells *cells, int from, int to, ac_pen pen) {
    uint8_t all;
    const uint32_t *glyphs = ac_cell_patterns(style, &all);
    if (glyphs == NULL)
        settle(cells, from, to, NULL, 0, pen);
    else
        settle(cells, from, to, glyphs, all, pen);
}
