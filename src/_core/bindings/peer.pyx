"""One connection and the bodies of its threads."""

import os
from typing import NamedTuple

import asciichat._core.codec  # no-cython-lint: hands libsodium, libzstd and libopus to the core

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy, memset
from asciichat._core.jitter cimport JitterBuffer
from asciichat._core.packet cimport AC_PACKET_HEADER, AC_PACKET_LIMIT, ac_packet_status, ac_packet_status_text
from asciichat._core.room cimport (
    AC_ROOM_SLOTS as SLOTS, Room, ac_frame, ac_frames_begin, ac_frames_clear, ac_frames_publish, ac_frames_touch,
    ac_wake_ticket, ac_wake_wait, deadline_after,
)
from asciichat._core.seal cimport AC_SEAL_OVERHEAD, ac_seal_status, ac_seal_status_text, ac_seal_wipe, seal_init


class Packet(NamedTuple):
    """A packet the core leaves to Python."""

    type: int
    payload: bytes


class Sound(NamedTuple):
    """Decoded sound: float32 samples, mono, 48 kHz."""

    samples: bytes


class End(NamedTuple):
    """Why a thread body ended."""

    reason: str     # a few words for people
    expected: bool  # stopped by us, or closed by the peer
    violation: bool  # the peer broke the protocol
    cause: str  # in a word, for counters


_CAUSES = {
    AC_RECEIVE_STOPPED: "server", AC_RECEIVE_CLOSED: "closed", AC_RECEIVE_IDLE: "idle", AC_RECEIVE_SLOW: "slow",
    AC_RECEIVE_BROKEN: "broken", AC_RECEIVE_BAD_PACKET: "packet", AC_RECEIVE_BAD_SEAL: "seal",
    AC_RECEIVE_CLEAR: "clear", AC_RECEIVE_BAD_PAYLOAD: "payload", AC_RECEIVE_TOO_LARGE: "large",
    AC_RECEIVE_TOO_MUCH: "excess", AC_RECEIVE_NO_MEMORY: "memory",
}
_SEND_CAUSES = {
    AC_SEND_STOPPED: "server", AC_SEND_CLOSED: "closed", AC_SEND_STALLED: "stalled", AC_SEND_BROKEN: "broken",
    AC_SEND_NO_MEMORY: "memory",
}


