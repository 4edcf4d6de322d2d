cdef extern from "<stdbool.h>" nogil:
    ctypedef bint c_bool "bool"

cdef extern from "sound/dynamics.h" nogil:
    ctypedef struct ac_gate_settings:
        float open_db
        float close_db
        float attack
        float hold
        float release
    ctypedef struct ac_gate:
        c_bool open
        float gain
    ctypedef struct ac_compressor_settings:
        float threshold_db
        float ratio
        float knee_db
        float attack
        float release
        float makeup_db
    ctypedef struct ac_compressor:
        float reduction_db

    void ac_gate_init(ac_gate *gate, const ac_gate_settings *settings, float rate)
    void ac_gate_process(ac_gate *gate, float *samples, size_t count)
    void ac_compressor_init(ac_compressor *compressor, const ac_compressor_settings *settings, float rate)
    float ac_compressor_curve(const ac_compressor *compressor, float level_db)
    void ac_compressor_process(ac_compressor *compressor, float *samples, size_t count)

cdef extern from "sound/limiter.h" nogil:
    enum:
        AC_LIMITER_DELAY
    ctypedef struct ac_limiter_settings:
        float ceiling_db
        float release
    ctypedef struct ac_limiter:
        float end

    void ac_limiter_init(ac_limiter *limiter, const ac_limiter_settings *settings, float rate)
    void ac_limiter_process(ac_limiter *limiter, float *samples, size_t count)

cdef extern from "sound/high_pass.h" nogil:
    ctypedef struct ac_high_pass:
        pass

    void ac_high_pass_init(ac_high_pass *filter, float hertz, float rate)
    void ac_high_pass_process(ac_high_pass *filter, float *samples, size_t count)


cdef class Compressor:
    cdef ac_compressor _unit
    cdef ac_compressor_settings _settings
    cdef float _rate
    cdef object _busy


cdef class Gate:
    cdef ac_gate _unit
    cdef ac_gate_settings _settings
    cdef float _rate
    cdef object _busy


cdef class Limiter:
    cdef ac_limiter _unit
    cdef ac_limiter_settings _settings
    cdef float _rate
    cdef object _busy


cdef class HighPass:
    cdef ac_high_pass _unit
    cdef float _hertz
    cdef float _rate
    cdef object _busy
