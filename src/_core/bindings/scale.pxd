from libc.stdint cimport uint8_t

cdef extern from "picture/scale.h" nogil:
    enum:
        AC_SCALE_MAX

    void ac_scale(const uint8_t *source, int source_width, int source_height, int source_stride,
                  uint8_t *target, int target_width, int target_height, int target_stride)
    void ac_scale_linear(const uint8_t *source, int source_width, int source_height, int source_stride,
                         uint8_t *target, int target_width, int target_height, int target_stride)