cdef class Peer:
    """A connection after its handshake. See peer.pyi."""

    cdef ac_peer *_peer
    cdef ac_receiver _receiver
    cdef Room _room
    cdef int _slot
    cdef list _heard_by
    cdef bint _short_frames
    cdef uint32_t _opus_number
    cdef readonly bint encrypted

    def __cinit__(self):
        self._slot = -1
        self._heard_by = []
        self._peer = <ac_peer *>calloc(1, sizeof(ac_peer))
        if self._peer is NULL:
            raise MemoryError("no memory for a connection")
        self._peer.fd = -1

    def __init__(self, int fd, *, bint server, keys=None, session_id=None, records=None, bint marked=False,
                 double rekey=120.0, const unsigned char[::1] initial=b"", double idle=5.0, double stall=5.0,
                 double whole=20.0, allowance=None, double burst=4.0, int most_pixels=0, bint count_only=False,
                 bint short_frames=False):
        cdef size_t length = initial.shape[0]
        if self._peer.fd != -1:
            raise RuntimeError("a peer is made once")
        if fd < 0:
            raise ValueError("a peer needs an open socket")
        if idle <= 0 or stall <= 0 or whole <= 0 or burst <= 0 or rekey <= 0:
            raise ValueError("time limits are seconds above 0")
        if ac_peer_init(self._peer, fd, server) != 0:
            self._peer.fd = -1
            raise MemoryError("no memory for a connection")
        if ac_receiver_init(&self._receiver, &initial[0] if length else NULL, length) != 0:
            raise MemoryError("no memory for a connection")
        if allowance is not None:
            self._allow(allowance, burst)
        if most_pixels > 0:
            self._receiver.most_pixels = most_pixels
        self._receiver.count_only = self._receiver.hearing.ignored = count_only
        self._receiver.hearing.numbered = self._short_frames = short_frames
        self._peer.idle_ns = <uint64_t>(idle * 1e9)
        self._peer.stall_ns = <uint64_t>(stall * 1e9)
        self._peer.whole_ns = <uint64_t>(whole * 1e9)
        if keys is not None:
            tx, rx = (bytes(key) for key in keys)
            if len(tx) != 32 or len(rx) != 32:
                raise ValueError("a session key has 32 bytes")
            seal_init(&self._peer.seal, <const uint8_t *>PyBytes_AS_STRING(tx),
                      <const uint8_t *>PyBytes_AS_STRING(rx), session_id, records, marked, <uint64_t>(rekey * 1e9))
            self._peer.encrypted = True
            self.encrypted = True

    def _allow(self, allowance, double burst):
        cdef double[AC_FLOWS] items
        cdef double[AC_FLOWS] total
        if len(allowance) != AC_FLOWS:
            raise ValueError("an allowance is three pairs: pictures, sound, control packets")
        for flow, (items_a_second, bytes_a_second) in enumerate(allowance):
            if items_a_second < 0 or bytes_a_second < 0:
                raise ValueError("an allowance is not negative")
            items[flow], total[flow] = items_a_second, bytes_a_second
        ac_allowance_init(&self._receiver.allowance, items, total, burst, ac_now_ns())

    def __dealloc__(self):
        if self._peer is not NULL:
            ac_receiver_destroy(&self._receiver)
            if self._peer.fd != -1:
                ac_peer_destroy(self._peer)
            free(self._peer)

    def attach(self, Room room not None, int slot):
        if slot not in room.joined:
            raise ValueError(f"slot {slot} is empty")
        self._room = room
        self._slot = slot
        self._peer.outbox.spares = &room._room.spares
        self._receiver.frames = &room._room.sources[slot].frames
        self._receiver.hearing.voice = room._room.sources[slot].voice
        self._receiver.hearing.ignored = not room.mixes

    def wipe(self):
        if self._peer.encrypted:
            ac_seal_wipe(&self._peer.seal)

    def detach(self):
        self._peer.outbox.spares = &self._peer.spares
        self._receiver.frames = NULL
        self._receiver.hearing.voice = NULL
        self._room = None
        self._slot = -1

    # --- thread bodies ---------------------------------------------------------------------------------------------

    def receive(self):
        cdef ac_receive_result result
        with nogil:
            result = ac_receive(self._peer, &self._receiver)
        if result == AC_RECEIVE_PACKET:
            return Packet(self._receiver.type,
                          PyBytes_FromStringAndSize(<char *>self._receiver.payload, self._receiver.length))
        if result == AC_RECEIVE_HEARD:
            return Sound(PyBytes_FromStringAndSize(<char *>self._receiver.hearing.sound,
                                                   4 * self._receiver.hearing.samples))
        reason = ac_receive_text(result).decode()
        if result == AC_RECEIVE_BROKEN:
            reason = f"{reason}: {os.strerror(self._receiver.error)}"
        elif result == AC_RECEIVE_BAD_PACKET:
            text = ac_packet_status_text(<ac_packet_status>self._receiver.error).decode()
            reason = f"{reason} (type {self._receiver.type}): {text}"
        elif result == AC_RECEIVE_BAD_SEAL:
            reason = f"{reason}: {ac_seal_status_text(<ac_seal_status>self._receiver.error).decode()}"
        elif result in (AC_RECEIVE_CLEAR, AC_RECEIVE_BAD_PAYLOAD, AC_RECEIVE_TOO_LARGE):
            reason = f"{reason} (type {self._receiver.type})"
        elif result == AC_RECEIVE_TOO_MUCH:
            flow = ac_flow_text(ac_flow_of(self._receiver.type)).decode()
            reason = f"{reason} ({flow}, type {self._receiver.type})"
        return End(reason, result in (AC_RECEIVE_STOPPED, AC_RECEIVE_CLOSED),
                   result in (AC_RECEIVE_BAD_PACKET, AC_RECEIVE_BAD_SEAL, AC_RECEIVE_CLEAR, AC_RECEIVE_BAD_PAYLOAD,
                              AC_RECEIVE_TOO_LARGE, AC_RECEIVE_TOO_MUCH),
                   _CAUSES.get(result, "failure"))

    def send(self):
        cdef int error = 0
        cdef ac_send_result result
        with nogil:
            result = ac_send(self._peer, &error)
        reason = ac_send_text(result).decode()
        if result == AC_SEND_BROKEN:
            reason = f"{reason}: {os.strerror(error)}"
        return End(reason, result == AC_SEND_STOPPED, False, _SEND_CAUSES.get(result, "failure"))

    def video(self):
        cdef int result
        self._check_attached()
        cdef ac_room *room = self._room._room
        cdef int slot = self._slot
        with nogil:
            result = ac_video(self._peer, room, slot)
        return End("stopped" if result == 0 else "out of memory", result == 0, False,
                   "server" if result == 0 else "memory")

    def audio(self, *, int bitrate=96000, int complexity=5, bint dtx=False, int loss_percent=0):
        cdef int result
        cdef ac_audio_quality quality
        if not 6000 <= bitrate <= 510000:
            raise ValueError(f"bitrate must be 6000 to 510000 bits a second, not {bitrate}")
        if not 0 <= complexity <= 10:
            raise ValueError(f"complexity must be 0 to 10, not {complexity}")
        if not 0 <= loss_percent <= 100:
            raise ValueError(f"loss_percent must be 0 to 100, not {loss_percent}")
        self._check_attached()
        quality.bitrate = bitrate
        quality.complexity = complexity
        quality.dtx = dtx
        quality.loss_percent = loss_percent
        quality.short_frames = self._short_frames
        quality.mix = self._room.mixes
        cdef ac_room *room = self._room._room
        cdef int slot = self._slot
        with nogil:
            result = ac_audio(self._peer, room, slot, &quality)
        return End("stopped" if result == 0 else "out of memory", result == 0, False,
                   "server" if result == 0 else "memory")

    cdef _check_attached(self):
        if self._room is None:
            raise RuntimeError("the peer is not in a room")

    # --- for any thread --------------------------------------------------------------------------------------------

    def stop(self):
        with nogil:
            ac_peer_stop(self._peer)

    def finish(self):
        ac_peer_finish(self._peer)

    @property
    def stopped(self):
        return bool(ac_peer_stopped(self._peer))

    def control(self, int type, const unsigned char[::1] payload not None=b""):
        cdef uint32_t length = <uint32_t>payload.shape[0]
        if not 0 <= type <= 0xFFFF:
            raise ValueError(f"a packet type is 0 to 65535, not {type}")
        if ac_outbox_control(&self._peer.outbox, type, &payload[0] if length else NULL, length) != 0:
            raise BufferError("the packet is too large, or the peer takes none")

    @property
    def control_room(self):
        cdef const ac_queue *queue = &self._peer.outbox.control
        return max(0, <int>queue.count - <int>ac_queue_length(queue))

    @property
    def line_rate(self):
        cdef uint64_t rate = ac_link_rate(&self._peer.link)
        return rate if rate else None

    def opus(self, const unsigned char[::1] frame not None):
        if not 1 <= frame.shape[0] <= 1275:
            raise ValueError("an Opus frame has 1 to 1275 bytes")
        if self._short_frames:
            self._opus_number = max(1, (self._opus_number + 1) & 0xFFFFFFFF)  # 0: not numbered
        ac_audio_send_opus(&self._peer.outbox, &frame[0], <int>frame.shape[0], self.opus_samples,
                           self._opus_number)

    @property
    def opus_samples(self):
        return 480 if self._short_frames else 960

    def hear_into(self, JitterBuffer buffer):
        if buffer is not None:
            self._heard_by.append(buffer)  # for good: the receive thread may still be inside
        self._receiver.hearing.to = NULL if buffer is None else &buffer._jitter

    def picture(self, int type, const unsigned char[::1] payload not None):
        cdef size_t length = payload.shape[0]
        if not 0 <= type <= 0xFFFF:
            raise ValueError(f"a packet type is 0 to 65535, not {type}")
        if length > AC_PACKET_LIMIT - AC_SEAL_OVERHEAD - AC_PACKET_HEADER:
            raise ValueError(f"a picture of {length} bytes is too large for a packet")
        cdef uint8_t *at = ac_outbox_picture_begin(&self._peer.outbox, length)
        if at is NULL:
            raise MemoryError("no memory for the picture")
        if length:
            memcpy(at, &payload[0], length)
        ac_outbox_picture_put(&self._peer.outbox, type, <uint32_t>length, 0)

    def wait_for_picture(self, timeout=None):
        cdef uint64_t deadline = deadline_after(timeout)
        cdef uint32_t ticket
        cdef bint signalled = True, waiting = False
        with nogil:
            while True:
                ticket = ac_wake_ticket(&self._peer.outbox.taken)
                waiting = ac_outbox_picture_waiting(&self._peer.outbox) and not ac_peer_stopped(self._peer)
                if not waiting or not signalled:
                    break
                signalled = ac_wake_wait(&self._peer.outbox.taken, ticket, deadline)
        return not waiting

    def publish(self, const unsigned char[:, :, ::1] frame not None):
        cdef int height = <int>frame.shape[0], width = <int>frame.shape[1]
        cdef ac_frame *free_frame
        if frame.shape[2] != 3:
            raise ValueError("a frame is height x width x 3")
        if self._receiver.frames is NULL:
            raise RuntimeError("the peer is not in a room")
        free_frame = ac_frames_begin(self._receiver.frames, width, height)
        if free_frame is NULL:
            return False
        memcpy(free_frame.pixels, &frame[0, 0, 0], <size_t>width * height * 3)
        ac_frames_publish(self._receiver.frames, free_frame)
        return True

    def touch(self):
        if self._receiver.frames is not NULL:
            ac_frames_touch(self._receiver.frames)

    def clear(self):
        if self._receiver.frames is not NULL:
            ac_frames_clear(self._receiver.frames)

    def set_view(self, *, int columns, int rows, int color_level, int render_mode, int palette, bint utf8, int fps,
                 bint rep=False, bint padding=True, bint stretch=False, bint wants_video=True, bint wants_sound=True,
                 bint zstd=False, bytes ramp=b"", int glyphs=0, bint dither=False, bint changes=False,
                 bint names=False, bint hide_self=False, int arrangement=0, focus=None, int page=0):
        cdef ac_view view
        for name, value, low, high in (("columns", columns, 1, 4096), ("rows", rows, 1, 4096),
                                       ("color_level", color_level, 0, 3),
                                       ("render_mode", render_mode, 0, AC_RENDER_MODES - 1),
                                       ("palette", palette, 1, 6), ("fps", fps, 1, 144),
                                       ("ramp", len(ramp), 0, 64),
                                       ("glyphs", glyphs, 0, 255), ("arrangement", arrangement, 0, AC_ARRANGEMENTS - 1),
                                       ("focus", focus or 0, 0, SLOTS - 1), ("page", page, 0, 255)):
            if not low <= value <= high:
                raise ValueError(f"{name} must be {low} to {high}, not {value}")
        memset(&view, 0, sizeof(view))
        view.columns, view.rows = columns, rows
        view.color_level, view.render_mode, view.palette = color_level, render_mode, palette
        view.utf8, view.rep, view.padding, view.stretch = utf8, rep, padding, stretch
        view.fps, view.wants_video, view.wants_sound, view.zstd = fps, wants_video, wants_sound, zstd
        view.glyphs, view.dither, view.changes = glyphs, dither, changes
        view.names, view.hide_self, view.arrangement = names, hide_self, arrangement
        view.focus, view.page = AC_FOCUS_SPEAKER if focus is None else focus, page
        view.ramp_length = len(ramp)
        if ramp:
            memcpy(view.ramp, PyBytes_AS_STRING(ramp), len(ramp))
        ac_peer_set_view(self._peer, &view)

    def counts(self):
        cdef ac_peer_counts *c = &self._peer.counts
        return {
            "bytes_in": c.bytes_in, "bytes_out": c.bytes_out,
            "packets_in": c.packets_in, "packets_out": c.packets_out,
            "pictures_in": c.pictures_in, "pictures_out": c.pictures_out,
            "pictures_replaced": self._peer.outbox.replaced, "renders": c.renders,
            "sounds_in": c.sounds_in, "sounds_out": c.sounds_out, "sounds_bad": c.sounds_bad,
            "sounds_made_up": c.sounds_made_up,
            "sounds_dropped": self._peer.outbox.audio.dropped,
            "picture_gap_ns": c.picture_gap_ns, "sound_gap_ns": c.sound_gap_ns,
            "silent_ns": ac_now_ns() - c.heard_ns,
            "keys_out": self._peer.seal.tx.epochs, "keys_in": self._peer.seal.rx.epochs,
        }

    def reset_gaps(self):
        self._peer.counts.picture_gap_ns = 0
        self._peer.counts.sound_gap_ns = 0

    def beats(self):
        return {"send": self._peer.send_beat, "receive": self._peer.receive_beat,
                "video": self._peer.video_pace.ticks << 1, "audio": self._peer.audio_pace.ticks << 1}

    def lateness(self, str thread):
        cdef ac_pace *pace
        if thread == "video":
            pace = &self._peer.video_pace
        elif thread == "audio":
            pace = &self._peer.audio_pace
        else:
            raise ValueError(f"thread must be 'video' or 'audio', not {thread!r}")
        return {"ticks": pace.ticks, "skipped": pace.skipped, "p50_us": ac_pace_lateness_us(pace, 0.5),
                "p99_us": ac_pace_lateness_us(pace, 0.99), "max_us": pace.worst_ns / 1000.0}
