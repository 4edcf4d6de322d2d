"""The mixer: voices, the bus, listeners."""

from threading import Lock

import numpy

from asciichat._core.jitter import VoiceCounts
from asciichat._core.arrays import check_samples

RATE = AC_AUDIO_RATE
TICKS = AC_AUDIO_TICKS
BLOCKS_KEPT = AC_BUS_BLOCKS
SLOTS = AC_MIX_SOURCES


def block_start(long long block):
    """The first sample of a block.

    Parameters
    ----------
    block : int
        0 or more.

    Returns
    -------
    int
        ``block * 48000 // 172``: blocks have 279 or 280 samples, a second has exactly 48 000.
    """
    if not 0 <= block <= 1 << 45:
        raise ValueError(f"there is no block {block}")
    return ac_block_start(<uint64_t>block)


cdef class Voice:
    """A source's memory; lives until nobody is inside it."""

    def __cinit__(self):
        self._writing = Lock()
        self._voice = ac_voice_create()
        if self._voice is NULL:
            raise MemoryError("no memory for another voice")

    def __dealloc__(self):
        ac_voice_destroy(self._voice)


cdef class Listener:
    """A listener's memory."""

    def __cinit__(self):
        self._mixing = Lock()
        self._listener = ac_listener_create()
        if self._listener is NULL:
            raise MemoryError("no memory for another listener")

    def __dealloc__(self):
        ac_listener_destroy(self._listener)


