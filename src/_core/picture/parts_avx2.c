#include <immintrin.h>
#include <stdint.h>

#define LANES 32
#define NAME(mode) ac_make_##mode##_avx2

/* One channel of sixteen pixels in three registers, in the order 0, 2, 4, ... 14, 1, 3, ... 15: the left ones
   of eight cells, then the right ones. */
static inline __m128i channel_of(const __m128i *part, int channel) {
    /* Pixel p's byte is number 3 p + channel of 48. A shuffle gives 0 for the bytes of the other two
     * registers. */
    static const _Alignas(16) int8_t index[3][3][16] = {
        {{0, 6, 12, -1, -1, -1, -1, -1, 3, 9, 15, -1, -1, -1, -1, -1},
         {-1, -1, -1, 2, 8, 14, -1, -1, -1, -1, -1, 5, 11, -1, -1, -1},
         {-1, -1, -1, -1, -1, -1, 4, 10, -1, -1, -1, -1, -1, 1, 7, 13}},
        {{1, 7, 13, -1, -1, -1, -1, -1, 4, 10, -1, -1, -1, -1, -1, -1},
         {-1, -1, -1, 3, 9, 15, -1, -1, -1, -1, 0, 6, 12, -1, -1, -1},
         {-1, -1, -1, -1, -1, -1, 5, 11, -1, -1, -1, -1, -1, 2, 8, 14}},
        {{2, 8, 14, -1, -1, -1, -1, -1, 5, 11, -1, -1, -1, -1, -1, -1},
         {-1, -1, -1, 4, 10, -1, -1, -1, -1, -1, 1, 7, 13, -1, -1, -1},
         {-1, -1, -1, -1, -1, 0, 6, 12, -1, -1, -1, -1, -1, 3, 9, 15}},
    };
    __m128i bytes = _mm_setzero_si128();
    for (int i = 0; i < 3; i++)
        bytes = _mm_or_si128(bytes,
                             _mm_shuffle_epi8(part[i], _mm_load_si128((const __m128i *)index[channel][i])));
    return bytes;
}

static inline void part_pixels(const uint8_t *row, uint8_t (*left)[LANES], uint8_t (*right)[LANES]) {
    for (int i = 0; i < LANES; i += 8) {
        __m128i part[3];
        for (int k = 0; k < 3; k++) part[k] = _mm_loadu_si128((const __m128i *)(row + 6 * i) + k);
        for (int channel = 0; channel < 3; channel++) {
            const __m128i bytes = channel_of(part, channel);
            _mm_storel_epi64((__m128i *)(left[channel] + i), bytes);
            _mm_storel_epi64((__m128i *)(right[channel] + i), _mm_unpackhi_epi64(bytes, bytes));
        }
    }
}

#include "parts_lanes.h"
