from libc.stdint cimport int32_t, uint8_t, uint32_t, uint64_t

from asciichat._core.bus cimport ac_bus, ac_voice, ac_voice_options, c_bool

cdef extern from "base/spares.h" nogil:
    ctypedef struct ac_spares:
        uint64_t made
    void ac_spares_age(ac_spares *spares)

cdef extern from "picture/frame.h" nogil:
    ctypedef struct ac_frame:
        int width
        int height
        uint64_t number
        uint8_t *pixels
    ctypedef struct ac_frames:
        uint64_t number
        uint64_t dropped
    ac_frame *ac_frames_begin(ac_frames *frames, int width, int height)
    void ac_frames_publish(ac_frames *frames, ac_frame *frame)
    void ac_frames_touch(ac_frames *frames)
    void ac_frames_clear(ac_frames *frames)
    ac_frame *ac_frames_pin(ac_frames *frames)
    void ac_frame_unpin(ac_frames *frames, ac_frame *frame)

cdef extern from "call/shared_view.h" nogil:
    ctypedef struct ac_shared_views:
        uint64_t pictures_made
        uint64_t pictures_shared
        uint64_t tiles_made
        uint64_t tiles_shared

cdef extern from "base/wake.h" nogil:
    ctypedef struct ac_wake:
        pass
    uint32_t ac_wake_ticket(ac_wake *wake)
    void ac_wake_signal(ac_wake *wake)
    bint ac_wake_wait(ac_wake *wake, uint32_t ticket, uint64_t deadline_ns)

cdef extern from "base/clock.h" nogil:
    uint64_t ac_now_ns()

cdef extern from "call/picture_sizes.h" nogil:
    ctypedef struct ac_picture_sizes:
        ac_wake changed
    void ac_picture_sizes_largest(const ac_picture_sizes *sizes, int source, int *width, int *height)

cdef extern from "base/published.h" nogil:
    ctypedef struct ac_published:
        uint32_t version
    void ac_publish(ac_published *published, const void *value, size_t size)

cdef extern from "call/room.h" nogil:
    enum:
        AC_ROOM_SLOTS
        AC_NAME_BYTES
    ctypedef struct ac_name:
        uint8_t length
        char text[40]
    ctypedef struct ac_source:
        uint32_t video
        uint32_t present
        uint64_t id
        ac_published name
        ac_frames frames
        ac_voice *voice
    ctypedef struct ac_room:
        ac_spares spares
        ac_source sources[32]
        uint64_t epoch
        ac_bus *bus
        ac_shared_views views
        ac_picture_sizes sizes
    ac_room *ac_room_create(const ac_voice_options *voices)
    void ac_room_destroy(ac_room *room)
    int ac_room_join(ac_room *room, int slot, uint64_t id)
    c_bool ac_room_leave(ac_room *room, int slot, uint64_t deadline_ns)
    ac_source *ac_room_pin(ac_room *room, int slot)
    void ac_room_unpin(ac_room *room, ac_source *source)
    void ac_room_mute(ac_room *room, int slot, c_bool muted)
    c_bool ac_room_speaking(const ac_room *room, int slot)
    float ac_room_level(const ac_room *room, int slot)


cdef uint64_t deadline_after(timeout)


cdef class Room:
    cdef ac_room *_room
    cdef readonly set joined
    cdef readonly bint mixes
    cdef _check(self, int slot)
    cdef ac_source *_pin(self, int slot, uint64_t id) except? NULL
