from libc.stdint cimport uint8_t, uint16_t, uint32_t

cdef extern from "wire/packet.h" nogil:
    enum:
        AC_PACKET_HEADER
        AC_PACKET_LIMIT

    ctypedef struct ac_packet_header:
        uint16_t type
        uint32_t length
        uint32_t crc
        uint32_t client_id

    ctypedef enum ac_packet_status:
        AC_PACKET_OK

    void ac_packet_pack(uint8_t *at, uint16_t type, const uint8_t *payload, uint32_t length)
    ac_packet_status ac_packet_unpack(const uint8_t *at, ac_packet_header *header)
    ac_packet_status ac_packet_check(const ac_packet_header *header, const uint8_t *payload)
    ac_packet_status ac_packet_check_size(uint16_t type, uint32_t length, bint from_server)
    bint ac_packet_is_handshake(uint16_t type)
    const char *ac_packet_status_text(ac_packet_status status)
