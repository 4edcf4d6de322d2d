"""A readers-writer lock that prefers writers."""

cdef extern from "<pthread.h>" nogil:
    ctypedef struct pthread_rwlock_t:
        pass
    ctypedef struct pthread_rwlockattr_t:
        pass
    int pthread_rwlockattr_init(pthread_rwlockattr_t *)
    int pthread_rwlockattr_destroy(pthread_rwlockattr_t *)
    int pthread_rwlock_init(pthread_rwlock_t *, const pthread_rwlockattr_t *)
    int pthread_rwlock_destroy(pthread_rwlock_t *)
    int pthread_rwlock_tryrdlock(pthread_rwlock_t *)
    int pthread_rwlock_rdlock(pthread_rwlock_t *)
    int pthread_rwlock_trywrlock(pthread_rwlock_t *)
    int pthread_rwlock_wrlock(pthread_rwlock_t *)
    int pthread_rwlock_unlock(pthread_rwlock_t *)

cdef extern from *:
    """
    #include <pthread.h>
    static void prefer_writers(pthread_rwlockattr_t *attributes) {
    #if defined(__GLIBC__)
        /* Joins and leaves are rare and must not starve behind a stream of look-ups. */
        pthread_rwlockattr_setkind_np(attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    #else
        (void)attributes;
    #endif
    }
    """
    void prefer_writers(pthread_rwlockattr_t *) nogil


cdef class RWLock:
    """Many readers or one writer. Not recursive: a thread that holds it must not ask for it again."""

    cdef pthread_rwlock_t _lock

    def __cinit__(self):
        cdef pthread_rwlockattr_t attributes
        pthread_rwlockattr_init(&attributes)
        prefer_writers(&attributes)
        if pthread_rwlock_init(&self._lock, &attributes) != 0:
            raise MemoryError("the system has no readers-writer lock left")
        pthread_rwlockattr_destroy(&attributes)

    def __dealloc__(self):
        pthread_rwlock_destroy(&self._lock)

    cpdef acquire_read(self):
        # The GIL is given up only when there is something to wait for.
        if pthread_rwlock_tryrdlock(&self._lock) != 0:
            with nogil:
                pthread_rwlock_rdlock(&self._lock)

    cpdef acquire_write(self):
        if pthread_rwlock_trywrlock(&self._lock) != 0:
            with nogil:
                pthread_rwlock_wrlock(&self._lock)

    cpdef release(self):
        pthread_rwlock_unlock(&self._lock)

    def reading(self):
        return _Holding.of(self, False)

    def writing(self):
        return _Holding.of(self, True)


cdef class _Holding:
    """Holds the lock for the length of a block. Entering and leaving need no memory; any thread may, at any time."""

    cdef RWLock _lock
    cdef bint _alone

    @staticmethod
    cdef _Holding of(RWLock lock, bint alone):
        cdef _Holding holding = _Holding.__new__(_Holding)
        holding._lock = lock
        holding._alone = alone
        return holding

    def __enter__(self):
        if self._alone:
            self._lock.acquire_write()
        else:
            self._lock.acquire_read()

    def __exit__(self, *_):
        self._lock.release()