cdef class Mixer:
    """A conference bridge: everyone hears everyone else and not himself.

    Each participant has a slot, writes what it says there, and takes its mix from there, a block at a time.
    Time is a count of blocks, 172 to the second: mixing block n first makes every block up to n. A block has
    279 or 280 samples, so that a second has exactly 48 000.

    Parameters
    ----------
    start_ns : int, default 0
        When block 0 begins, on the clock the caller paces itself by.

    Notes
    -----
    Any thread may call any method. A slot's writers wait for one another, and so do its listeners; a listener
    never waits for a writer. At most the newest 16 blocks can be fetched.
    """

    def __cinit__(self, *, long long start_ns=0):
        if start_ns < 0:
            raise ValueError(f"start_ns must not be negative, and is {start_ns}")
        self._changing = Lock()
        self._voices = [None] * AC_MIX_SOURCES
        self._listeners = [None] * AC_MIX_SOURCES
        self._start = <uint64_t>start_ns
        self._bus = ac_bus_create(self._start)
        if self._bus is NULL:
            raise MemoryError("no memory for a mixer")

    def __dealloc__(self):
        # Nobody is inside: a caller holds a reference. The bus does not touch the voices as it goes.
        ac_bus_destroy(self._bus)

    cdef _slot(self, int slot):
        if not 0 <= slot < AC_MIX_SOURCES:
            raise ValueError(f"a slot is 0 to {AC_MIX_SOURCES - 1}, not {slot}")
        if self._voices[slot] is None:
            raise ValueError(f"slot {slot} is empty: add() gives a slot")

    def add(self, *, bint automatic_level=False, double high_pass_hz=0.0):
        """Let a participant in.

        Parameters
        ----------
        automatic_level : bool, default False
            Bring its speech to -23 dBFS RMS, with a gain of -15 to 15 dB that moves by a few dB a second.
        high_pass_hz : float, default 0
            Corner of a high-pass, 10 to 1000 Hz; 0 for none (the mean is always removed).

        Returns
        -------
        int
            Its slot, 0 to 31.

        Raises
        ------
        RuntimeError
            If all 32 slots are taken.
        ValueError
            If `high_pass_hz` is out of range.
        """
        cdef Voice voice
        cdef ac_voice_options options
        if high_pass_hz != 0.0:
            if not 10 <= high_pass_hz <= 1000:
                raise ValueError(f"high_pass_hz is 10 to 1000 Hz, or 0, not {high_pass_hz:g}")
        options.automatic_level = automatic_level
        options.high_pass_hz = high_pass_hz
        with self._changing:
            for slot in range(AC_MIX_SOURCES):
                if self._voices[slot] is None:
                    break
            else:
                raise RuntimeError(f"the mixer is full: it has {AC_MIX_SOURCES} slots")
            voice = Voice()
            ac_voice_configure(voice._voice, &options)
            self._listeners[slot] = Listener()
            self._voices[slot] = voice
            ac_bus_set_voice(self._bus, slot, voice._voice)
            return slot

    def remove(self, int slot):
        """Let a participant go.

        Parameters
        ----------
        slot : int

        Raises
        ------
        ValueError
            If the slot is empty.
        """
        with self._changing:
            self._slot(slot)
            with nogil:
                ac_bus_set_voice(self._bus, slot, NULL)
            self._voices[slot] = None
            self._listeners[slot] = None

    def write(self, int slot, samples, *, now_ns=None):
        """Add to what a participant says: a packet's samples, when they come.

        The jitter buffer learns from the times of writes how long to hold samples back. Samples that come
        faster than they are taken are, in the end, dropped.

        Parameters
        ----------
        slot : int
        samples : buffer of float32, shape (n,), contiguous
            Mono, 48 kHz, -1 to 1. Not-a-number counts as 0; magnitudes above 2 as 2.
        now_ns : int, optional
            When they came, on the clock of `start_ns`; by default when the newest block mixed so far was due.

        Raises
        ------
        ValueError
            If the slot is empty, or `samples` is not such a buffer.
        """
        self._slot(slot)
        cdef Voice voice = self._voices[slot]
        cdef const float[::1] view = check_samples(samples)
        cdef Py_ssize_t count = view.shape[0]
        cdef uint64_t now, done
        if count > 1 << 30:
            raise ValueError(f"{count} samples at once are hours")
        if now_ns is None:
            done = ac_bus_progress(self._bus)
            now = ac_bus_deadline(self._bus, done - 1) if done else self._start
        else:
            now = now_ns
        if count:
            with voice._writing:
                with nogil:
                    ac_voice_write_at(voice._voice, &view[0], <int>count, now)

    def mute(self, int slot, bint muted=True):
        """Keep others from hearing a participant, or let them again.

        Parameters
        ----------
        slot : int
        muted : bool, default True
        """
        self._slot(slot)
        cdef Voice voice = self._voices[slot]
        ac_voice_mute(voice._voice, muted)

    def mix(self, int slot, long long block, *, double timeout=1.0):
        """What a participant hears: the others.

        Parameters
        ----------
        slot : int
        block : int
            The blocks of one slot are taken in order; block n is made when it is first asked for, from what
            has been written by then.
        timeout : float, default 1.0
            Seconds to wait for another thread that is at work on the block.

        Returns
        -------
        numpy.ndarray of float32, shape (279,) or (280,)
            Never above -0.1 dBFS.

        Raises
        ------
        ValueError
            If the slot is empty or there is no such block.
        LookupError
            If the block is gone: more than 16 have been made since.
        TimeoutError
            If another thread did not finish it in time.
        """
        cdef uint64_t number = <uint64_t>block
        cdef uint64_t now, wait
        cdef int count
        cdef c_bool silent
        self._slot(slot)
        if not 0 <= block <= 1 << 45:
            raise ValueError(f"there is no block {block}")
        if not 0 <= timeout <= 3600:
            raise ValueError(f"a timeout is 0 to 3600 s, not {timeout}")
        wait = <uint64_t>(timeout * 1e9)
        cdef Listener listener = self._listeners[slot]
        samples = numpy.empty(AC_BLOCK_MAX, numpy.float32)
        cdef float[::1] view = samples
        with listener._mixing:
            with nogil:
                now = ac_bus_deadline(self._bus, number)
                count = ac_bus_mix(self._bus, slot, listener._listener, number, now, wait, &view[0], &silent)
        if count < 0:
            raise LookupError(f"block {block} is gone: only the newest {AC_BUS_BLOCKS} are kept")
        if count == 0:
            raise TimeoutError(f"block {block} was not ready after {timeout} s")
        return samples[:count]

    def block(self, long long now_ns):
        """The newest block that is due.

        Parameters
        ----------
        now_ns : int
            On the clock of `start_ns`.

        Returns
        -------
        int
            0 also while block 0 is not yet due.
        """
        return ac_bus_block(self._bus, <uint64_t>max(now_ns, 0))

    def deadline(self, long long block):
        """When a block is due: at the end of the samples it holds.

        Parameters
        ----------
        block : int

        Returns
        -------
        int
            Nanoseconds on the clock of `start_ns`.
        """
        if not 0 <= block <= 1 << 45:
            raise ValueError(f"there is no block {block}")
        return ac_bus_deadline(self._bus, <uint64_t>block)

    def level(self, int slot):
        """How loud a participant is.

        Returns
        -------
        float
            dBFS, -120 for silence.
        """
        self._slot(slot)
        return ac_bus_level(self._bus, slot)

    def speaking(self, int slot):
        """Whether a participant speaks: for showing who does.

        Returns
        -------
        bool
        """
        self._slot(slot)
        return bool(ac_bus_speaking(self._bus, slot))

    def counts(self, int slot):
        """What happened to a participant's sound so far.

        Returns
        -------
        VoiceCounts
        """
        self._slot(slot)
        cdef Voice voice = self._voices[slot]
        cdef ac_voice_counts counts = ac_voice_count(voice._voice)
        return VoiceCounts(counts.written, counts.underruns, counts.dropped, counts.target,
                           counts.concealed, counts.lateness)
