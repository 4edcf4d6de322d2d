from libc.stdint cimport uint32_t, uint64_t

cdef extern from "sound/sample_ring.h" nogil:
    ctypedef struct ac_sample_ring:
        uint32_t capacity
        uint64_t written

    int ac_sample_ring_init(ac_sample_ring *ring, uint32_t capacity)
    void ac_sample_ring_destroy(ac_sample_ring *ring)
    void ac_sample_ring_write(ac_sample_ring *ring, const float *samples, size_t count)
    uint64_t ac_sample_ring_available(const ac_sample_ring *ring, uint64_t cursor)
    size_t ac_sample_ring_read(const ac_sample_ring *ring, uint64_t *cursor, float *samples, size_t count,
                               uint64_t *lost)


cdef class SampleRing:
    cdef ac_sample_ring _ring
    cdef object _writing


cdef class SampleReader:
    cdef readonly SampleRing ring
    cdef readonly unsigned long long lost
    cdef uint64_t _cursor
    cdef object _reading
