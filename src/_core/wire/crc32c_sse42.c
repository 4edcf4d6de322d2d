/* Three interleaved streams: the CRC32 instruction takes three cycles but starts every cycle. The streams are
   joined with carry-less multiplication: a CRC moved over n bytes is crc * x^(8n) mod P. In the reflected
   representation the product of two 32-bit values, reduced by one CRC32 step, gains x^33, hence the constants
   x^(8n - 33) mod P. Method: V. Gopal et al., "Fast CRC Computation for iSCSI Polynomial Using CRC32
   Instruction", Intel, 2011. */
#include <nmmintrin.h>
#include <string.h>
#include <wmmintrin.h>

#include "crc32c.h"

#define OVER_128 0x0d3b6092u /* x^(8*128 - 33) mod P */
#define OVER_256 0xb9e02b86u
#define OVER_1024 0x170076fau
#define OVER_2048 0xa51b6135u

static inline uint64_t load64(const uint8_t *at) {
    uint64_t word;
    memcpy(&word, at, 8);
    return word;
}

static inline uint64_t move_over(uint64_t crc, uint32_t constant) {
    const __m128i product =
        _mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)crc), _mm_cvtsi32_si128((int)constant), 0);
    return _mm_crc32_u64(0, (uint64_t)_mm_cvtsi128_si64(product));
}

/* The CRC over 3 * size bytes. */
static inline uint64_t three_streams(uint64_t crc, const uint8_t *at, size_t size, uint32_t over_one,
                                     uint32_t over_two) {
    uint64_t first = crc, second = 0, third = 0;
    for (size_t i = 0; i < size; i += 8) {
        first = _mm_crc32_u64(first, load64(at + i));
        second = _mm_crc32_u64(second, load64(at + size + i));
        third = _mm_crc32_u64(third, load64(at + 2 * size + i));
    }
    return move_over(first, over_two) ^ move_over(second, over_one) ^ third;
}

uint32_t ac_crc32c_sse42(uint32_t crc, const void *data, size_t length) {
    const uint8_t *at = data;
    uint64_t state = (uint32_t)~crc;
    for (; length >= 3 * 1024; length -= 3 * 1024, at += 3 * 1024)
        state = three_streams(state, at, 1024, OVER_1024, OVER_2048);
    for (; length >= 3 * 128; length -= 3 * 128, at += 3 * 128)
        state = three_streams(state, at, 128, OVER_128, OVER_256);
    for (; length >= 8; length -= 8, at += 8) state = _mm_crc32_u64(state, load64(at));
    uint32_t rest = (uint32_t)state;
    if (length & 4) {
        uint32_t word;
        memcpy(&word, at, 4);
        rest = _mm_crc32_u32(rest, word);
        at += 4;
    }
    if (length & 2) {
        uint16_t half;
        memcpy(&half, at, 2);
        rest = _mm_crc32_u16(rest, half);
        at += 2;
    }
    if (length & 1) rest = _mm_crc32_u8(rest, *at);
    return ~rest;
}
