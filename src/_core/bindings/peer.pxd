from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t

from asciichat._core.bus cimport ac_voice, c_bool
from asciichat._core.jitter cimport ac_jitter
from asciichat._core.room cimport ac_frames, ac_now_ns, ac_room, ac_spares, ac_wake
from asciichat._core.seal cimport ac_seal

cdef extern from "base/pace.h" nogil:
    ctypedef struct ac_pace:
        uint64_t ticks
        uint64_t skipped
        uint64_t worst_ns
    double ac_pace_lateness_us(const ac_pace *pace, double q)

cdef extern from "wire/queue.h" nogil:
    ctypedef struct ac_queue:
        uint32_t count
        uint64_t dropped
    uint32_t ac_queue_length(const ac_queue *queue)

cdef extern from "wire/link.h" nogil:
    ctypedef struct ac_link:
        pass
    uint64_t ac_link_rate(const ac_link *link)

cdef extern from "wire/outbox.h" nogil:
    ctypedef struct ac_outbox:
        ac_queue control
        ac_queue audio
        ac_spares *spares
        uint64_t replaced
        ac_wake taken
    int ac_outbox_control(ac_outbox *outbox, uint16_t type, const void *payload, uint32_t length)
    uint8_t *ac_outbox_picture_begin(ac_outbox *outbox, size_t capacity)
    bint ac_outbox_picture_waiting(const ac_outbox *outbox)
    void ac_outbox_picture_put(ac_outbox *outbox, uint16_t type, uint32_t length, uint32_t layout)

# Not from the rasteriser's declarations: who only serves would then load it, and numpy with it.
cdef extern from "picture/raster.h" nogil:
    enum:
        AC_RENDER_MODES

cdef extern from "call/peer.h" nogil:
    enum:
        AC_ARRANGEMENTS
        AC_FOCUS_SPEAKER
    ctypedef struct ac_view:
        uint16_t columns
        uint16_t rows
        uint8_t color_level
        uint8_t render_mode
        uint8_t palette
        uint8_t utf8
        uint8_t rep
        uint8_t padding
        uint8_t stretch
        uint8_t fps
        uint8_t wants_video
        uint8_t wants_sound
        uint8_t glyphs
        uint8_t dither
        uint8_t changes
        uint8_t names
        uint8_t hide_self
        uint8_t arrangement
        uint8_t focus
        uint8_t page
        uint8_t zstd
        uint8_t ramp_length
        char ramp[64]
    ctypedef struct ac_peer_counts:
        uint64_t bytes_in
        uint64_t bytes_out
        uint64_t packets_in
        uint64_t packets_out
        uint64_t pictures_in
        uint64_t pictures_out
        uint64_t sounds_in
        uint64_t sounds_out
        uint64_t sounds_bad
        uint64_t sounds_made_up
        uint64_t renders
        uint64_t picture_gap_ns
        uint64_t sound_gap_ns
        uint64_t heard_ns
    ctypedef struct ac_peer:
        int fd
        bint encrypted
        ac_seal seal
        ac_spares spares
        ac_outbox outbox
        ac_link link
        ac_pace video_pace
        ac_pace audio_pace
        uint64_t send_beat
        uint64_t receive_beat
        ac_peer_counts counts
        uint64_t idle_ns
        uint64_t stall_ns
        uint64_t whole_ns
    int ac_peer_init(ac_peer *peer, int fd, bint server)
    void ac_peer_destroy(ac_peer *peer)
    void ac_peer_finish(ac_peer *peer)
    void ac_peer_stop(ac_peer *peer)
    bint ac_peer_stopped(const ac_peer *peer)
    void ac_peer_set_view(ac_peer *peer, const ac_view *view)

cdef extern from "call/hearing.h" nogil:
    ctypedef struct ac_hearing:
        ac_voice *voice
        ac_jitter *to
        c_bool ignored
        c_bool numbered
        float *sound
        int samples
cdef extern from "wire/allowance.h" nogil:
    ctypedef enum ac_flow:
        pass
    ctypedef struct ac_allowance:
        pass
    enum:
        AC_FLOWS
    void ac_allowance_init(ac_allowance *allowance, const double *items_a_second, const double *bytes_a_second,
                           double burst, uint64_t now_ns)
    ac_flow ac_flow_of(uint16_t type)
    const char *ac_flow_text(ac_flow flow)

cdef extern from "call/receive.h" nogil:
    ctypedef enum ac_receive_result:
        AC_RECEIVE_PACKET
        AC_RECEIVE_HEARD
        AC_RECEIVE_STOPPED
        AC_RECEIVE_CLOSED
        AC_RECEIVE_IDLE
        AC_RECEIVE_SLOW
        AC_RECEIVE_BROKEN
        AC_RECEIVE_BAD_PACKET
        AC_RECEIVE_BAD_SEAL
        AC_RECEIVE_CLEAR
        AC_RECEIVE_BAD_PAYLOAD
        AC_RECEIVE_TOO_LARGE
        AC_RECEIVE_TOO_MUCH
        AC_RECEIVE_NO_MEMORY
    ctypedef struct ac_receiver:
        ac_frames *frames
        ac_allowance allowance
        uint32_t most_pixels
        bint count_only
        ac_hearing hearing
        uint16_t type
        uint8_t *payload
        uint32_t length
        int error
    int ac_receiver_init(ac_receiver *receiver, const uint8_t *initial, size_t length)
    void ac_receiver_destroy(ac_receiver *receiver)
    ac_receive_result ac_receive(ac_peer *peer, ac_receiver *receiver)
    const char *ac_receive_text(ac_receive_result result)

cdef extern from "call/send.h" nogil:
    ctypedef enum ac_send_result:
        AC_SEND_STOPPED
        AC_SEND_CLOSED
        AC_SEND_STALLED
        AC_SEND_BROKEN
        AC_SEND_NO_MEMORY
    ac_send_result ac_send(ac_peer *peer, int *error)
    const char *ac_send_text(ac_send_result result)

cdef extern from "call/video.h" nogil:
    int ac_video(ac_peer *peer, ac_room *room, int slot)

cdef extern from "call/audio.h" nogil:
    ctypedef struct ac_audio_quality:
        int bitrate
        int complexity
        int loss_percent
        c_bool dtx
        c_bool short_frames
        c_bool mix
    int ac_audio(ac_peer *peer, ac_room *room, int slot, const ac_audio_quality *quality)
    void ac_audio_send_opus(ac_outbox *outbox, const uint8_t *data, int length, int samples,
                            uint32_t number)
