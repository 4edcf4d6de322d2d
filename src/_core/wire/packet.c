#include "packet.h"

#include "crc32c.h"

void ac_packet_pack(uint8_t *at, uint16_t type, const uint8_t *payload, uint32_t length) {
    ac_put64(at, AC_PACKET_MAGIC);
    ac_put16(at + 8, type);
    ac_put32(at + 10, length);
    ac_put32(at + 14, length ? ac_crc32c(0, payload, length) : 0);
    ac_put32(at + 18, 0);
}

ac_packet_status ac_packet_unpack(const uint8_t *at, ac_packet_header *header) {
    if (ac_get64(at) != AC_PACKET_MAGIC) return AC_PACKET_BAD_MAGIC;
    header->type = ac_get16(at + 8);
    header->length = ac_get32(at + 10);
    header->crc = ac_get32(at + 14);
    header->client_id = ac_get32(at + 18);
    return header->length > AC_PACKET_LIMIT ? AC_PACKET_TOO_LONG : AC_PACKET_OK;
}

ac_packet_status ac_packet_check(const ac_packet_header *header, const uint8_t *payload) {
    if (header->length == 0) return AC_PACKET_OK; /* a sender may leave anything in the field */
    return ac_crc32c(0, payload, header->length) == header->crc ? AC_PACKET_OK : AC_PACKET_BAD_CRC;
}

typedef struct {
    uint16_t type;
    uint8_t from; /* bit 0: a client sends it, bit 1: a server sends it */
    uint32_t least, most;
} size_rule;

enum { CLIENT = 1, SERVER = 2 };

static const size_rule rules[] = {
    {AC_CRYPTO_CLIENT_HELLO, CLIENT, 32, 32},
    {AC_REKEY_REQUEST, CLIENT | SERVER, 32, 32},
    {AC_REKEY_RESPONSE, CLIENT | SERVER, 32, 32},
    {AC_REKEY_COMPLETE, CLIENT | SERVER, 1, 65536},
    {AC_ERROR_MESSAGE, CLIENT | SERVER, 8, 520},
    {AC_REMOTE_LOG, CLIENT | SERVER, 8, 520},
    {AC_ASCII_FRAME, SERVER, 24, AC_PACKET_LIMIT},
    {AC_IMAGE_FRAME, CLIENT, 27, AC_PACKET_LIMIT},
    {AC_IMAGE_FRAME_H265, CLIENT, 5, AC_PACKET_LIMIT},
    {AC_AUDIO_BATCH, CLIENT | SERVER, 20, 16 + 4 * 16384 * 8},
    {AC_AUDIO_OPUS_BATCH, CLIENT | SERVER, 18, 1u << 20},
    {AC_CLIENT_CAPABILITIES, CLIENT, 168, 168},
    {AC_PING, CLIENT | SERVER, 0, 0},
    {AC_PONG, CLIENT | SERVER, 0, 0},
    {AC_CLIENT_JOIN, CLIENT, 40, 40},
    {AC_CLIENT_LEAVE, CLIENT, 0, 256},
    {AC_STREAM_START, CLIENT, 4, 4},
    {AC_STREAM_STOP, CLIENT, 4, 4},
    {AC_VIEW_OPTIONS, CLIENT, 8, 8},
    {AC_PRESENCE, SERVER, 2, 42},
    {AC_SPEAKING, SERVER, 4, 4},
    {AC_TEXT, CLIENT | SERVER, 4, 3 + 40 + 512},
    {AC_PICTURE_SIZE, SERVER, 4, 4},
    {AC_CLEAR_CONSOLE, SERVER, 0, 0},
    {AC_SERVER_STATE, SERVER, 32, 32},
    {AC_AUTH_FAILED, SERVER, 8, 8},
};

ac_packet_status ac_packet_check_size(uint16_t type, uint32_t length, bool from_server) {
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (rules[i].type != type) continue;
        if (!(rules[i].from & (from_server ? SERVER : CLIENT))) return AC_PACKET_UNKNOWN_TYPE;
        return length < rules[i].least || length > rules[i].most ? AC_PACKET_BAD_SIZE : AC_PACKET_OK;
    }
    return AC_PACKET_UNKNOWN_TYPE;
}

bool ac_packet_is_handshake(uint16_t type) {
    return type == AC_CRYPTO_CLIENT_HELLO || (type >= AC_CRYPTO_CAPABILITIES && type <= AC_NO_ENCRYPTION) ||
           (type >= AC_REKEY_REQUEST && type <= AC_REKEY_COMPLETE);
}

const char *ac_packet_status_text(ac_packet_status status) {
    switch (status) {
    case AC_PACKET_OK:
        return "ok";
    case AC_PACKET_BAD_MAGIC:
        return "not a packet (bad magic)";
    case AC_PACKET_TOO_LONG:
        return "length over the limit";
    case AC_PACKET_BAD_CRC:
        return "bad CRC";
    case AC_PACKET_UNKNOWN_TYPE:
        return "a type that is not allowed here";
    case AC_PACKET_BAD_SIZE:
        return "a size that its type does not allow";
    }
    return "unknown";
}
