/* Envelopes, one after the other: the payload of ENCRYPTED, each behind two bytes that say how long it is.
   What opens must have proved itself, lie within its bytes, and never be opened again. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "line.h"
#include "wire/seal.h"

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
    if (status == AC_SEAL_OK) CHECK(inner > payload && inner + header.length <= payload + size);
    if (status == AC_SEAL_OK && !seal->noise) {
        CHECK(seal->peer_counter > before);
        CHECK(memcmp(seal->peer_session, seal->session, 16) != 0);
        CHECK(ac_seal_open(seal, again, size, &header, &inner) == AC_SEAL_REPLAYED);
    }
    free(payload);
    free(again);
}

/* What we seal ourselves opens at the other end, and not at ours. */
static void round_trip(ac_seal *ours, ac_seal *theirs, const uint8_t *data, size_t size) {
    size_t room = AC_SEAL_OVERHEAD + AC_PACKET_HEADER + size + AC_SEAL_TAIL, whole;
    uint8_t *at = malloc(room), *copy = malloc(room);
    CHECK(at != NULL && copy != NULL);
    memcpy(at + AC_SEAL_OVERHEAD + AC_PACKET_HEADER, data, size);
    ac_packet_pack(at + AC_SEAL_OVERHEAD, AC_REMOTE_LOG, at + AC_SEAL_OVERHEAD + AC_PACKET_HEADER,
                   (uint32_t)size);
    uint8_t *packet = ac_seal_close(ours, at, AC_PACKET_HEADER + size, &whole);
    CHECK(packet >= at && packet + whole <= at + room && whole <= ac_seal_size((uint32_t)size));
    memcpy(copy, packet, whole);
    ac_packet_header header;
    uint8_t *inner;
    CHECK(ac_seal_open(theirs, packet + AC_PACKET_HEADER, whole - AC_PACKET_HEADER, &header, &inner) ==
          AC_SEAL_OK);
    CHECK(header.type == AC_REMOTE_LOG && header.length == size && memcmp(inner, data, size) == 0);
    if (!ours->noise)
        CHECK(ac_seal_open(ours, copy + AC_PACKET_HEADER, whole - AC_PACKET_HEADER, &header, &inner) ==
              AC_SEAL_REFLECTED);
    free(at);
    free(copy);
}

/* Both ends of a line, of either kind. */
static void make(ac_seal *ours, ac_seal *theirs, bool noise) {
    uint8_t key[32] = {0}, session[16], other[16] = {9};
    memset(session, LINE_SESSION, sizeof session);
    if (noise) {
        ac_seal_init_noise(ours, key, key, 0, 0, UINT64_C(1000000000));
        ac_seal_init_noise(theirs, key, key, 0, 0, UINT64_C(1000000000));
    } else {
        ac_seal_init(ours, key, key, session, false);
        ac_seal_init(theirs, key, key, other, false);
    }
}

static void open_all(ac_seal *seal, const uint8_t *data, size_t size) {
    while (size >= 2) {
        size_t length = ac_get16(data) % 512;
        data += 2;
        size -= 2;
        if (length > size) length = size;
        open_one(seal, data, length);
        data += length;
        size -= length;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    line_codecs();
    for (int noise = 0; noise < 2; noise++) {
        ac_seal ours, theirs;
        make(&ours, &theirs, noise);
        round_trip(&ours, &theirs, data, size);
        open_all(&ours, data, size);
    }
    return 0;
}
