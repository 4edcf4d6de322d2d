/* Sixteen cells at a time. Every cell's text is laid out at full length in a slot of a register: the sequence
   with three digits for each number, then four bytes of glyph. Digits and bytes that are not there are zero,
   and parts that say what is set already are masked; what remains is pushed together (VPCOMPRESSB) and
   stored. */
#include <immintrin.h>
#include <string.h>

#include "emit.h"

/* Where a register's bytes come from: bytes of two source registers where `fetched`, else the text in `index`
 * itself. */
typedef struct {
    _Alignas(64) uint8_t index[64];
    uint64_t fetched;
} layout;

static layout one_indexed[2], two_indexed[2], two_indexed_glyphs, one_true, two_true;

/* The parts of a slot that are wanted, by which colours change: bit 0 front, bit 1 back. */
static uint64_t one_indexed_wanted[16]; /* four slots, a bit each */
static uint32_t two_indexed_wanted[4];  /* one slot */
static uint64_t one_true_wanted[4];     /* two slots, a bit each */
static uint64_t two_true_wanted[4];     /* one slot */

static void put_text(layout *layout, int at, const char *text) {
    memcpy(layout->index + at, text, strlen(text));
}

static void fetch(layout *layout, int at, int from, int count) {
    for (int i = 0; i < count; i++) {
        layout->index[at + i] = (uint8_t)(from + i);
        layout->fetched |= UINT64_C(1) << (at + i);
    }
}

static uint64_t range(int from, int to) {
    return (UINT64_C(1) << to) - (UINT64_C(1) << from);
}

/* Not at load: this file's code may run only on a processor that has the instructions. */
void ac_emit_avx512_prepare(void) {
    if (one_true.fetched != 0) return;
    /* Four slots: ESC [ 38;5;NNN m glyph. With 16 colours the number is the whole parameter. */
    for (int slot = 0; slot < 4; slot++)
        for (int wide = 0; wide < 2; wide++) {
            put_text(&one_indexed[wide], 16 * slot, wide ? "\033[38;5;" : "\033[");
            fetch(&one_indexed[wide], 16 * slot + 7, 4 * slot, 3);
            put_text(&one_indexed[wide], 16 * slot + 10, "m");
            fetch(&one_indexed[wide], 16 * slot + 11, 64 + 4 * slot, 4);
        }
    for (int changed = 0; changed < 16; changed++)
        for (int slot = 0; slot < 4; slot++)
            one_indexed_wanted[changed] |= range(changed >> slot & 1 ? 0 : 11, 15) << 16 * slot;

    /* Two slots: ESC [ 38;5;NNN ; 48;5;NNN m glyph; the glyph comes from a third register. */
    for (int slot = 0; slot < 2; slot++) {
        for (int wide = 0; wide < 2; wide++) {
            put_text(&two_indexed[wide], 32 * slot, wide ? "\033[38;5;" : "\033[");
            fetch(&two_indexed[wide], 32 * slot + 7, 4 * slot, 3);
            put_text(&two_indexed[wide], 32 * slot + 10, wide ? ";48;5;" : ";");
            fetch(&two_indexed[wide], 32 * slot + 16, 64 + 4 * slot, 3);
            put_text(&two_indexed[wide], 32 * slot + 19, "m");
        }
        fetch(&two_indexed_glyphs, 32 * slot + 20, 4 * slot, 4);
    }
    two_indexed_wanted[0] = (uint32_t)range(20, 24);
    two_indexed_wanted[1] = (uint32_t)(range(0, 10) | range(19, 24));
    two_indexed_wanted[2] = (uint32_t)(range(0, 2) | range(11, 24));
    two_indexed_wanted[3] = (uint32_t)range(0, 24);

    /* Two slots: ESC [ 38;2; RRR;GGG;BBBm glyph, all from RRR on fetched at once. */
    for (int slot = 0; slot < 2; slot++) {
        put_text(&one_true, 32 * slot, "\033[38;2;");
        fetch(&one_true, 32 * slot + 7, 64 * slot, 16);
    }
    for (int changed = 0; changed < 4; changed++)
        for (int slot = 0; slot < 2; slot++)
            one_true_wanted[changed] |= range(changed >> slot & 1 ? 0 : 19, 23) << 32 * slot;

    /* One slot: ESC [ 38;2; RRR;GGG;BBB; 48;2; RRR;GGG;BBBm glyph. */
    put_text(&two_true, 0, "\033[38;2;");
    fetch(&two_true, 7, 0, 12);
    put_text(&two_true, 19, "48;2;");
    fetch(&two_true, 24, 64, 16);
    two_true_wanted[0] = range(36, 40);
    two_true_wanted[1] = range(0, 18) | range(35, 40);
    two_true_wanted[2] = range(0, 2) | range(19, 40);
    two_true_wanted[3] = range(0, 40);
}

