/* Folding: a 64-byte accumulator times x^(8d) takes the place of the 64 bytes d further on, so four
   accumulators eat 256 bytes a round and CRC32 instructions finish the last 16. With a 128-bit lane H * x^64
   + L and 32-bit constants, the reflected product gains x^33: H is multiplied by x^(8d + 31) mod P and L by
   x^(8d - 33) mod P. Method: V. Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ
   Instruction", Intel, 2009. */
#include <immintrin.h>
#include <string.h>

#include "crc32c.h"

/* Low word (it holds the earlier bytes, H), high word (L), for a distance in bytes. */
#define OVER_16 0xf20c0dfe, 0x493c7d27
#define OVER_32 0x3da6d0cb, 0xba4fc28e
#define OVER_48 0x1c291d04, 0xddc0152b
#define OVER_64 0x740eef02, 0x9e4addf8
#define OVER_128 0x6992cea2, 0x0d3b6092
#define OVER_192 0xa87ab8a8, 0xab7aff2a
#define OVER_256 0xdcb17aa4, 0xb9e02b86

#define SPREAD(low, high) _mm_set_epi64x(high, low)
#define PAIR(...) SPREAD(__VA_ARGS__)
#define LANES(...) _mm512_broadcast_i32x4(PAIR(__VA_ARGS__))

#define FOLD_MIN 128      /* below this the CRC32 instruction alone is faster */
#define FOLD_WIDE_MIN 512 /* from here four accumulators pay */

static inline uint64_t load64(const uint8_t *at) {
    uint64_t word;
    memcpy(&word, at, 8);
    return word;
}

static inline __m512i fold(__m512i accumulator, __m512i constants, __m512i next) {
    const __m512i early = _mm512_clmulepi64_epi128(accumulator, constants, 0x00);
    const __m512i late = _mm512_clmulepi64_epi128(accumulator, constants, 0x11);
    return _mm512_ternarylogic_epi64(early, late, next, 0x96);
}

/* Bring the four lanes together and let two CRC32 steps reduce the 16 bytes that remain. */
static inline uint64_t reduce(__m512i accumulator) {
    __m512i constants = _mm512_castsi128_si512(PAIR(OVER_48));
    constants = _mm512_inserti32x4(constants, PAIR(OVER_32), 1);
    constants = _mm512_inserti32x4(constants, PAIR(OVER_16), 2);
    constants = _mm512_inserti32x4(constants, _mm_setzero_si128(), 3);
    const __m512i last_lane = _mm512_maskz_mov_epi64(0xC0, accumulator);
    const __m512i lanes = fold(accumulator, constants, last_lane);
    const __m256i halves =
        _mm256_xor_si256(_mm512_castsi512_si256(lanes), _mm512_extracti64x4_epi64(lanes, 1));
    const __m128i whole = _mm_xor_si128(_mm256_castsi256_si128(halves), _mm256_extracti128_si256(halves, 1));
    const uint64_t crc = _mm_crc32_u64(0, (uint64_t)_mm_cvtsi128_si64(whole));
    return _mm_crc32_u64(crc, (uint64_t)_mm_extract_epi64(whole, 1));
}

/* `length` is at least 64; takes all whole blocks of 64 bytes. */
static uint64_t folded(uint64_t state, const uint8_t *at, size_t length) {
    const __m512i crc = _mm512_zextsi128_si512(_mm_cvtsi64_si128((int64_t)state));
    __m512i one = _mm512_xor_si512(_mm512_loadu_si512(at), crc);
    if (length >= FOLD_WIDE_MIN) {
        const __m512i over_256 = LANES(OVER_256);
        __m512i two = _mm512_loadu_si512(at + 64), three = _mm512_loadu_si512(at + 128),
                four = _mm512_loadu_si512(at + 192);
        for (at += 256, length -= 256; length >= 256; at += 256, length -= 256) {
            one = fold(one, over_256, _mm512_loadu_si512(at));
            two = fold(two, over_256, _mm512_loadu_si512(at + 64));
            three = fold(three, over_256, _mm512_loadu_si512(at + 128));
            four = fold(four, over_256, _mm512_loadu_si512(at + 192));
        }
        one = fold(one, LANES(OVER_192), fold(two, LANES(OVER_128), fold(three, LANES(OVER_64), four)));
    } else {
        at += 64;
        length -= 64;
    }
    for (const __m512i over_64 = LANES(OVER_64); length >= 64; at += 64, length -= 64)
        one = fold(one, over_64, _mm512_loadu_si512(at));
    return reduce(one);
}

uint32_t ac_crc32c_avx512(uint32_t crc, const void *data, size_t length) {
    const uint8_t *at = data;
    uint64_t state = (uint32_t)~crc;
    if (length >= FOLD_MIN) {
        state = folded(state, at, length);
        at += length & ~(size_t)63;
        length &= 63;
    }
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
