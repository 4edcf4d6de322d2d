/* Envelopes, one after the other: the payload of ENCRYPTED, each behind two bytes that say how long it is.
   What opens must have proved itself, lie within its bytes, and never be opened again. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "line.h"
#include "seal.h"

static void open_one(ac_seal *seal, const uint8_t *data, size_t size) {
    uint8_t *payload = malloc(size + 1); /* never of no size */
    uint8_t *again = malloc(size + 1);
    CHECK(payload != NULL && again != NULL);
    payload = realloc(payload, size ? size : 1);
    CHECK(payload != NULL);
    memcpy(payload, data, size);
    memcpy(again, data, size);
    ac_packet_header header;
    uint8_t *inner;
    uint64_t before = seal->peer_counter;
    ac_seal_status status = ac_seal_open(seal, payload, size, &header, &inner);
    CHECK(ac_seal_status_text(status) != NULL);
    CHECK(seal->peer_counter >= before);
    if (status == AC_SEAL_OK) {
        CHECK(seal->peer_counter > before);
        CHECK(inner > payload && inner + header.length <= payload + size);
        CHECK(memcmp(seal->peer_session, seal->session, 16) != 0);
        CHECK(ac_seal_open(seal, again, size, &header, &inner) == AC_SEAL_REPLAYED);
    }
    free(payload);
    free(again);
}

/* What we seal ourselves opens at the other end, and not at ours. */
static void round_trip(ac_seal *ours, const uint8_t *data, size_t size) {
    size_t whole = AC_SEAL_OVERHEAD + AC_PACKET_HEADER + size;
    uint8_t *packet = malloc(whole), *copy = malloc(whole);
    CHECK(packet != NULL && copy != NULL);
    memcpy(packet + AC_SEAL_OVERHEAD + AC_PACKET_HEADER, data, size);
    ac_packet_pack(packet + AC_SEAL_OVERHEAD, AC_REMOTE_LOG, packet + AC_SEAL_OVERHEAD + AC_PACKET_HEADER,
                   (uint32_t)size);
    size_t sealed;
    CHECK(ac_seal_close(ours, packet, AC_PACKET_HEADER + size, &sealed) == packet && sealed == whole);
    memcpy(copy, packet, whole);
    ac_seal theirs;
    uint8_t key[32] = {0}, session[16] = {9};
    ac_seal_init(&theirs, key, key, session, false);
    ac_packet_header header;
    uint8_t *inner;
    CHECK(ac_seal_open(&theirs, packet + AC_PACKET_HEADER, whole - AC_PACKET_HEADER, &header, &inner) ==
          AC_SEAL_OK);
    CHECK(header.type == AC_REMOTE_LOG && header.length == size && memcmp(inner, data, size) == 0);
    CHECK(ac_seal_open(ours, copy + AC_PACKET_HEADER, whole - AC_PACKET_HEADER, &header, &inner) ==
          AC_SEAL_REFLECTED);
    free(packet);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    line_codecs();
    ac_seal seal;
    uint8_t key[32] = {0}, session[16];
    memset(session, LINE_SESSION, sizeof session);
    ac_seal_init(&seal, key, key, session, false);
    round_trip(&seal, data, size);
    while (size >= 2) {
        size_t length = ac_get16(data) % 512;
        data += 2;
        size -= 2;
        if (length > size) length = size;
        open_one(&seal, data, length);
        data += length;
        size -= length;
    }
    return 0;
}