/* The register a layout describes, its sources taken `shift` bytes further on. */
static inline __m512i apply(const layout *layout, int shift, __m512i first, __m512i second) {
    const __m512i base = _mm512_load_si512(layout->index);
    const __m512i index = _mm512_mask_add_epi8(base, layout->fetched, base, _mm512_set1_epi8((char)shift));
    return _mm512_mask2_permutex2var_epi8(first, index, layout->fetched, second);
}

static inline char *put_present(char *at, __m512i bytes, __mmask64 wanted) {
    const __mmask64 present = _mm512_test_epi8_mask(bytes, bytes) & wanted;
    _mm512_storeu_si512(at, _mm512_maskz_compress_epi8(present, bytes));
    return at + _mm_popcnt_u64(present);
}

/* The digits of 64 bytes: hundreds, tens and ones in ASCII, leading zeros 0. */
typedef struct {
    __m512i hundreds, tens, ones;
} digits;

static inline digits digits_of(__m512i value) {
    static const _Alignas(64) char tens[129] =
        "0000000000111111111122222222223333333333444444444455555555556666"
        "666666777777777788888888889999999999----------------------------";
    static const _Alignas(64) char ones[129] =
        "0123456789012345678901234567890123456789012345678901234567890123"
        "456789012345678901234567890123456789----------------------------";
    const __mmask64 ten = _mm512_cmpge_epu8_mask(value, _mm512_set1_epi8(10));
    const __mmask64 hundred = _mm512_cmpge_epu8_mask(value, _mm512_set1_epi8(100));
    const __mmask64 two_hundred = _mm512_cmpge_epu8_mask(value, _mm512_set1_epi8((char)200));
    __m512i rest = _mm512_mask_sub_epi8(value, hundred, value, _mm512_set1_epi8(100));
    rest = _mm512_mask_sub_epi8(rest, two_hundred, rest, _mm512_set1_epi8(100));
    const __m512i one_or_none = _mm512_maskz_set1_epi8(hundred, '1');
    return (digits){
        .hundreds = _mm512_mask_add_epi8(one_or_none, two_hundred, one_or_none, _mm512_set1_epi8(1)),
        .tens =
            _mm512_maskz_permutex2var_epi8(ten, _mm512_load_si512(tens), rest, _mm512_load_si512(tens + 64)),
        .ones = _mm512_permutex2var_epi8(_mm512_load_si512(ones), rest, _mm512_load_si512(ones + 64)),
    };
}

/* Sixteen palette numbers as three digits each. Of the 16 colours the numbers are 30 to 37 and 90 to 97, for
   the background 10 more. */
static inline __m512i indexed_digits(int level, bool back, __m512i color) {
    if (level == AC_COLOR_16) {
        const __mmask16 bright = _mm512_cmpge_epi32_mask(color, _mm512_set1_epi32(8));
        color = _mm512_add_epi32(color, _mm512_set1_epi32(back ? 40 : 30));
        color = _mm512_mask_add_epi32(color, bright, color, _mm512_set1_epi32(52));
    }
    const digits digits = digits_of(_mm512_and_si512(color, _mm512_set1_epi32(0xFF)));
    const __mmask64 lowest = UINT64_C(0x1111111111111111);
    const __m512i ones = _mm512_slli_epi32(_mm512_maskz_mov_epi8(lowest, digits.ones), 16);
    return _mm512_ternarylogic_epi32(digits.hundreds, _mm512_slli_epi32(digits.tens, 8), ones, 0xFE);
}

