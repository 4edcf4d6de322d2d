#include "cipher_state.h"

#include <string.h>

#include "base/codec.h"

static void write_nonce(uint8_t nonce[12], uint64_t n) {
    memset(nonce, 0, 4);
    for (int i = 0; i < 8; i++) nonce[4 + i] = (uint8_t)(n >> 8 * i);
}

void ac_cipher_init(ac_cipher_state *state, const uint8_t key[32], uint64_t n) {
    memcpy(state->key, key, 32);
    state->n = n;
    state->records = 0;
    state->bytes = 0;
    atomic_init(&state->epochs, 0);
}

void ac_cipher_rekey(ac_cipher_state *state) {
    uint8_t nonce[12], sealed[32 + AC_CIPHER_TAG] = {0};
    write_nonce(nonce, UINT64_MAX);
    ac_sodium_api.chacha20poly1305_encrypt(sealed, NULL, sealed, 32, NULL, 0, NULL, nonce, state->key);
    memcpy(state->key, sealed, 32);
    ac_sodium_api.memzero(sealed, sizeof sealed);
    state->records = 0;
    state->bytes = 0;
    atomic_fetch_add_explicit(&state->epochs, 1, memory_order_relaxed);
}

static void count(ac_cipher_state *state, size_t length) {
    state->n++;
    state->records++;
    state->bytes += length;
    if (state->records >= AC_CIPHER_KEY_RECORDS || state->bytes >= AC_CIPHER_KEY_BYTES)
        ac_cipher_rekey(state);
}

void ac_cipher_seal(ac_cipher_state *state, uint8_t *text, size_t length) {
    uint8_t nonce[12];
    write_nonce(nonce, state->n);
    ac_sodium_api.chacha20poly1305_encrypt(text, NULL, text, length, NULL, 0, NULL, nonce, state->key);
    count(state, length + AC_CIPHER_TAG);
}

bool ac_cipher_open(ac_cipher_state *state, uint8_t *text, size_t length) {
    uint8_t nonce[12];
    if (length < AC_CIPHER_TAG) return false;
    write_nonce(nonce, state->n);
    if (ac_sodium_api.chacha20poly1305_decrypt(text, NULL, NULL, text, length, NULL, 0, nonce, state->key) !=
        0)
        return false;
    count(state, length);
    return true;
}
