/* The ARMv8 CRC instructions: like x86's, three streams joined by a multiplication. Without a carry-less
   multiplier in the base set, a CRC is moved over a stream's bytes by the bits of the constant. */
#include <arm_acle.h>
#include <string.h>

#include "crc32c.h"

#define OVER_1024 0x170076fau /* x^(8*1024 - 33) mod P */
#define OVER_2048 0xa51b6135u

static inline uint64_t load64(const uint8_t *at) {
    uint64_t word;
    memcpy(&word, at, 8);
    return word;
}

/* crc * x^(8n) mod P, for the constant x^(8n - 33): the plain product is 32 bits wide more, which one CRC32
 * step reduces. */
static inline uint32_t move_over(uint32_t crc, uint32_t constant) {
    uint64_t product = 0;
    for (int bit = 0; bit < 32; bit++) product ^= (uint64_t)crc << bit & -(uint64_t)(constant >> bit & 1);
    return __crc32cd(0, product);
}

uint32_t ac_crc32c_crc32(uint32_t crc, const void *data, size_t length) {
    const uint8_t *at = data;
    crc = ~crc;
    for (; length >= 3 * 1024; length -= 3 * 1024, at += 3 * 1024) {
        uint32_t first = crc, second = 0, third = 0;
        for (int i = 0; i < 1024; i += 8) {
            first = __crc32cd(first, load64(at + i));
            second = __crc32cd(second, load64(at + 1024 + i));
            third = __crc32cd(third, load64(at + 2048 + i));
        }
        crc = move_over(first, OVER_2048) ^ move_over(second, OVER_1024) ^ third;
    }
    for (; length >= 8; length -= 8, at += 8) crc = __crc32cd(crc, load64(at));
    if (length & 4) {
        uint32_t word;
        memcpy(&word, at, 4);
        crc = __crc32cw(crc, word);
        at += 4;
    }
    if (length & 2) {
        uint16_t half;
        memcpy(&half, at, 2);
        crc = __crc32ch(crc, half);
        at += 2;
    }
    if (length & 1) crc = __crc32cb(crc, *at);
    return ~crc;
}