/* Sixteen colours as RRR;GGG;BBB and `end`, then four bytes of nothing: colour 4k + j in lane k of register
 * j. */
typedef struct {
    __m512i register_of[4];
} true_digits;

static inline true_digits true_digits_of(__m512i color, char end) {
    const __m512i red_first =
        _mm512_broadcast_i32x4(_mm_set_epi8(15, 12, 13, 14, 11, 8, 9, 10, 7, 4, 5, 6, 3, 0, 1, 2));
    const digits digits = digits_of(_mm512_shuffle_epi8(color, red_first));
    const __m512i signs = _mm512_set1_epi32(';' | ';' << 8 | end << 16);
    const __m512i low = _mm512_unpacklo_epi8(digits.hundreds, digits.tens);
    const __m512i high = _mm512_unpackhi_epi8(digits.hundreds, digits.tens);
    const __m512i low_ends = _mm512_unpacklo_epi8(digits.ones, signs);
    const __m512i high_ends = _mm512_unpackhi_epi8(digits.ones, signs);
    return (true_digits){{_mm512_unpacklo_epi16(low, low_ends), _mm512_unpackhi_epi16(low, low_ends),
                          _mm512_unpacklo_epi16(high, high_ends), _mm512_unpackhi_epi16(high, high_ends)}};
}

/* The same with the cells' glyphs in the last four bytes. */
static inline true_digits with_glyphs(true_digits text, __m512i glyphs) {
    text.register_of[0] = _mm512_mask_shuffle_epi32(text.register_of[0], 0x8888, glyphs, 0x00);
    text.register_of[1] = _mm512_mask_shuffle_epi32(text.register_of[1], 0x8888, glyphs, 0x55);
    text.register_of[2] = _mm512_mask_shuffle_epi32(text.register_of[2], 0x8888, glyphs, 0xAA);
    text.register_of[3] = _mm512_mask_shuffle_epi32(text.register_of[3], 0x8888, glyphs, 0xFF);
    return text;
}

/* Sixteen cells whose colours change where `fronts` and `backs` say. */
ALWAYS_INLINE char *put_sixteen(int level, bool two, __m512i glyph, __m512i front, __m512i back,
                                uint32_t fronts, uint32_t backs, char *at) {
    if (level == AC_COLOR_NONE) return put_present(at, glyph, UINT64_MAX);
    if (level == AC_COLOR_TRUE && !two) {
        const true_digits text = with_glyphs(true_digits_of(front, 'm'), glyph);
        for (int cell = 0; cell < 16; cell += 2) {
            const int pair = cell & 2;
            at = put_present(
                at, apply(&one_true, cell / 4 * 16, text.register_of[pair], text.register_of[pair + 1]),
                one_true_wanted[fronts >> cell & 3]);
        }
        return at;
    }
    if (level == AC_COLOR_TRUE) {
        const true_digits fore = true_digits_of(front, ';');
        const true_digits ground = with_glyphs(true_digits_of(back, 'm'), glyph);
        for (int cell = 0; cell < 16; cell++)
            at = put_present(
                at, apply(&two_true, cell / 4 * 16, fore.register_of[cell & 3], ground.register_of[cell & 3]),
                two_true_wanted[(fronts >> cell & 1) | (backs >> cell & 1) << 1]);
        return at;
    }
    const int wide = level == AC_COLOR_256;
    const __m512i fore = indexed_digits(level, false, front);
    if (!two) {
        for (int cell = 0; cell < 16; cell += 4)
            at = put_present(at, apply(&one_indexed[wide], cell * 4, fore, glyph),
                             one_indexed_wanted[fronts >> cell & 15]);
        return at;
    }
    const __m512i ground = indexed_digits(level, true, back);
    for (int cell = 0; cell < 16; cell += 2) {
        const __m512i colors = apply(&two_indexed[wide], cell * 4, fore, ground);
        const __m512i glyphs = apply(&two_indexed_glyphs, cell * 4, glyph, glyph);
        const uint64_t first = two_indexed_wanted[(fronts >> cell & 1) | (backs >> cell & 1) << 1];
        const uint64_t second = two_indexed_wanted[(fronts >> cell >> 1 & 1) | (backs >> cell >> 1 & 1) << 1];
        at = put_present(at, _mm512_or_si512(colors, glyphs), first | second << 32);
    }
    return at;
}

