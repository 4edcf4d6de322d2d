/* The encrypted envelope: a whole packet inside an ENCRYPTED packet.

   With a native peer: payload = nonce[24] | mac[16] | ciphertext[N], N = inner header and payload
   (XSalsa20-Poly1305, "secretbox"). nonce = session_id[16] | counter (u64, big-endian, from 1). Native peers
   take any nonce; we also demand that the peer's counter rises, that it is not our own session id come back
   (reflection), and that the session id stays.

   With our own kind, after a Noise handshake: payload = ciphertext[N] | tag[16], a key for each direction
   (cipher_state.h). */
#ifndef ASCIICHAT_SEAL_H
#define ASCIICHAT_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cipher_state.h"
#include "packet.h"

#define AC_SEAL_NONCE 24
#define AC_SEAL_MAC 16
#define AC_SEAL_OVERHEAD                                                                                     \
    (AC_PACKET_HEADER + AC_SEAL_NONCE + AC_SEAL_MAC) /* room in front of an inner packet */
#define AC_SEAL_TAIL AC_CIPHER_TAG                   /* room behind it */

typedef struct {
    bool noise; /* which of the two it is */
    /* with a native peer */
    bool marked; /* we would have spoken Noise: our session id says so, and theirs must not */
    uint8_t tx_key[32], rx_key[32];
    uint8_t session[16];      /* ours, drawn at random for each connection */
    uint64_t counter;         /* of the last packet sealed */
    uint8_t peer_session[16]; /* of the first packet opened */
    uint64_t peer_counter;    /* of the last packet opened; 0: none yet */
    /* with our own kind */
    ac_cipher_state tx, rx;
    uint64_t key_ns;   /* how long tx keeps a key */
    uint64_t since_ns; /* since when it has this one */
} ac_seal;

typedef enum {
    AC_SEAL_OK = 0,
    AC_SEAL_SHORT,      /* no room for an inner header */
    AC_SEAL_REFLECTED,  /* our own packet came back */
    AC_SEAL_REPLAYED,   /* counter did not rise, or the session id changed */
    AC_SEAL_FORGED,     /* not sealed with the key */
    AC_SEAL_LENGTH,     /* inner length is not what is there */
    AC_SEAL_INNER,      /* inner magic or CRC is wrong */
    AC_SEAL_DOWNGRADED, /* both would have spoken Noise: somebody removed the offer */
} ac_seal_status;

/* Bytes a sealed packet with `length` payload bytes takes on the wire, at most. */
static inline size_t ac_seal_size(uint32_t length) {
    return AC_SEAL_OVERHEAD + AC_PACKET_HEADER + (size_t)length;
}

/* For a native peer. `marked`: the first 8 of the 16 bytes of `session` are replaced by our mark. */
void ac_seal_init(ac_seal *seal, const uint8_t tx_key[32], const uint8_t rx_key[32],
                  const uint8_t session[16], bool marked);

/* For our own kind: the keys of a Noise handshake, how many records each has seen, and how long a key of ours
 * may serve. */
void ac_seal_init_noise(ac_seal *seal, const uint8_t tx_key[32], const uint8_t rx_key[32], uint64_t sent,
                        uint64_t received, uint64_t key_ns);

/* Forget the keys. */
void ac_seal_wipe(ac_seal *seal);

/* Seal in place: the inner packet (header and payload, `inner` bytes) stands at at + AC_SEAL_OVERHEAD, with
   AC_SEAL_TAIL bytes of room behind it. Returns where the outer packet begins, at `at` or a little after, and
   its size. A KEY_UPDATE is followed by the next key. One thread (the sender). */
uint8_t *ac_seal_close(ac_seal *seal, uint8_t *at, size_t inner, size_t *size);

/* Is it time to send a KEY_UPDATE? The sender. */
bool ac_seal_update_due(const ac_seal *seal, uint64_t now_ns);

/* Open in place the payload of an ENCRYPTED packet; *inner points to the inner packet's payload inside it,
 *header is its header, CRC checked. One thread (the receiver). */
ac_seal_status ac_seal_open(ac_seal *seal, uint8_t *payload, size_t length, ac_packet_header *header,
                            uint8_t **inner);

const char *ac_seal_status_text(ac_seal_status status);

#endif
