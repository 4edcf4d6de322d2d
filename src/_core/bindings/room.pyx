"""Who is in the call, as the media threads see it."""

from asciichat._core.bus cimport ac_voice_count, ac_voice_counts, ac_voice_options, ac_voice_read
from cpython.bytearray cimport PyByteArray_AS_STRING, PyByteArray_FromStringAndSize, PyByteArray_Resize
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.stdint cimport UINT64_MAX, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy, memset

SLOTS = AC_ROOM_SLOTS
NAME_BYTES = AC_NAME_BYTES


cdef enum:
    READ_MOST = 48000  # samples: more than a voice keeps


cdef uint64_t deadline_after(timeout):
    """When `timeout` seconds from now will have passed; None: never."""
    if timeout is None:
        return UINT64_MAX
    return ac_now_ns() + <uint64_t>(max(0.0, timeout) * 1e9)


cdef class Room:
    """32 slots, each empty or holding one source; one audio bus. See room.pyi."""

    def __cinit__(self, *, bint automatic_level=False, bint mix=True):
        cdef ac_voice_options voices
        voices.automatic_level = automatic_level
        voices.high_pass_hz = 0.0  # native clients have a high-pass, and the mean is always removed
        self.joined = set()
        self.mixes = mix
        self._room = ac_room_create(&voices)
        if self._room is NULL:
            raise MemoryError("no memory for a room")

    def __dealloc__(self):
        cdef int slot
        if self._room is not NULL:
            for slot in range(AC_ROOM_SLOTS):
                ac_room_leave(self._room, slot, UINT64_MAX)
            ac_room_destroy(self._room)

    cdef _check(self, int slot):
        if slot not in self.joined:
            raise ValueError(f"slot {slot} is empty")

    def join(self, int slot, unsigned long long id):
        if not 0 <= slot < AC_ROOM_SLOTS:
            raise ValueError(f"a slot is 0 to {AC_ROOM_SLOTS - 1}, not {slot}")
        if slot in self.joined:
            raise ValueError(f"slot {slot} is taken")
        if ac_room_join(self._room, slot, id) != 0:
            raise MemoryError("no memory for another source")
        self.joined.add(slot)

    def leave(self, int slot, double timeout=-1.0):
        cdef uint64_t deadline = UINT64_MAX
        cdef bint empty
        self._check(slot)
        if timeout >= 0:
            deadline = ac_now_ns() + <uint64_t>(timeout * 1e9)
        self.joined.discard(slot)
        with nogil:
            empty = ac_room_leave(self._room, slot, deadline)
        if not empty:
            self.joined.add(slot)
        return empty

    def show(self, int slot, bint video):
        self._check(slot)
        self._room.sources[slot].video = video

    def seat(self, int slot, bint present):
        self._check(slot)
        self._room.sources[slot].present = present

    def name(self, int slot, str name not None):
        cdef ac_name published
        self._check(slot)
        text = name.encode()
        if len(text) > AC_NAME_BYTES:
            raise ValueError(f"a name has at most {AC_NAME_BYTES} bytes, not {len(text)}")
        memset(&published, 0, sizeof(published))
        published.length = <uint8_t>len(text)
        memcpy(published.text, PyBytes_AS_STRING(text), len(text))
        ac_publish(&self._room.sources[slot].name, &published, sizeof(published))

    def level(self, int slot):
        self._check(slot)
        return ac_room_level(self._room, slot)

    def speaking(self, int slot):
        self._check(slot)
        return bool(ac_room_speaking(self._room, slot))

    def mute(self, int slot, bint muted=True):
        self._check(slot)
        ac_room_mute(self._room, slot, muted)

    def voice_counts(self, int slot):
        self._check(slot)
        cdef ac_voice_counts counts = ac_voice_count(self._room.sources[slot].voice)
        return {"written": counts.written, "underruns": counts.underruns, "dropped": counts.dropped,
                "target": counts.target, "concealed": counts.concealed, "lateness": counts.lateness}

    def work(self):
        cdef ac_shared_views *views = &self._room.views
        return {"pictures_made": views.pictures_made, "pictures_shared": views.pictures_shared,
                "tiles_made": views.tiles_made, "tiles_shared": views.tiles_shared,
                "buffers_made": self._room.spares.made}

    def release_unwanted(self):
        with nogil:
            ac_spares_age(&self._room.spares)

    def picture_size(self, int slot):
        cdef int width = 0, height = 0
        if not 0 <= slot < AC_ROOM_SLOTS:
            raise ValueError(f"a slot is 0 to {AC_ROOM_SLOTS - 1}, not {slot}")
        ac_picture_sizes_largest(&self._room.sizes, slot, &width, &height)
        return width, height

    def sizes_ticket(self):
        return ac_wake_ticket(&self._room.sizes.changed)

    def wait_for_sizes(self, uint32_t ticket, timeout=None):
        cdef uint64_t deadline = deadline_after(timeout)
        cdef bint changed
        with nogil:
            changed = ac_wake_wait(&self._room.sizes.changed, ticket, deadline)
        return changed

    def wake_sizes(self):
        ac_wake_signal(&self._room.sizes.changed)

    def frames_published(self, int slot):
        self._check(slot)
        return self._room.sources[slot].frames.number

    def latest_frame(self, int slot):
        cdef ac_source *source
        cdef ac_frame *frame
        if not 0 <= slot < AC_ROOM_SLOTS:
            raise ValueError(f"a slot is 0 to {AC_ROOM_SLOTS - 1}, not {slot}")
        source = ac_room_pin(self._room, slot)
        if source is NULL:
            return None
        frame = ac_frames_pin(&source.frames)
        try:
            if frame is NULL:
                return None
            return (frame.width, frame.height,
                    PyBytes_FromStringAndSize(<char *>frame.pixels, <Py_ssize_t>frame.width * frame.height * 3))
        finally:
            if frame is not NULL:
                ac_frame_unpin(&source.frames, frame)
            ac_room_unpin(self._room, source)

    cdef ac_source *_pin(self, int slot, uint64_t id) except? NULL:
        """The source in a slot if it has this id, pinned, else NULL."""
        cdef ac_source *source
        if not 0 <= slot < AC_ROOM_SLOTS:
            raise ValueError(f"a slot is 0 to {AC_ROOM_SLOTS - 1}, not {slot}")
        source = ac_room_pin(self._room, slot)
        if source is not NULL and source.id != id:
            ac_room_unpin(self._room, source)
            return NULL
        return source

    def frame_after(self, int slot, uint64_t id, uint64_t number):
        cdef ac_source *source = self._pin(slot, id)
        cdef ac_frame *frame = NULL
        cdef size_t size
        cdef char *copy
        if source is NULL:
            return None
        try:
            frame = ac_frames_pin(&source.frames)
            if frame is NULL or frame.number <= number:
                return None
            size = <size_t>frame.width * <size_t>frame.height * 3
            pixels = PyByteArray_FromStringAndSize(NULL, <Py_ssize_t>size)
            copy = PyByteArray_AS_STRING(pixels)
            with nogil:
                memcpy(copy, frame.pixels, size)
            return frame.number, frame.width, frame.height, pixels
        finally:
            if frame is not NULL:
                ac_frame_unpin(&source.frames, frame)
            ac_room_unpin(self._room, source)

    def sound_after(self, int slot, uint64_t id, uint64_t cursor):
        cdef ac_source *source = self._pin(slot, id)
        cdef uint64_t written, lost = 0
        cdef size_t count, got
        cdef float *copy
        if source is NULL:
            return None
        try:
            written = ac_voice_count(source.voice).written
            if cursor >= written:
                return cursor, 0, bytearray()
            count = <size_t>min(written - cursor, <uint64_t>READ_MOST)
            samples = PyByteArray_FromStringAndSize(NULL, <Py_ssize_t>(count * sizeof(float)))
            copy = <float *>PyByteArray_AS_STRING(samples)
            with nogil:
                got = ac_voice_read(source.voice, &cursor, copy, count, &lost)
            PyByteArray_Resize(samples, <Py_ssize_t>(got * sizeof(float)))
            return cursor, lost, samples
        finally:
            ac_room_unpin(self._room, source)