ALWAYS_INLINE char *emit(int level, bool two, bool rep, const ac_cells *cells, int from, int to, ac_pen *pen,
                         char *at) {
    while (from + 16 <= to) {
        const __m512i glyph = _mm512_loadu_si512(cells->glyph + from);
        const __m512i front = _mm512_loadu_si512(cells->front + from),
                      back = _mm512_loadu_si512(cells->back + from);
        if (rep) { /* where a cell equals the next one there may be something to repeat */
            const uint32_t equal =
                _mm512_cmpeq_epi32_mask(glyph, _mm512_loadu_si512(cells->glyph + from + 1)) &
                _mm512_cmpeq_epi32_mask(front, _mm512_loadu_si512(cells->front + from + 1)) &
                _mm512_cmpeq_epi32_mask(back, _mm512_loadu_si512(cells->back + from + 1));
            if (equal != 0) {
                for (const int stop = from + 16; from < stop;)
                    at = put_cell(level, true, cells, &from, to, pen, at);
                continue;
            }
        }
        uint32_t fronts = 0, backs = 0;
        if (level != AC_COLOR_NONE) {
            const __m512i last_front = _mm512_alignr_epi32(front, _mm512_set1_epi32((int)pen->front), 15);
            fronts = _mm512_cmpneq_epi32_mask(front, last_front);
            pen->front = cells->front[from + 15];
        }
        if (level != AC_COLOR_NONE && two) {
            const __m512i last_back = _mm512_alignr_epi32(back, _mm512_set1_epi32((int)pen->back), 15);
            backs = _mm512_cmpneq_epi32_mask(back, last_back);
            pen->back = cells->back[from + 15];
        }
        at = put_sixteen(level, two, glyph, front, back, fronts, backs, at);
        from += 16;
    }
    while (from < to) at = put_cell(level, rep, cells, &from, to, pen, at);
    return at;
}

ALWAYS_INLINE char *emit_level(int level, const ac_raster_style *style, const ac_cells *cells, int from,
                               int to, ac_pen *pen, char *at) {
    const uint8_t mode = style->render_mode;
    const bool one = mode == AC_RENDER_FOREGROUND || mode == AC_RENDER_BRAILLE || mode == AC_RENDER_EDGE;
    if (one && style->rep) return emit(level, false, true, cells, from, to, pen, at);
    if (one) return emit(level, false, false, cells, from, to, pen, at);
    if (style->rep) return emit(level, true, true, cells, from, to, pen, at);
    return emit(level, true, false, cells, from, to, pen, at);
}

char *ac_emit_avx512(const ac_raster_style *style, const ac_cells *cells, int from, int to, ac_pen *pen,
                     char *at) {
    switch (style->color_level) {
    case AC_COLOR_TRUE:
        return emit_level(AC_COLOR_TRUE, style, cells, from, to, pen, at);
    case AC_COLOR_256:
        return emit_level(AC_COLOR_256, style, cells, from, to, pen, at);
    case AC_COLOR_16:
        return emit_level(AC_COLOR_16, style, cells, from, to, pen, at);
    default:
        return emit_level(AC_COLOR_NONE, style, cells, from, to, pen, at);
    }
}
