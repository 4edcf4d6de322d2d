/* The envelopes, of both kinds: where they read and write, when the key changes, and that two threads share a
   seal without sharing a byte. The cipher is a stand-in; the real ones are tested from Python, which has
   libsodium. */
#include <pthread.h>
#include <string.h>

#include "base/codec.h"
#include "check.h"
#include "wire/seal.h"

static uint8_t keystream(const uint8_t *nonce, size_t nonce_size, const uint8_t *key, size_t i) {
    return (uint8_t)(key[i % 32] * 31u + nonce[i % nonce_size] * 17u + i);
}

static void tag_of(uint8_t tag[16], const uint8_t *c, size_t length, const uint8_t *nonce, size_t nonce_size,
                   const uint8_t *key) {
    uint64_t sum = UINT64_C(1469598103934665603);
    for (size_t i = 0; i < 32; i++) sum = (sum ^ key[i]) * UINT64_C(1099511628211);
    for (size_t i = 0; i < nonce_size; i++) sum = (sum ^ nonce[i]) * UINT64_C(1099511628211);
    for (size_t i = 0; i < length; i++) sum = (sum ^ c[i]) * UINT64_C(1099511628211);
    for (int i = 0; i < 16; i++) tag[i] = (uint8_t)(sum >> 4 * (i % 8));
}

static int encrypt(unsigned char *c, unsigned long long *clen, const unsigned char *m,
                   unsigned long long mlen, const unsigned char *ad, unsigned long long adlen,
                   const unsigned char *nsec, const unsigned char *npub, const unsigned char *k) {
    for (size_t i = 0; i < mlen; i++) c[i] = m[i] ^ keystream(npub, 12, k, i);
    tag_of(c + mlen, c, mlen, npub, 12, k);
    return 0;
}

static int decrypt(unsigned char *m, unsigned long long *mlen, unsigned char *nsec, const unsigned char *c,
                   unsigned long long clen, const unsigned char *ad, unsigned long long adlen,
                   const unsigned char *npub, const unsigned char *k) {
    uint8_t tag[16];
    tag_of(tag, c, clen - 16, npub, 12, k);
    if (memcmp(tag, c + clen - 16, 16) != 0) return -1;
    for (size_t i = 0; i < clen - 16; i++) m[i] = c[i] ^ keystream(npub, 12, k, i);
    return 0;
}

static int box(unsigned char *c, const unsigned char *m, unsigned long long mlen, const unsigned char *n,
               const unsigned char *k) {
    for (size_t i = 0; i < mlen; i++) c[16 + i] = m[i] ^ keystream(n, 24, k, i);
    tag_of(c, c + 16, mlen, n, 24, k);
    return 0;
}

static int box_open(unsigned char *m, const unsigned char *c, unsigned long long clen, const unsigned char *n,
                    const unsigned char *k) {
    uint8_t tag[16];
    tag_of(tag, c + 16, clen - 16, n, 24, k);
    if (memcmp(tag, c, 16) != 0) return -1;
    for (size_t i = 0; i < clen - 16; i++) m[i] = c[16 + i] ^ keystream(n, 24, k, i);
    return 0;
}

static void wipe(void *p, size_t length) {
    memset(p, 0, length);
}

static const uint8_t one[32] = {1}, other[32] = {2}, ours[16] = {[15] = 3}, theirs[16] = {[15] = 4};

/* Seal a packet in a buffer that has no byte more than promised. */
static uint8_t *seal(ac_seal *seal, uint16_t type, uint32_t length, uint8_t **begin, size_t *size) {
    uint8_t *buffer = calloc(1, AC_SEAL_OVERHEAD + AC_PACKET_HEADER + length + AC_SEAL_TAIL);
    CHECK(buffer != NULL);
    uint8_t *inner = buffer + AC_SEAL_OVERHEAD;
    for (uint32_t i = 0; i < length; i++) inner[AC_PACKET_HEADER + i] = (uint8_t)i;
    ac_packet_pack(inner, type, inner + AC_PACKET_HEADER, length);
    *begin = ac_seal_close(seal, buffer, AC_PACKET_HEADER + length, size);
    CHECK(*begin >= buffer && *size <= ac_seal_size(length));
    return buffer;
}

/* Open it, cut off after its last byte. */
static ac_seal_status open_packet(ac_seal *seal, const uint8_t *outer, size_t size,
                                  ac_packet_header *header) {
    uint8_t *inner = NULL, *payload = malloc(size - AC_PACKET_HEADER);
    CHECK(payload != NULL);
    memcpy(payload, outer + AC_PACKET_HEADER, size - AC_PACKET_HEADER);
    ac_seal_status status = ac_seal_open(seal, payload, size - AC_PACKET_HEADER, header, &inner);
    if (status == AC_SEAL_OK)
        for (uint32_t i = 0; i < header->length; i++) CHECK(inner[i] == (uint8_t)i);
    free(payload);
    return status;
}

static ac_seal_status hand_over(ac_seal *from, ac_seal *to, uint16_t type, uint32_t length) {
    ac_packet_header header;
    uint8_t *begin;
    size_t size;
    uint8_t *buffer = seal(from, type, length, &begin, &size);
    ac_seal_status status = open_packet(to, begin, size, &header);
    if (status == AC_SEAL_OK) CHECK(header.type == type && header.length == length);
    free(buffer);
    return status;
}

