"""Which instruction sets the kernels use."""

cdef dict _BITS = {"sse42": AC_CPU_SSE42, "avx2": AC_CPU_AVX2, "avx512": AC_CPU_AVX512, "neon": AC_CPU_NEON}


cdef frozenset _names(uint32_t sets):
    return frozenset(name for name, bit in _BITS.items() if sets & <uint32_t>bit)


def detected():
    return _names(ac_cpu_detected())


def active():
    return _names(ac_cpu_active())


def restrict(names=None):
    cdef uint32_t mask = 0
    if names is None:
        ac_cpu_restrict(<uint32_t>0xFFFFFFFF)
        return
    for name in [names] if isinstance(names, str) else names:
        if name not in _BITS:
            raise ValueError(f"no instruction set {name!r}: there are {', '.join(_BITS)}")
        mask |= <uint32_t>_BITS[name]
    ac_cpu_restrict(mask)
