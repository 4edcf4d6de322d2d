/* CRC-32C (Castagnoli): reflected polynomial 0x82F63B78, initial value and final XOR 0xFFFFFFFF. */
#ifndef ASCIICHAT_CRC32C_H
#define ASCIICHAT_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* The CRC of `data`. `crc` is 0, or what an earlier call returned for the bytes before these. */
uint32_t ac_crc32c(uint32_t crc, const void *data, size_t length);

/* The variants behind it; the scalar one is the specification. Call the others only on a processor that has
   their sets (cpu.h). */
uint32_t ac_crc32c_scalar(uint32_t crc, const void *data, size_t length);
uint32_t ac_crc32c_sse42(uint32_t crc, const void *data, size_t length);
uint32_t ac_crc32c_avx512(uint32_t crc, const void *data, size_t length);
uint32_t ac_crc32c_crc32(uint32_t crc, const void *data, size_t length);

#endif
