from libc.stdint cimport uint32_t

cdef extern from "wire/crc32c.h" nogil:
    uint32_t ac_crc32c(uint32_t crc, const void *data, size_t length)
