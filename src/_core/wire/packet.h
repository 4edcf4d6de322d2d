/* Packet framing: the 22-byte header, the type numbers and the size rules.

   off size  field       all big-endian
     0    8  magic       0x0000000A5C11C4A1
     8    2  type
    10    4  length      payload bytes after the header
    14    4  crc         CRC-32C of the payload as it follows; 0 for an empty one
    18    4  client_id   sent as 0, ignored */
#ifndef ASCIICHAT_PACKET_H
#define ASCIICHAT_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AC_PACKET_MAGIC UINT64_C(0x0000000A5C11C4A1)
#define AC_PACKET_HEADER 22
#define AC_PACKET_LIMIT (5u * 1024u * 1024u) /* what a receiver takes */
#define AC_PACKET_SEND_LIMIT                                                                                 \
    (1024u * 1024u) /* what a native sender can encrypt: inner header and payload                            \
                     */

enum {
    AC_PROTOCOL_VERSION = 1,
    AC_CRYPTO_CLIENT_HELLO = 1000,
    AC_CRYPTO_CAPABILITIES = 1100,
    AC_CRYPTO_PARAMETERS = 1101,
    AC_KEY_EXCHANGE_INIT = 1102,
    AC_KEY_EXCHANGE_RESP = 1103,
    AC_AUTH_CHALLENGE = 1104,
    AC_AUTH_RESPONSE = 1105,
    AC_AUTH_FAILED = 1106,
    AC_SERVER_AUTH_RESP = 1107,
    AC_HANDSHAKE_COMPLETE = 1108,
    AC_NO_ENCRYPTION = 1109,
    AC_NOISE = 1110,
    AC_ENCRYPTED = 1200,
    AC_REKEY_REQUEST = 1201,
    AC_REKEY_RESPONSE = 1202,
    AC_REKEY_COMPLETE = 1203,
    AC_KEY_UPDATE = 1204,
    AC_SIZE_MESSAGE = 2000,
    AC_AUDIO_MESSAGE = 2001,
    AC_TEXT_MESSAGE = 2002,
    AC_ERROR_MESSAGE = 2003,
    AC_REMOTE_LOG = 2004,
    AC_ASCII_FRAME = 3000,
    AC_IMAGE_FRAME = 3001,
    AC_IMAGE_FRAME_H265 = 3002,
    AC_AUDIO_BATCH = 4000,
    AC_AUDIO_OPUS_BATCH = 4001,
    AC_CLIENT_CAPABILITIES = 5000,
    AC_PING = 5001,
    AC_PONG = 5002,
    AC_CLIENT_JOIN = 5003,
    AC_CLIENT_LEAVE = 5004,
    AC_STREAM_START = 5005,
    AC_STREAM_STOP = 5006,
    AC_CLEAR_CONSOLE = 5007,
    AC_SERVER_STATE = 5008,
    /* Between asciichat peers only: */
    AC_VIEW_OPTIONS = 5100,
    AC_PRESENCE = 5101,
    AC_SPEAKING = 5102,
    AC_TEXT = 5103,
    AC_PICTURE_SIZE = 5104
};

typedef struct {
    uint16_t type;
    uint32_t length;
    uint32_t crc;
    uint32_t client_id;
} ac_packet_header;

typedef enum {
    AC_PACKET_OK = 0,
    AC_PACKET_BAD_MAGIC,
    AC_PACKET_TOO_LONG, /* over the receive limit */
    AC_PACKET_BAD_CRC,
    AC_PACKET_UNKNOWN_TYPE, /* not a type a peer may send in a session */
    AC_PACKET_BAD_SIZE      /* a length the type does not allow */
} ac_packet_status;

static inline uint16_t ac_get16(const uint8_t *at) {
    return (uint16_t)(at[0] << 8 | at[1]);
}
static inline uint32_t ac_get32(const uint8_t *at) {
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}
static inline uint64_t ac_get64(const uint8_t *at) {
    return (uint64_t)ac_get32(at) << 32 | ac_get32(at + 4);
}
static inline void ac_put16(uint8_t *at, uint16_t value) {
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}
static inline void ac_put32(uint8_t *at, uint32_t value) {
    ac_put16(at, (uint16_t)(value >> 16));
    ac_put16(at + 2, (uint16_t)value);
}
static inline void ac_put64(uint8_t *at, uint64_t value) {
    ac_put32(at, (uint32_t)(value >> 32));
    ac_put32(at + 4, (uint32_t)value);
}

/* Write the header of a packet whose payload is payload[0..length) to at[0..22), with its CRC and client_id
 * 0. */
void ac_packet_pack(uint8_t *at, uint16_t type, const uint8_t *payload, uint32_t length);

/* Read a header from at[0..22): magic and receive limit are checked, the type is not. */
ac_packet_status ac_packet_unpack(const uint8_t *at, ac_packet_header *header);

/* Is this the payload the header promises? payload[0..header->length). */
ac_packet_status ac_packet_check(const ac_packet_header *header, const uint8_t *payload);

/* May a client (or, from_server, a server) send this type with this length within a session? Types a native
   peer sends or tolerates are known; what each handler needs beyond the length it checks itself. */
ac_packet_status ac_packet_check_size(uint16_t type, uint32_t length, bool from_server);

/* Never wrapped in ENCRYPTED, and allowed in clear after encryption is on. */
bool ac_packet_is_handshake(uint16_t type);

/* A few words for logs. */
const char *ac_packet_status_text(ac_packet_status status);

#endif
