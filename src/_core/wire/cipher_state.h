/* One direction of a connection between asciichat peers: the CipherState of the Noise Protocol Framework with
   ChaCha20-Poly1305, and the points at which it replaces its key.

   Both sides count records and bytes the same and so replace the key after the same record. */
#ifndef ASCIICHAT_CIPHER_STATE_H
#define ASCIICHAT_CIPHER_STATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AC_CIPHER_TAG 16
#define AC_CIPHER_KEY_RECORDS 65536u /* with one key, at most */
#define AC_CIPHER_KEY_BYTES                                                                                  \
    (UINT64_C(1) << 28) /* ciphertext and tags, with one key: no record is begun past it */

typedef struct {
    uint8_t key[32];
    uint64_t n;              /* of the next record */
    uint32_t records;        /* with this key */
    uint64_t bytes;          /* with this key */
    _Atomic uint64_t epochs; /* how often the key was replaced; for any thread to read */
} ac_cipher_state;

/* Begin with `n` records already gone. */
void ac_cipher_init(ac_cipher_state *state, const uint8_t key[32], uint64_t n);

/* Seal text[0..length) in place; the tag follows it. */
void ac_cipher_seal(ac_cipher_state *state, uint8_t *text, size_t length);

/* Open text[0..length) in place, the tag being its last 16 bytes. False: not the next record of this key. */
bool ac_cipher_open(ac_cipher_state *state, uint8_t *text, size_t length);

/* Replace the key by REKEY(k); the record number goes on. */
void ac_cipher_rekey(ac_cipher_state *state);

#endif