static void stays_within_its_buffer(ac_seal *a, ac_seal *b) {
    for (uint32_t length = 0; length < 300; length++) {
        CHECK(hand_over(a, b, AC_ASCII_FRAME, length) == AC_SEAL_OK);
        CHECK(hand_over(b, a, AC_ASCII_FRAME, length) == AC_SEAL_OK);
    }
}

static void every_cut_is_refused(ac_seal *a, ac_seal *b) {
    ac_packet_header header;
    uint8_t *begin;
    size_t size;
    uint8_t *buffer = seal(a, AC_PING, 0, &begin, &size);
    for (size_t cut = AC_PACKET_HEADER; cut < size; cut++)
        CHECK(open_packet(b, begin, cut, &header) != AC_SEAL_OK);
    CHECK(open_packet(b, begin, size, &header) == AC_SEAL_OK);
    free(buffer);
}

static void pair(ac_seal *a, ac_seal *b, bool noise) {
    if (noise) {
        ac_seal_init_noise(a, one, other, 0, 1, UINT64_MAX);
        ac_seal_init_noise(b, other, one, 1, 0, UINT64_MAX);
    } else {
        ac_seal_init(a, one, other, ours, false);
        ac_seal_init(b, other, one, theirs, false);
    }
}

static void keys_change_where_both_expect_it(void) {
    ac_seal a, b;
    pair(&a, &b, true);
    CHECK(hand_over(&a, &b, AC_KEY_UPDATE, 0) == AC_SEAL_OK);
    CHECK(a.tx.epochs == 1 && b.rx.epochs == 1 && b.tx.epochs == 0);
    for (int i = 0; i < 65535; i++) CHECK(hand_over(&a, &b, AC_PING, 0) == AC_SEAL_OK);
    CHECK(a.tx.epochs == 1 && b.rx.epochs == 1);
    CHECK(hand_over(&a, &b, AC_PING, 0) == AC_SEAL_OK);
    CHECK(a.tx.epochs == 2 && b.rx.epochs == 2);
    a.tx.bytes = b.rx.bytes = AC_CIPHER_KEY_BYTES - (AC_PACKET_HEADER + AC_CIPHER_TAG);
    CHECK(hand_over(&a, &b, AC_PING, 0) == AC_SEAL_OK);
    CHECK(a.tx.epochs == 3 && b.rx.epochs == 3 && a.tx.bytes == 0 && a.tx.records == 0);
    CHECK(hand_over(&b, &a, AC_PING, 0) == AC_SEAL_OK);
}

static void it_is_time_when_the_key_is_old(void) {
    ac_seal a, b;
    pair(&a, &b, true);
    a.key_ns = 1000;
    CHECK(!ac_seal_update_due(&a, a.since_ns + 999) && ac_seal_update_due(&a, a.since_ns + 1000));
    uint64_t before = a.since_ns;
    a.since_ns -= 500;
    CHECK(hand_over(&a, &b, AC_KEY_UPDATE, 0) == AC_SEAL_OK);
    CHECK(a.since_ns >= before);
    pair(&a, &b, false);
    CHECK(!ac_seal_update_due(&a, UINT64_MAX)); /* a native peer is never told */
}

static void a_removed_offer_is_found_out(void) {
    ac_seal a, b;
    ac_seal_init(&a, one, other, ours, true);
    ac_seal_init(&b, other, one, theirs, true);
    CHECK(hand_over(&a, &b, AC_PING, 0) == AC_SEAL_DOWNGRADED);
    CHECK(hand_over(&b, &a, AC_PING, 0) == AC_SEAL_DOWNGRADED);
    ac_seal_init(&b, other, one, theirs, false);
    CHECK(hand_over(&a, &b, AC_PING, 0) == AC_SEAL_OK);
    CHECK(hand_over(&b, &a, AC_PING, 0) == AC_SEAL_OK);
}

#define TURNS 20000

typedef struct {
    ac_seal *mine, *peers_half; /* what this thread seals with, and what opens it */
} half;

/* One thread seals with a seal while the other opens with the same one. */
static void *send_and_open(void *argument) {
    half *h = argument;
    for (int i = 0; i < TURNS; i++)
        CHECK(hand_over(h->mine, h->peers_half, i % 100 == 99 ? AC_KEY_UPDATE : AC_PING, 0) == AC_SEAL_OK);
    return NULL;
}

static void two_threads_share_a_seal(void) {
    ac_seal a, b;
    pair(&a, &b, true);
    half there = {&a, &b}, back = {&b, &a};
    pthread_t threads[2];
    CHECK(pthread_create(&threads[0], NULL, send_and_open, &there) == 0);
    CHECK(pthread_create(&threads[1], NULL, send_and_open, &back) == 0);
    for (int i = 0; i < 2; i++) CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(a.tx.epochs == TURNS / 100 && a.rx.epochs == TURNS / 100);
}

int main(void) {
    ac_sodium_api = (ac_sodium){box, box_open, wipe, encrypt, decrypt};
    for (int noise = 0; noise < 2; noise++) {
        ac_seal a, b;
        pair(&a, &b, noise);
        stays_within_its_buffer(&a, &b);
        every_cut_is_refused(&a, &b);
        ac_seal_wipe(&a);
        for (size_t i = 0; i < sizeof a; i++) CHECK(((uint8_t *)&a)[i] == 0);
    }
    keys_change_where_both_expect_it();
    it_is_time_when_the_key_is_old();
    a_removed_offer_is_found_out();
    two_threads_share_a_seal();
    return 0;
}
