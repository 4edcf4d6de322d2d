/* Which instruction sets the kernels may use: read once from the processor, narrowed only by tests. */
#ifndef ASCIICHAT_CPU_H
#define ASCIICHAT_CPU_H

#include <stdint.h>

enum {
    AC_CPU_SCALAR = 0,
    AC_CPU_SSE42 = 1 << 0,
    AC_CPU_AVX2 = 1 << 1,   /* with BMI2, LZCNT, FMA */
    AC_CPU_AVX512 = 1 << 2, /* F, BW, VL, DQ, VBMI, VBMI2 and VPCLMULQDQ */
    AC_CPU_NEON = 1 << 3,   /* with the ARMv8 CRC instructions */
};

/* The sets this processor has. */
uint32_t ac_cpu_detected(void);

/* The sets in use. */
uint32_t ac_cpu_active(void);

/* Use only sets in `mask`; every kernel's function pointer is chosen anew. For tests and benchmarks: call it
   while no other thread is inside a kernel. ac_cpu_restrict(UINT32_MAX) returns to everything the processor
   has. */
void ac_cpu_restrict(uint32_t mask);

/* A kernel's chooser points the kernel's function pointer at the best variant within `active`. Registering
   calls it at once, and again whenever the sets in use change. */
typedef void ac_cpu_chooser(uint32_t active);
void ac_cpu_register(ac_cpu_chooser *choose);

/* At the end of a kernel's file: registers its chooser when the library is loaded, before any other code can
 * call it. */
#define AC_CPU_KERNEL(choose)                                                                                \
    __attribute__((constructor)) static void choose##_at_load(void) {                                        \
        ac_cpu_register(choose);                                                                             \
    }

#endif
