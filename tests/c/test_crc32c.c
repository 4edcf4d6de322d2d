/* CRC-32C: the published check values, chaining, and every variant equal to the scalar one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"
#include "wire/crc32c.h"

static void expect(const char *what, uint32_t got, uint32_t wanted) {
    if (got == wanted) return;
    fprintf(stderr, "%s: 0x%08X, wanted 0x%08X\n", what, got, wanted);
    exit(1);
}

typedef uint32_t crc_function(uint32_t, const void *, size_t);

/* Check values of RFC 3720, appendix B.4, and of the CRC catalogue. */
static void check_values(crc_function *crc) {
    uint8_t bytes[32];
    expect("\"123456789\"", crc(0, "123456789", 9), 0xE3069283);
    expect("nothing", crc(0, "", 0), 0);
    expect("nothing after something", crc(0x12345678, "", 0), 0x12345678);
    memset(bytes, 0, 32);
    expect("32 zeros", crc(0, bytes, 32), 0x8A9136AA);
    memset(bytes, 0xFF, 32);
    expect("32 ones", crc(0, bytes, 32), 0x62A8AB43);
    for (int i = 0; i < 32; i++) bytes[i] = (uint8_t)i;
    expect("32 rising", crc(0, bytes, 32), 0x46DD794E);
    for (int i = 0; i < 32; i++) bytes[i] = (uint8_t)(31 - i);
    expect("32 falling", crc(0, bytes, 32), 0x113FDB5C);
}

/* Every length up to a few blocks of each size, at every alignment, then some long ones. The bytes are copied
   to the end of their own allocation, so that AddressSanitizer sees a read beyond them. */
static void equals_scalar(crc_function *crc, const uint8_t *noise, size_t size) {
    for (size_t length = 0; length < 1400; length++)
        for (size_t skew = 0; skew < 64; skew += length < 200 ? 1 : 13) {
            uint8_t *copy = malloc(skew + length + !(skew + length));
            memcpy(copy + skew, noise + skew, length);
            expect("short run", crc(0xDEADBEEF, copy + skew, length),
                   ac_crc32c_scalar(0xDEADBEEF, noise + skew, length));
            free(copy);
        }
    for (size_t length = 1400; length < size - 64; length = length * 5 / 4 + 7)
        expect("long run", crc(7, noise + length % 64, length),
               ac_crc32c_scalar(7, noise + length % 64, length));
}

static void chains(crc_function *crc, const uint8_t *noise, size_t size) {
    const uint32_t whole = crc(0, noise, size);
    for (size_t cut = 0; cut <= size; cut = cut * 3 / 2 + 1)
        expect("chained", crc(crc(0, noise, cut), noise + cut, size - cut), whole);
}

int main(void) {
    const size_t size = 300000;
    uint8_t *noise = malloc(size);
    uint32_t seed = 1;
    for (size_t i = 0; i < size; i++) noise[i] = (uint8_t)((seed = seed * 1664525 + 1013904223) >> 24);

    static const uint32_t sets[] = {AC_CPU_SCALAR, AC_CPU_SSE42, AC_CPU_SSE42 | AC_CPU_AVX2, AC_CPU_NEON,
                                    UINT32_MAX};
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        ac_cpu_restrict(sets[i]);
        check_values(ac_crc32c);
        equals_scalar(ac_crc32c, noise, size);
        chains(ac_crc32c, noise, size);
    }
    free(noise);
    return 0;
}
