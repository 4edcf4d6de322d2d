#include "line.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/codec.h"
#include "call/peer.h"
#include "call/receive.h"
#include "check.h"
#include "sound/mix.h"
#include "wire/crc32c.h"
#include "wire/packet.h"

static int open_box(unsigned char *m, const unsigned char *c, unsigned long long length,
                    const unsigned char *n, const unsigned char *k) {
    if (c[0] == 0xFF) return -1; /* forged */
    memmove(m, c + 16, (size_t)length - 16);
    return 0;
}

static int close_box(unsigned char *c, const unsigned char *m, unsigned long long length,
                     const unsigned char *n, const unsigned char *k) {
    memmove(c + 16, m, (size_t)length);
    memset(c, 0, 16);
    return 0;
}

static int open_record(unsigned char *m, unsigned long long *mlen, unsigned char *nsec,
                       const unsigned char *c, unsigned long long clen, const unsigned char *ad,
                       unsigned long long adlen, const unsigned char *npub, const unsigned char *k) {
    if (c[clen - 1] == 0xFF) return -1; /* forged */
    if (m != NULL) memmove(m, c, (size_t)clen - 16);
    if (mlen != NULL) *mlen = clen - 16;
    return 0;
}

static int close_record(unsigned char *c, unsigned long long *clen, const unsigned char *m,
                        unsigned long long mlen, const unsigned char *ad, unsigned long long adlen,
                        const unsigned char *nsec, const unsigned char *npub, const unsigned char *k) {
    memmove(c, m, (size_t)mlen);
    memset(c + mlen, 0, 16);
    if (clen != NULL) *clen = mlen + 16;
    return 0;
}

static void forget(void *at, size_t length) {
    memset(at, 0, length);
}

static int decoder;

static void *make_decoder(int32_t rate, int channels, int *error) {
    *error = 0;
    return &decoder;
}

static void end_decoder(void *it) {
    CHECK(it == &decoder);
}

static int decode(void *it, const unsigned char *data, int32_t length, float *pcm, int frame, int fec) {
    uint32_t sum = 0;
    CHECK(it == &decoder && (length > 0) == (data != NULL)); /* without data: make something up */
    for (int32_t i = 0; i < length; i++) sum = sum * 31 + data[i];
    int samples = (int)(sum % (uint32_t)(frame + 4)) - 3; /* sometimes an error */
    for (int i = 0; i < samples; i++) pcm[i] = (float)(sum & 0xFF) / 256.0f;
    return samples;
}

void line_codecs(void) {
    ac_sodium_api = (ac_sodium){.secretbox_easy = close_box,
                                .secretbox_open_easy = open_box,
                                .memzero = forget,
                                .chacha20poly1305_encrypt = close_record,
                                .chacha20poly1305_decrypt = open_record};
    ac_opus_api =
        (ac_opus){.decoder_create = make_decoder, .decoder_destroy = end_decoder, .decode_float = decode};
}

static void mend_packet(uint8_t *at, uint32_t length) {
    ac_put64(at, AC_PACKET_MAGIC);
    ac_put32(at + 14, length ? ac_crc32c(0, at + AC_PACKET_HEADER, length) : 0);
}

void line_mend(uint8_t *wire, size_t length, line_seal seal) {
    const size_t before = seal == LINE_NATIVE ? AC_SEAL_NONCE + AC_SEAL_MAC : 0;
    const size_t envelope = seal == LINE_NATIVE ? before : AC_CIPHER_TAG;
    while (length >= AC_PACKET_HEADER) {
        uint32_t payload = ac_get32(wire + 10);
        if (payload > length - AC_PACKET_HEADER) {
            ac_put64(wire, AC_PACKET_MAGIC);
            return;
        }
        if (ac_get16(wire + 8) == AC_ENCRYPTED && payload >= envelope + AC_PACKET_HEADER) {
            uint8_t *inner = wire + AC_PACKET_HEADER + before;
            if (ac_get32(inner + 10) == payload - envelope - AC_PACKET_HEADER)
                mend_packet(inner, ac_get32(inner + 10));
        }
        mend_packet(wire, payload);
        wire += AC_PACKET_HEADER + payload;
        length -= AC_PACKET_HEADER + payload;
    }
}

