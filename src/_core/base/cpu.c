#include "cpu.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>

#define KERNELS_MAX 32

/* The only global state of the library that can change: what may be used, and whom to tell. */
static uint32_t detected;
static uint32_t active;
static bool known;
static ac_cpu_chooser *kernels[KERNELS_MAX];
static size_t kernel_count;

#if defined(__x86_64__)

#include <cpuid.h>

/* CPUID says what the processor can do, XCR0 which registers the operating system saves on a context switch:
   both must agree before a wide register may be touched. Bit positions: Intel SDM volume 2, CPUID; volume
   1, 13.3. */
static uint32_t detect(void) {
    unsigned eax, ebx, ecx, edx;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx)) return 0;
    const bool sse42 = ecx >> 20 & 1, pclmul = ecx >> 1 & 1, popcnt = ecx >> 23 & 1;
    const bool fma = ecx >> 12 & 1, osxsave = ecx >> 27 & 1, avx = ecx >> 28 & 1;
    uint32_t found = 0;
    if (sse42 && pclmul && popcnt) found |= AC_CPU_SSE42;
    if (!found || !osxsave || !avx) return found;

    unsigned xcr0, high;
    __asm__ volatile("xgetbv" : "=a"(xcr0), "=d"(high) : "c"(0));
    const bool ymm_saved = (xcr0 & 0x06) == 0x06, zmm_saved = (xcr0 & 0xE6) == 0xE6;

    unsigned features, more;
    if (!__get_cpuid_count(7, 0, &eax, &features, &more, &edx)) return found;
    if (!__get_cpuid(0x80000001, &eax, &ebx, &ecx, &edx)) return found;
    const bool lzcnt = ecx >> 5 & 1, bmi1 = features >> 3 & 1, bmi2 = features >> 8 & 1,
               avx2 = features >> 5 & 1;
    if (ymm_saved && avx2 && bmi1 && bmi2 && lzcnt && fma) found |= AC_CPU_AVX2;

    const bool f = features >> 16 & 1, dq = features >> 17 & 1, bw = features >> 30 & 1,
               vl = features >> 31 & 1;
    const bool vbmi = more >> 1 & 1, vbmi2 = more >> 6 & 1, vpclmulqdq = more >> 10 & 1;
    if ((found & AC_CPU_AVX2) && zmm_saved && f && dq && bw && vl && vbmi && vbmi2 && vpclmulqdq)
        found |= AC_CPU_AVX512;
    return found;
}

#elif defined(__aarch64__) && defined(__linux__)

#include <sys/auxv.h>

#define HWCAP_BIT_CRC32 (1UL << 7) /* arch/arm64/include/uapi/asm/hwcap.h */

static uint32_t detect(void) {
    return getauxval(AT_HWCAP) & HWCAP_BIT_CRC32 ? AC_CPU_NEON : 0;
}

#elif defined(__aarch64__) && defined(__APPLE__)

static uint32_t detect(void) {
    return AC_CPU_NEON; /* every Apple processor with this instruction set has the CRC instructions */
}

#else

static uint32_t detect(void) {
    return 0;
}

#endif

/* Constructors of other files may come first, so whoever asks first looks. */
static void look_once(void) {
    if (known) return;
    active = detected = detect();
    known = true;
}

uint32_t ac_cpu_detected(void) {
    look_once();
    return detected;
}

uint32_t ac_cpu_active(void) {
    look_once();
    return active;
}

void ac_cpu_restrict(uint32_t mask) {
    look_once();
    active = detected & mask;
    for (size_t i = 0; i < kernel_count; i++) kernels[i](active);
}

void ac_cpu_register(ac_cpu_chooser *choose) {
    assert(kernel_count < KERNELS_MAX);
    look_once();
    kernels[kernel_count++] = choose;
    choose(active);
}
