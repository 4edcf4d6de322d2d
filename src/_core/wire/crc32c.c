#include "crc32c.h"

#include <string.h>

#include "base/cpu.h"

#define POLYNOMIAL 0x82F63B78u

/* table[k][b]: the CRC of byte b followed by k zero bytes, so that eight bytes are one round of eight
   look-ups (slicing by 8: M. Kounavis, F. Berry, "Novel Table Lookup-Based Algorithms for High-Performance
   CRC Generation", 2008). */
static uint32_t table[8][256];

__attribute__((constructor)) static void fill_table(void) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? POLYNOMIAL : 0);
        table[0][byte] = crc;
    }
    for (int zeros = 1; zeros < 8; zeros++)
        for (int byte = 0; byte < 256; byte++) {
            const uint32_t crc = table[zeros - 1][byte];
            table[zeros][byte] = crc >> 8 ^ table[0][crc & 0xFF];
        }
}

static uint32_t little_endian(const uint8_t *at) {
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

uint32_t ac_crc32c_scalar(uint32_t crc, const void *data, size_t length) {
    const uint8_t *at = data;
    crc = ~crc;
    for (; length >= 8; length -= 8, at += 8) {
        const uint32_t low = crc ^ little_endian(at), high = little_endian(at + 4);
        crc = table[7][low & 0xFF] ^ table[6][low >> 8 & 0xFF] ^ table[5][low >> 16 & 0xFF] ^
              table[4][low >> 24] ^ table[3][high & 0xFF] ^ table[2][high >> 8 & 0xFF] ^
              table[1][high >> 16 & 0xFF] ^ table[0][high >> 24];
    }
    while (length--) crc = crc >> 8 ^ table[0][(crc ^ *at++) & 0xFF];
    return ~crc;
}

static uint32_t (*chosen)(uint32_t, const void *, size_t) = ac_crc32c_scalar;

static void choose(uint32_t active) {
    chosen = ac_crc32c_scalar;
#if defined(__x86_64__)
    if (active & AC_CPU_SSE42) chosen = ac_crc32c_sse42;
    if (active & AC_CPU_AVX512) chosen = ac_crc32c_avx512;
#elif defined(__aarch64__)
    if (active & AC_CPU_NEON) chosen = ac_crc32c_crc32;
#endif
}

AC_CPU_KERNEL(choose)

uint32_t ac_crc32c(uint32_t crc, const void *data, size_t length) {
    return chosen(crc, data, length);
}
