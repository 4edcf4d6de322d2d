from libc.stdint cimport uint8_t, uint32_t, uint64_t

from asciichat._core.packet cimport ac_packet_header

cdef extern from "wire/seal.h" nogil:
    enum:
        AC_SEAL_NONCE
        AC_SEAL_MAC
        AC_SEAL_OVERHEAD
        AC_SEAL_TAIL

    ctypedef struct ac_cipher_state:
        uint64_t epochs

    ctypedef struct ac_seal:
        uint64_t counter
        uint64_t peer_counter
        ac_cipher_state tx
        ac_cipher_state rx

    ctypedef enum ac_seal_status:
        AC_SEAL_OK

    void ac_seal_init(ac_seal *seal, const uint8_t *tx_key, const uint8_t *rx_key, const uint8_t *session, bint marked)
    void ac_seal_init_noise(ac_seal *seal, const uint8_t *tx_key, const uint8_t *rx_key, uint64_t sent,
                            uint64_t received, uint64_t key_ns)
    void ac_seal_wipe(ac_seal *seal)
    uint8_t *ac_seal_close(ac_seal *seal, uint8_t *at, size_t inner, size_t *size)
    ac_seal_status ac_seal_open(ac_seal *seal, uint8_t *payload, size_t length, ac_packet_header *header,
                                uint8_t **inner)
    const char *ac_seal_status_text(ac_seal_status status)

cdef int seal_init(ac_seal *seal, const uint8_t *tx, const uint8_t *rx, session_id, records, bint marked,
                   uint64_t key_ns) except -1
