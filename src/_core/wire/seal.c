#include "seal.h"

#include <string.h>

#include "base/clock.h"
#include "base/codec.h"

#define MARK_BYTES 8
static const uint8_t mark[MARK_BYTES] = {'a', 'c', '-', 'n', 'o', 'i', 's', 'e'};

void ac_seal_init(ac_seal *seal, const uint8_t tx_key[32], const uint8_t rx_key[32],
                  const uint8_t session[16], bool marked) {
    memset(seal, 0, sizeof *seal);
    memcpy(seal->tx_key, tx_key, 32);
    memcpy(seal->rx_key, rx_key, 32);
    memcpy(seal->session, session, 16);
    seal->marked = marked;
    if (marked) memcpy(seal->session, mark, MARK_BYTES);
}

void ac_seal_init_noise(ac_seal *seal, const uint8_t tx_key[32], const uint8_t rx_key[32], uint64_t sent,
                        uint64_t received, uint64_t key_ns) {
    memset(seal, 0, sizeof *seal);
    seal->noise = true;
    ac_cipher_init(&seal->tx, tx_key, sent);
    ac_cipher_init(&seal->rx, rx_key, received);
    seal->key_ns = key_ns;
    seal->since_ns = ac_now_ns();
}

void ac_seal_wipe(ac_seal *seal) {
    ac_sodium_api.memzero(seal, sizeof *seal);
}

static uint8_t *close_noise(ac_seal *seal, uint8_t *at, size_t inner, size_t *size) {
    uint8_t *text = at + AC_SEAL_OVERHEAD;
    uint8_t *outer = text - AC_PACKET_HEADER;
    bool update = ac_get16(text + 8) == AC_KEY_UPDATE;
    uint64_t epoch = atomic_load_explicit(&seal->tx.epochs, memory_order_relaxed);
    ac_cipher_seal(&seal->tx, text, inner);
    if (update) ac_cipher_rekey(&seal->tx);
    if (atomic_load_explicit(&seal->tx.epochs, memory_order_relaxed) != epoch) seal->since_ns = ac_now_ns();
    ac_packet_pack(outer, AC_ENCRYPTED, text, (uint32_t)(inner + AC_CIPHER_TAG));
    *size = AC_PACKET_HEADER + inner + AC_CIPHER_TAG;
    return outer;
}

uint8_t *ac_seal_close(ac_seal *seal, uint8_t *at, size_t inner, size_t *size) {
    if (seal->noise) return close_noise(seal, at, inner, size);
    uint8_t *nonce = at + AC_PACKET_HEADER;
    uint8_t *box = nonce + AC_SEAL_NONCE;
    memcpy(nonce, seal->session, 16);
    ac_put64(nonce + 16, ++seal->counter);
    ac_sodium_api.secretbox_easy(box, at + AC_SEAL_OVERHEAD, inner, nonce, seal->tx_key);
    ac_packet_pack(at, AC_ENCRYPTED, nonce, (uint32_t)(AC_SEAL_NONCE + AC_SEAL_MAC + inner));
    *size = AC_SEAL_OVERHEAD + inner;
    return at;
}

bool ac_seal_update_due(const ac_seal *seal, uint64_t now_ns) {
    return seal->noise && now_ns - seal->since_ns >= seal->key_ns;
}

/* Look at what came out of an envelope. */
static ac_seal_status unpack(uint8_t *text, size_t size, ac_packet_header *header, uint8_t **inner) {
    if (ac_packet_unpack(text, header) != AC_PACKET_OK) return AC_SEAL_INNER;
    if (header->length != size - AC_PACKET_HEADER) return AC_SEAL_LENGTH;
    *inner = text + AC_PACKET_HEADER;
    return ac_packet_check(header, *inner) == AC_PACKET_OK ? AC_SEAL_OK : AC_SEAL_INNER;
}

static ac_seal_status open_noise(ac_seal *seal, uint8_t *text, size_t length, ac_packet_header *header,
                                 uint8_t **inner) {
    if (length < AC_PACKET_HEADER + AC_CIPHER_TAG) return AC_SEAL_SHORT;
    if (!ac_cipher_open(&seal->rx, text, length)) return AC_SEAL_FORGED;
    ac_seal_status status = unpack(text, length - AC_CIPHER_TAG, header, inner);
    if (status == AC_SEAL_OK && header->type == AC_KEY_UPDATE) {
        if (header->length != 0) return AC_SEAL_LENGTH;
        ac_cipher_rekey(&seal->rx);
    }
    return status;
}

ac_seal_status ac_seal_open(ac_seal *seal, uint8_t *payload, size_t length, ac_packet_header *header,
                            uint8_t **inner) {
    if (seal->noise) return open_noise(seal, payload, length, header, inner);
    if (length < AC_SEAL_NONCE + AC_SEAL_MAC + AC_PACKET_HEADER) return AC_SEAL_SHORT;
    uint8_t *nonce = payload;
    uint8_t *box = payload + AC_SEAL_NONCE;
    uint64_t counter = ac_get64(nonce + 16);
    if (memcmp(nonce, seal->session, 16) == 0) return AC_SEAL_REFLECTED;
    if (seal->peer_counter != 0 && memcmp(nonce, seal->peer_session, 16) != 0) return AC_SEAL_REPLAYED;
    if (counter <= seal->peer_counter) return AC_SEAL_REPLAYED;
    if (ac_sodium_api.secretbox_open_easy(box, box, length - AC_SEAL_NONCE, nonce, seal->rx_key) != 0)
        return AC_SEAL_FORGED;
    if (seal->marked && memcmp(nonce, mark, MARK_BYTES) == 0) return AC_SEAL_DOWNGRADED;
    /* Only a packet that proved itself may move the window. */
    memcpy(seal->peer_session, nonce, 16);
    seal->peer_counter = counter;
    return unpack(box, length - AC_SEAL_NONCE - AC_SEAL_MAC, header, inner);
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
        return "not sealed with the session key, or not the next one";
    case AC_SEAL_LENGTH:
        return "inner length does not match";
    case AC_SEAL_INNER:
        return "damaged inner packet";
    case AC_SEAL_DOWNGRADED:
        return "somebody in between removed the offer of the better handshake";
    }
    return "unknown";
}
