"""The jitter buffer by itself: for playing what comes from a network on a sound card."""

from threading import Lock
from typing import NamedTuple

from asciichat._core.bus cimport AC_AUDIO_RATE, AC_BLOCK_MAX
from asciichat._core.arrays import check_samples

# How quickly the reader's clock is followed, and how far it may be off before it is set anew: calls of a sound
# card's callback come some ms early and late, but its samples go by evenly.
cdef double FOLLOW = 0.02
cdef double JUMP_NS = 100e6


class VoiceCounts(NamedTuple):
    """What happened to one source since it was added.

    Attributes
    ----------
    written : int
        Samples.
    underruns : int
        Times its jitter buffer ran dry while it was sending.
    dropped : int
        Samples thrown away because the buffer grew too long.
    target : int
        Samples of delay the jitter buffer aims for.
    concealed : int
        Samples made up because nothing had come.
    lateness : int
        Samples of delay it has now, beyond the path's own.
    """

    written: int
    underruns: int
    dropped: int
    target: int
    concealed: int
    lateness: int


cdef class JitterBuffer:
    """Holds back what comes irregularly until it can be played evenly.

    The delay follows the 95th percentile of the arrival jitter (8 to 200 ms, and up to 60 ms more after
    underruns). Clocks that differ are evened out by resampling; what is missing is filled with the last pitch
    period, fading; none of it clicks.

    Parameters
    ----------
    target : float, default 0.06
        Seconds of delay until something is measured, 0.005 to 0.2.

    Raises
    ------
    ValueError
        If `target` is out of range.
    MemoryError
        If there is no memory for it.

    Notes
    -----
    One thread writes, one reads; neither waits for the other.
    """

    def __cinit__(self, double target=0.06):
        if not 0.005 <= target <= 0.2:
            raise ValueError(f"a jitter buffer's target is 0.005 to 0.2 s, not {target:g}")
        self._due = 0.0
        self._writing = Lock()
        self._reading = Lock()
        if ac_jitter_init(&self._jitter, <uint32_t>(target * AC_AUDIO_RATE)) != 0:
            raise MemoryError("no memory for a jitter buffer")

    def __dealloc__(self):
        ac_jitter_destroy(&self._jitter)

    def write(self, samples, *, now_ns=None):
        """Add a packet's samples, when they come.

        Parameters
        ----------
        samples : buffer of float32, shape (n,), contiguous
            Mono, 48 kHz, -1 to 1, at most 10 s. Not-a-number counts as 0; magnitudes above 2 as 2.
        now_ns : int, optional
            When they came; by default now, on the clock of `time.monotonic_ns`.

        Raises
        ------
        ValueError
            If it is not such a buffer, or there are more than 10 s.
        """
        cdef const float[::1] view = check_samples(samples)
        cdef Py_ssize_t count = view.shape[0]
        cdef uint64_t now = ac_now_ns() if now_ns is None else now_ns
        if count > 10 * AC_AUDIO_RATE:
            raise ValueError(f"{count} samples are too many for one packet")
        if count:
            with self._writing:
                with nogil:
                    ac_jitter_write(&self._jitter, &view[0], <int>count, now)

    def read_into(self, float[::1] samples not None, *, now_ns=None):
        """Fill a buffer with what is to be heard next.

        Parameters
        ----------
        samples : writable buffer of float32, shape (n,), contiguous
        now_ns : int, optional
            The reader's time, on the clock of `write`; by default now. Its small irregularities are evened
            out.

        Returns
        -------
        bool
            False when all is silence because there is nothing to play.
        """
        cdef Py_ssize_t count = samples.shape[0], at = 0
        cdef int length
        cdef double now = <double>(ac_now_ns() if now_ns is None else <uint64_t>now_ns)
        cdef bint audible = False
        with self._reading:
            with nogil:
                # All of it is needed now: its last sample is due now, the others were due before.
                self._due += count * 1e9 / AC_AUDIO_RATE
                if not -JUMP_NS < self._due - now < JUMP_NS:
                    self._due = now
                self._due += FOLLOW * (now - self._due)
                while at < count:
                    length = <int>min(count - at, AC_BLOCK_MAX)
                    at += length
                    if ac_jitter_pull(&self._jitter, &samples[at - length], length,
                                      <uint64_t>(self._due - (count - at) * 1e9 / AC_AUDIO_RATE)):
                        audible = True
        return audible

    def read(self, Py_ssize_t count, *, now_ns=None):
        """What is to be heard next.

        Parameters
        ----------
        count : int
            Samples, 0 or more.
        now_ns : int, optional
            As for `read_into`.

        Returns
        -------
        numpy.ndarray of float32, shape (count,)

        Raises
        ------
        ValueError
            If `count` is negative.
        """
        if count < 0:
            raise ValueError(f"cannot read {count} samples")
        import numpy  # a server reads in native code, and does without

        samples = numpy.empty(count, numpy.float32)
        self.read_into(samples, now_ns=now_ns)
        return samples

    @property
    def counts(self):
        """What happened so far.

        Returns
        -------
        VoiceCounts
        """
        return VoiceCounts(self._jitter.ring.written, self._jitter.underruns, self._jitter.dropped,
                           self._jitter.arrival.target, self._jitter.concealed, self._jitter.lateness)
