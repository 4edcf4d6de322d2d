#include "base/cpu.h"

#define AC_BLOCK_TABLE ac_block_plain
#include "block_kernels.h"

const ac_block_kernels *ac_block = &ac_block_plain;

#if defined(__x86_64__)
extern const ac_block_kernels ac_block_avx2;

static void choose(uint32_t active) {
    ac_block = active & AC_CPU_AVX2 ? &ac_block_avx2 : &ac_block_plain;
}

AC_CPU_KERNEL(choose)
#endif