static ac_peer peer;
static ac_frames frames;
static ac_spares spares;
static ac_voice *voice;

static void prepare(bool server, line_seal seal) {
    static bool prepared;
    if (!prepared) {
        int ends[2];
        CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
        close(ends[1]);
        CHECK(ac_peer_init(&peer, ends[0], true) == 0);
        voice = ac_voice_create();
        CHECK(voice != NULL);
        line_codecs();
        prepared = true;
    } else {
        ac_frames_destroy(&frames);
        ac_spares_clear(&spares);
    }
    ac_frames_init(&frames, &spares);
    uint8_t key[32] = {0}, session[16];
    memset(session, LINE_SESSION, sizeof session);
    if (seal == LINE_NOISE)
        ac_seal_init_noise(&peer.seal, key, key, 0, 0, UINT64_C(1000000000));
    else
        ac_seal_init(&peer.seal, key, key, session, false);
    peer.server = server;
    peer.encrypted = seal != LINE_CLEAR;
}

static void check_sound(const ac_receiver *receiver) {
    CHECK(receiver->hearing.samples > 0 && receiver->hearing.samples <= AC_HEARING_SOUND);
}

static void check_packet(const ac_receiver *receiver, bool server) {
    CHECK(receiver->payload >= receiver->buffer);
    CHECK(receiver->payload + receiver->length <= receiver->buffer + receiver->end);
    uint32_t length = receiver->length;
    if (receiver->type == AC_IMAGE_FRAME_H265) {
        CHECK(length >= 3 && receiver->payload[0] == 0 && receiver->payload[1] == 0 &&
              receiver->payload[2] == 1);
    } else {
        CHECK(ac_packet_check_size(receiver->type, length, !server) == AC_PACKET_OK);
    }
}

ac_frames *line_receive(const uint8_t *wire, size_t length, bool server, line_seal seal) {
    prepare(server, seal);
    ac_receiver receiver;
    CHECK(ac_receiver_init(&receiver, wire, length) == 0);
    if (length) { /* no room to spare, so that reading too far is seen */
        free(receiver.own);
        receiver.buffer = receiver.own = malloc(length);
        CHECK(receiver.buffer != NULL);
        memcpy(receiver.buffer, wire, length);
        receiver.capacity = receiver.own_capacity = length;
    }
    receiver.most_pixels = 1u << 20;
    receiver.frames = server ? &frames : NULL;
    receiver.hearing.voice = server ? voice : NULL;
    const double items[AC_FLOWS] = {1000, 1000, 1000}, bytes[AC_FLOWS] = {1e9, 1e9, 1e9};
    ac_allowance_init(&receiver.allowance, items, bytes, 1.0, ac_now_ns());
    ac_receive_result result;
    while ((result = ac_receive(&peer, &receiver)) <= AC_RECEIVE_HEARD) {
        if (result == AC_RECEIVE_HEARD)
            check_sound(&receiver);
        else
            check_packet(&receiver, server);
    }
    CHECK(result != AC_RECEIVE_STOPPED && result != AC_RECEIVE_IDLE && result != AC_RECEIVE_BROKEN);
    CHECK(ac_receive_text(result) != NULL);
    ac_receiver_destroy(&receiver);
    return &frames;
}

ac_frames *line_receive_payload(uint16_t type, const uint8_t *payload, size_t length) {
    uint8_t *packet = malloc(AC_PACKET_HEADER + length);
    CHECK(packet != NULL);
    if (length) memcpy(packet + AC_PACKET_HEADER, payload, length);
    ac_packet_pack(packet, type, packet + AC_PACKET_HEADER, (uint32_t)length);
    ac_frames *shown = line_receive(packet, AC_PACKET_HEADER + length, true, LINE_CLEAR);
    free(packet);
    return shown;
}
