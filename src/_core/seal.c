#include "seal.h"

#include <string.h>

#include "codec.h"

void ac_seal_init(ac_seal *seal, const uint8_t tx_key[32], const uint8_t rx_key[32],
                  const uint8_t session[16]) {
    memset(seal, 0, sizeof *seal);
    memcpy(seal->tx_key, tx_key, 32);
    memcpy(seal->rx_key, rx_key, 32);
    memcpy(seal->session, session, 16);
}

void ac_seal_wipe(ac_seal *seal) {
    ac_sodium_api.memzero(seal, sizeof *seal);
}

size_t ac_seal_close(ac_seal *seal, uint8_t *at, size_t inner) {
    uint8_t *nonce = at + AC_PACKET_HEADER;
    uint8_t *box = nonce + AC_SEAL_NONCE;
    memcpy(nonce, seal->session, 16);
    ac_put64(nonce + 16, ++seal->counter);
    ac_sodium_api.secretbox_easy(box, at + AC_SEAL_OVERHEAD, inner, nonce, seal->tx_key);
    ac_packet_pack(at, AC_ENCRYPTED, nonce, (uint32_t)(AC_SEAL_NONCE + AC_SEAL_MAC + inner));
    return AC_SEAL_OVERHEAD + inner;
}

ac_seal_status ac_seal_open(ac_seal *seal, uint8_t *payload, size_t length, ac_packet_header *header,
                            uint8_t **inner) {
    if (length < AC_SEAL_NONCE + AC_SEAL_MAC + AC_PACKET_HEADER) return AC_SEAL_SHORT;
    uint8_t *nonce = payload;
    uint8_t *box = payload + AC_SEAL_NONCE;
    uint64_t counter = ac_get64(nonce + 16);
    if (memcmp(nonce, seal->session, 16) == 0) return AC_SEAL_REFLECTED;
    if (seal->peer_counter != 0 && memcmp(nonce, seal->peer_session, 16) != 0) return AC_SEAL_REPLAYED;
    if (counter <= seal->peer_counter) return AC_SEAL_REPLAYED;
    if (ac_sodium_api.secretbox_open_easy(box, box, length - AC_SEAL_NONCE, nonce, seal->rx_key) != 0)
        return AC_SEAL_FORGED;
    /* Only a packet that proved itself may move the window. */
    memcpy(seal->peer_session, nonce, 16);
    seal->peer_counter = counter;
    size_t size = length - AC_SEAL_NONCE - AC_SEAL_MAC;
    if (ac_packet_unpack(box, header) != AC_PACKET_OK) return AC_SEAL_INNER;
    if (header->length != size - AC_PACKET_HEADER) return AC_SEAL_LENGTH;
    *inner = box + AC_PACKET_HEADER;
    return ac_packet_check(header, *inner) == AC_PACKET_OK ? AC_SEAL_OK : AC_SEAL_INNER;
}

const char *ac_seal_status_text(ac_seal_status status) {
    switch (status) {
    case AC_SEAL_OK:
        return "ok";
    case AC_SEAL_SHORT:
        return "envelope too short";
    case AC_SEAL_REFLECTED:
        return "our own packet came back";
    case AC_SEAL_REPLAYED:
        return "replayed or out of order";
    case AC_SEAL_FORGED:
        return "not sealed with the session key";
    case AC_SEAL_LENGTH:
        return "inner length does not match";
    case AC_SEAL_INNER:
        return "damaged inner packet";
    }
    return "unknown";
}
