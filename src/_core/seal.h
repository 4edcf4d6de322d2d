/* The encrypted envelope: a whole packet inside an ENCRYPTED packet.

   payload = nonce[24] | mac[16] | ciphertext[N], N = inner header and payload (XSalsa20-Poly1305,
   "secretbox"). nonce = session_id[16] | counter (u64, big-endian, from 1). Native peers take any nonce; we
   also demand that the peer's counter rises, that it is not our own session id come back (reflection), and
   that the session id stays. */
#ifndef ASCIICHAT_SEAL_H
#define ASCIICHAT_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet.h"

#define AC_SEAL_NONCE 24
#define AC_SEAL_MAC 16
#define AC_SEAL_OVERHEAD (AC_PACKET_HEADER + AC_SEAL_NONCE + AC_SEAL_MAC)

typedef struct {
    uint8_t tx_key[32], rx_key[32];
    uint8_t session[16];      /* ours, drawn at random for each connection */
    uint64_t counter;         /* of the last packet sealed */
    uint8_t peer_session[16]; /* of the first packet opened */
    uint64_t peer_counter;    /* of the last packet opened; 0: none yet */
} ac_seal;

typedef enum {
    AC_SEAL_OK = 0,
    AC_SEAL_SHORT,     /* no room for an inner header */
    AC_SEAL_REFLECTED, /* our own packet came back */
    AC_SEAL_REPLAYED,  /* counter did not rise, or the session id changed */
    AC_SEAL_FORGED,    /* not sealed with the key */
    AC_SEAL_LENGTH,    /* inner length is not what is there */
    AC_SEAL_INNER      /* inner magic or CRC is wrong */
} ac_seal_status;

/* Bytes a sealed packet with `length` payload bytes takes on the wire. */
static inline size_t ac_seal_size(uint32_t length) {
    return AC_SEAL_OVERHEAD + AC_PACKET_HEADER + (size_t)length;
}

void ac_seal_init(ac_seal *seal, const uint8_t tx_key[32], const uint8_t rx_key[32],
                  const uint8_t session[16]);

/* Forget the keys. */
void ac_seal_wipe(ac_seal *seal);

/* Seal in place: the inner packet (header and payload, `inner` bytes) stands at at + AC_SEAL_OVERHEAD; the
   whole outer packet stands at `at` afterwards. Returns its size. One thread (the sender). */
size_t ac_seal_close(ac_seal *seal, uint8_t *at, size_t inner);

/* Open in place the payload of an ENCRYPTED packet; *inner points to the inner packet's payload inside it,
 *header is its header, CRC checked. One thread (the receiver). */
ac_seal_status ac_seal_open(ac_seal *seal, uint8_t *payload, size_t length, ac_packet_header *header,
                            uint8_t **inner);

const char *ac_seal_status_text(ac_seal_status status);

#endif
