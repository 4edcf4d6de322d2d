from libc.stdint cimport uint32_t

cdef extern from "base/cpu.h" nogil:
    enum:
        AC_CPU_SSE42
        AC_CPU_AVX2
        AC_CPU_AVX512
        AC_CPU_NEON

    uint32_t ac_cpu_detected()
    uint32_t ac_cpu_active()
    void ac_cpu_restrict(uint32_t mask)
