from libc.stdint cimport int32_t, uint32_t, uint64_t

from asciichat._core.bus cimport c_bool

cdef extern from "base/clock.h" nogil:
    uint64_t ac_now_ns()

cdef extern from "sound/jitter.h" nogil:
    ctypedef struct ac_sample_ring:
        uint64_t written
    ctypedef struct ac_arrival:
        uint32_t target
    ctypedef struct ac_jitter:
        ac_sample_ring ring
        ac_arrival arrival
        uint64_t underruns
        uint64_t dropped
        uint64_t concealed
        int32_t lateness

    int ac_jitter_init(ac_jitter *jitter, uint32_t target)
    void ac_jitter_destroy(ac_jitter *jitter)
    void ac_jitter_write(ac_jitter *jitter, const float *samples, int count, uint64_t now_ns)
    c_bool ac_jitter_pull(ac_jitter *jitter, float *samples, int count, uint64_t due_ns)


cdef class JitterBuffer:
    cdef ac_jitter _jitter
    cdef double _due
    cdef object _writing
    cdef object _reading
