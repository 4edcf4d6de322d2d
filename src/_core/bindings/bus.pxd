# Declarations alone, without a module: who needs them does not have to import the mixer.
from libc.stdint cimport uint32_t, uint64_t

cdef extern from "<stdbool.h>" nogil:
    ctypedef bint c_bool "bool"

cdef extern from "sound/mix.h" nogil:
    enum:
        AC_AUDIO_RATE
        AC_AUDIO_TICKS
        AC_BLOCK_MAX
        AC_BUS_BLOCKS
        AC_MIX_SOURCES

    ctypedef struct ac_bus:
        pass
    ctypedef struct ac_voice:
        pass
    ctypedef struct ac_listener:
        pass
    ctypedef struct ac_voice_counts:
        uint64_t written
        uint64_t underruns
        uint64_t dropped
        uint32_t target
        uint64_t concealed
        int lateness

    ctypedef struct ac_voice_options:
        c_bool automatic_level
        float high_pass_hz

    uint64_t ac_block_start(uint64_t block)
    void ac_voice_configure(ac_voice *voice, const ac_voice_options *options)
    void ac_voice_mute(ac_voice *voice, c_bool muted)
    ac_bus *ac_bus_create(uint64_t start_ns)
    void ac_bus_destroy(ac_bus *bus)
    ac_voice *ac_voice_create()
    void ac_voice_destroy(ac_voice *voice)
    void ac_voice_write(ac_voice *voice, const float *samples, int count)
    void ac_voice_write_at(ac_voice *voice, const float *samples, int count, uint64_t now_ns)
    size_t ac_voice_read(const ac_voice *voice, uint64_t *cursor, float *samples, size_t count, uint64_t *lost)
    uint64_t ac_bus_progress(const ac_bus *bus)
    void ac_bus_set_voice(ac_bus *bus, int slot, ac_voice *voice)
    ac_listener *ac_listener_create()
    void ac_listener_destroy(ac_listener *listener)
    int ac_bus_mix(ac_bus *bus, int slot, ac_listener *listener, uint64_t block, uint64_t now_ns,
                   uint64_t wait_ns, float *samples, c_bool *silent)
    uint64_t ac_bus_block(const ac_bus *bus, uint64_t now_ns)
    uint64_t ac_bus_deadline(const ac_bus *bus, uint64_t block)
    float ac_bus_level(const ac_bus *bus, int slot)
    bint ac_bus_speaking(const ac_bus *bus, int slot)
    ac_voice_counts ac_voice_count(const ac_voice *voice)
