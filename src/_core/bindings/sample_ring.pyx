"""The broadcast ring of samples: one writer, any number of readers."""

from threading import Lock

import numpy

from asciichat._core.arrays import check_samples


cdef class SampleRing:
    """A broadcast ring of mono samples.

    The writer never waits. Every reader gets every sample, unless it falls a whole ring behind: then the
    oldest samples are lost to it, and counted.

    Parameters
    ----------
    capacity : int
        Samples kept, 1 to 2**30, rounded up to a power of two.

    Raises
    ------
    ValueError
        If `capacity` is out of range.
    MemoryError
        If there is no memory for it.

    Notes
    -----
    Any thread may write and read; neither waits for the other. Writes wait for one another.
    """

    def __cinit__(self, long long capacity):
        if not 1 <= capacity <= 1 << 30:
            raise ValueError(f"a sample ring holds 1 to 2**30 samples, not {capacity}")
        self._writing = Lock()
        if ac_sample_ring_init(&self._ring, <uint32_t>capacity) != 0:
            raise MemoryError(f"no memory for a ring of {capacity} samples")

    def __dealloc__(self):
        ac_sample_ring_destroy(&self._ring)

    @property
    def capacity(self):
        """Samples the ring keeps."""
        return self._ring.capacity

    @property
    def written(self):
        """Samples written since the ring was made."""
        return self._ring.written

    def write(self, samples):
        """Append samples.

        Parameters
        ----------
        samples : buffer of float32, shape (n,), contiguous
            More than the capacity at once keeps the newest.

        Raises
        ------
        ValueError
            If it is not such a buffer.
        """
        cdef const float[::1] view = check_samples(samples)
        cdef size_t count = view.shape[0]
        if count == 0:
            return
        with self._writing:
            with nogil:
                ac_sample_ring_write(&self._ring, &view[0], count)

    def reader(self):
        """A reader that begins with the next sample to be written.

        Returns
        -------
        SampleReader
        """
        return SampleReader(self)


cdef class SampleReader:
    """One reader's place in a ring.

    Parameters
    ----------
    ring : SampleRing

    Attributes
    ----------
    ring : SampleRing
    lost : int
        Samples overwritten before this reader came to them.
    """

    def __cinit__(self, SampleRing ring not None):
        self.ring = ring
        self._cursor = ring._ring.written
        self._reading = Lock()

    @property
    def available(self):
        """Samples waiting to be read."""
        cdef uint64_t behind = ac_sample_ring_available(&self.ring._ring, self._cursor)
        return min(behind, <uint64_t>self.ring._ring.capacity)

    def read(self, Py_ssize_t count):
        """Take the oldest samples this reader has not had.

        Parameters
        ----------
        count : int
            At most so many, 0 or more.

        Returns
        -------
        numpy.ndarray of float32, shape (n,)
            n is `count`, or less when fewer are waiting.

        Raises
        ------
        ValueError
            If `count` is negative.
        """
        cdef uint64_t lost = 0
        cdef size_t got
        if count < 0:
            raise ValueError(f"cannot read {count} samples")
        if count > self.ring._ring.capacity:
            count = self.ring._ring.capacity
        samples = numpy.empty(count, numpy.float32)
        if count == 0:
            return samples
        cdef float[::1] view = samples
        with self._reading:
            with nogil:
                got = ac_sample_ring_read(&self.ring._ring, &self._cursor, &view[0], <size_t>count, &lost)
            self.lost += lost
        return samples[:got]
