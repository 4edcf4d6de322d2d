from libc.stdint cimport int32_t

cdef extern from "base/codec.h" nogil:
    ctypedef struct ac_sodium:
        pass

    ctypedef struct ac_zstd:
        pass

    ctypedef struct ac_opus:
        void *(*encoder_create)(int32_t, int, int, int *) noexcept nogil
        void (*encoder_destroy)(void *) noexcept nogil
        int32_t (*encode_float)(void *, const float *, int, unsigned char *, int32_t) noexcept nogil
        int (*encoder_ctl)(void *, int, ...) noexcept nogil
        void *(*decoder_create)(int32_t, int, int *) noexcept nogil
        void (*decoder_destroy)(void *) noexcept nogil
        int (*decode_float)(void *, const unsigned char *, int32_t, float *, int, int) noexcept nogil
        int (*decoder_ctl)(void *, int, ...) noexcept nogil

    ac_sodium ac_sodium_api
    ac_zstd ac_zstd_api
    ac_opus ac_opus_api
