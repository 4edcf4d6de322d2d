from libc.stdint cimport uint8_t

cdef extern from "picture/effect.h" nogil:
    ctypedef struct ac_effects:
        bint flip_x
        bint flip_y
        uint8_t filter
        bint rain

    void ac_effects_apply(const ac_effects *effects, uint8_t *pixels, int columns, int rows, int across, int down,
                          int stride, double now)
