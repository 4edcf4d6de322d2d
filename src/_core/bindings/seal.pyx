"""The encrypted envelope: whole packets inside ENCRYPTED packets."""

import os

import asciichat._core.codec  # no-cython-lint: hands libsodium to the core

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.stdlib cimport free, malloc
from libc.string cimport memcpy
from asciichat._core.packet cimport AC_PACKET_HEADER, AC_PACKET_LIMIT, ac_packet_header

OVERHEAD = AC_SEAL_OVERHEAD


class SealError(ValueError):
    """An envelope that is forged, replayed, reflected or damaged."""


cdef uint64_t NEVER = 0xFFFFFFFFFFFFFFFF


cdef int seal_init(ac_seal *seal, const uint8_t *tx, const uint8_t *rx, session_id, records, bint marked,
                   uint64_t key_ns) except -1:
    """Set up either kind of seal from what Python gives: `records` is for the one between asciichat peers."""
    if records is not None:
        sent, received = records
        ac_seal_init_noise(seal, tx, rx, sent, received, key_ns)
        return 0
    session = os.urandom(16) if session_id is None else bytes(session_id)
    if len(session) != 16:
        raise ValueError("a session id has 16 bytes")
    ac_seal_init(seal, tx, rx, <const uint8_t *>PyBytes_AS_STRING(session), marked)
    return 0


cdef class Seal:
    """Seals what one peer sends and opens what it receives. One thread seals, one opens."""

    cdef ac_seal _seal

    def __init__(self, const unsigned char[::1] tx_key not None, const unsigned char[::1] rx_key not None,
                 session_id=None, *, records=None, bint marked=False):
        if tx_key.shape[0] != 32 or rx_key.shape[0] != 32:
            raise ValueError("a session key has 32 bytes")
        seal_init(&self._seal, &tx_key[0], &rx_key[0], session_id, records, marked, NEVER)

    def __dealloc__(self):
        ac_seal_wipe(&self._seal)

    def seal(self, const unsigned char[::1] packet not None):
        cdef Py_ssize_t length = packet.shape[0]
        if length < AC_PACKET_HEADER or length > AC_PACKET_LIMIT - AC_SEAL_OVERHEAD:
            raise ValueError(f"not a whole packet: {length} bytes")
        cdef uint8_t *at = <uint8_t *>malloc(AC_SEAL_OVERHEAD + length + AC_SEAL_TAIL)
        cdef uint8_t *start
        cdef size_t size
        if at is NULL:
            raise MemoryError("no memory for an envelope")
        try:
            memcpy(at + AC_SEAL_OVERHEAD, &packet[0], length)
            with nogil:
                start = ac_seal_close(&self._seal, at, length, &size)
            return PyBytes_FromStringAndSize(<char *>start, size)
        finally:
            free(at)

    def open(self, const unsigned char[::1] payload not None):
        cdef ac_packet_header header
        cdef uint8_t *inner = NULL
        cdef ac_seal_status status
        cdef Py_ssize_t length = payload.shape[0]
        if length > AC_PACKET_LIMIT:
            raise SealError(f"an envelope has at most {AC_PACKET_LIMIT} bytes, not {length}")
        work = PyBytes_FromStringAndSize(NULL, length)
        cdef uint8_t *at = <uint8_t *>PyBytes_AS_STRING(work)
        if length:
            memcpy(at, &payload[0], length)
        with nogil:
            status = ac_seal_open(&self._seal, at, length, &header, &inner)
        if status != AC_SEAL_OK:
            raise SealError(ac_seal_status_text(status).decode())
        return PyBytes_FromStringAndSize(<char *>inner - AC_PACKET_HEADER, AC_PACKET_HEADER + header.length)

    @property
    def epochs(self):
        return self._seal.tx.epochs, self._seal.rx.epochs
