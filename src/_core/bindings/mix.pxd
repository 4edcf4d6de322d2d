from libc.stdint cimport uint64_t

from asciichat._core.bus cimport *


cdef class Voice:
    cdef ac_voice *_voice
    cdef object _writing


cdef class Listener:
    cdef ac_listener *_listener
    cdef object _mixing


cdef class Mixer:
    cdef ac_bus *_bus
    cdef uint64_t _start
    cdef object _changing
    cdef list _voices
    cdef list _listeners
    cdef _slot(self, int slot)
