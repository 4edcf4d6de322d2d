/* Framing: headers as they stand on the wire, and what is refused. */
#include <string.h>

#include "check.h"
#include "wire/packet.h"

static const uint8_t ping[22] = {0, 0, 0, 0x0A, 0x5C, 0x11, 0xC4, 0xA1, 0x13, 0x89};
static const uint8_t start[26] = {0, 0,    0,    0x0A, 0x5C, 0x11, 0xC4, 0xA1, 0x13, 0x8D, 0, 0, 0,
                                  4, 0x5B, 0x37, 0xB8, 0x33, 0,    0,    0,    0,    0,    0, 0, 3};

static void headers_stand_as_on_the_wire(void) {
    uint8_t packet[26];
    ac_packet_pack(packet, AC_PING, NULL, 0);
    CHECK(memcmp(packet, ping, 22) == 0);
    ac_packet_pack(packet, AC_STREAM_START, start + 22, 4);
    memcpy(packet + 22, start + 22, 4);
    CHECK(memcmp(packet, start, 26) == 0);
}

static void what_was_packed_unpacks(void) {
    ac_packet_header header;
    CHECK(ac_packet_unpack(start, &header) == AC_PACKET_OK);
    CHECK(header.type == AC_STREAM_START && header.length == 4 && header.client_id == 0);
    CHECK(ac_packet_check(&header, start + 22) == AC_PACKET_OK);
}

static void damage_is_seen(void) {
    ac_packet_header header;
    uint8_t bad[26];
    for (int byte = 0; byte < 8; byte++) {
        memcpy(bad, start, 26);
        bad[byte] ^= 1;
        CHECK(ac_packet_unpack(bad, &header) == AC_PACKET_BAD_MAGIC);
    }
    memcpy(bad, start, 26);
    bad[25] ^= 1;
    CHECK(ac_packet_unpack(bad, &header) == AC_PACKET_OK);
    CHECK(ac_packet_check(&header, bad + 22) == AC_PACKET_BAD_CRC);
    memcpy(bad, start, 26);
    bad[10] = 0xFF;
    CHECK(ac_packet_unpack(bad, &header) == AC_PACKET_TOO_LONG);
}

static void each_side_may_send_only_its_own(void) {
    CHECK(ac_packet_check_size(AC_IMAGE_FRAME, 30, false) == AC_PACKET_OK);
    CHECK(ac_packet_check_size(AC_IMAGE_FRAME, 30, true) == AC_PACKET_UNKNOWN_TYPE);
    CHECK(ac_packet_check_size(AC_ASCII_FRAME, 30, true) == AC_PACKET_OK);
    CHECK(ac_packet_check_size(AC_ASCII_FRAME, 30, false) == AC_PACKET_UNKNOWN_TYPE);
    CHECK(ac_packet_check_size(AC_CLIENT_CAPABILITIES, 167, false) == AC_PACKET_BAD_SIZE);
    CHECK(ac_packet_check_size(AC_PING, 1, false) == AC_PACKET_BAD_SIZE);
    CHECK(ac_packet_check_size(AC_PRESENCE, 2, true) == AC_PACKET_OK);
    CHECK(ac_packet_check_size(AC_PRESENCE, 43, true) == AC_PACKET_BAD_SIZE);
    CHECK(ac_packet_check_size(AC_PRESENCE, 2, false) == AC_PACKET_UNKNOWN_TYPE);
    CHECK(ac_packet_check_size(AC_SPEAKING, 4, false) == AC_PACKET_UNKNOWN_TYPE);
    CHECK(ac_packet_check_size(AC_TEXT, 555, false) == AC_PACKET_OK);
    CHECK(ac_packet_check_size(AC_TEXT, 556, false) == AC_PACKET_BAD_SIZE);
    CHECK(ac_packet_check_size(4242, 0, false) == AC_PACKET_UNKNOWN_TYPE);
    CHECK(ac_packet_check_size(AC_TEXT_MESSAGE, 5, true) == AC_PACKET_UNKNOWN_TYPE);
}

int main(void) {
    headers_stand_as_on_the_wire();
    what_was_packed_unpacks();
    damage_is_seen();
    each_side_may_send_only_its_own();
    return 0;
}
