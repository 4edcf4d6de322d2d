/* Received sound: what is missing is made up, whatever comes stays within its bounds. libopus is played by
 * three functions. */
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "call/hearing.h"
#include "check.h"
#include "wire/packet.h"

static int made_up, from_copy, decoded;

static void *create(int32_t rate, int channels, int *error) {
    (void)rate, (void)channels;
    *error = 0;
    return &decoded;
}

static void destroy(void *decoder) {
    (void)decoder;
}

static int decode(void *decoder, const unsigned char *data, int32_t length, float *pcm, int frame, int fec) {
    (void)decoder;
    if (data == NULL || fec) {
        made_up++;
        from_copy += fec;
        for (int i = 0; i < frame; i++) pcm[i] = 0.5f;
        return frame;
    }
    uint32_t sum = 0;
    for (int32_t i = 0; i < length; i++) sum += data[i]; /* a sanitizer sees every byte */
    if (data[0] == 0xFF) return -4;
    decoded++;
    for (int i = 0; i < 480; i++) pcm[i] = (float)(sum % 7) * 0.1f;
    return 480;
}

static ac_peer_counts counts;

/* How many frames of sound a payload comes to. */
static int count(ac_hearing *hearing, ac_hearing_result result) {
    int frames = 0;
    while (result == AC_HEARING_SOUNDS) {
        CHECK(hearing->samples >= 1 && hearing->samples <= AC_HEARING_SOUND);
        frames++;
        result = ac_hearing_next(hearing, &counts);
    }
    CHECK(result == AC_HEARING_DONE || result == AC_HEARING_BAD);
    return result == AC_HEARING_BAD ? -1 : frames;
}

/* A batch of frames of three bytes, in memory of exactly its size. */
static int batch(ac_hearing *hearing, uint32_t number, uint32_t frames, uint8_t first) {
    uint32_t length = 16 + 5 * frames;
    uint8_t *payload = malloc(length);
    ac_put32(payload, 48000);
    ac_put32(payload + 4, 10);
    ac_put32(payload + 8, frames);
    ac_put32(payload + 12, number);
    for (uint32_t i = 0; i < frames; i++) {
        ac_put16(payload + 16 + 2 * i, 3);
        memset(payload + 16 + 2 * frames + 3 * i, first, 3);
    }
    int got = count(hearing, ac_hearing_opus(hearing, &counts, payload, length));
    free(payload);
    return got;
}

static void frames_that_are_missing_are_made_up(void) {
    ac_hearing hearing;
    CHECK(ac_hearing_init(&hearing) == 0);
    hearing.numbered = true;
    CHECK(batch(&hearing, 4000000000u, 1, 1) == 1); /* the first number may be any */
    CHECK(batch(&hearing, 4000000001u, 2, 1) == 2);
    made_up = from_copy = 0;
    CHECK(batch(&hearing, 4000000006u, 1, 1) == 4); /* three are missing, the last one's copy is here */
    CHECK(made_up == 3 && from_copy == 1);
    CHECK(batch(&hearing, 4000000007u + 6, 1, 1) == 7); /* 60 ms */
    CHECK(batch(&hearing, 4000000014u + 7, 1, 1) == 1); /* 70 ms: left out */
    CHECK(batch(&hearing, 5, 1, 1) == 1);               /* backwards: means nothing */
    CHECK(batch(&hearing, 0, 1, 1) == 1);               /* and neither does 0 */
    CHECK(batch(&hearing, 8, 1, 1) == 3);
    ac_hearing_destroy(&hearing);
}

static void numbers_begin_again_at_1(void) {
    ac_hearing hearing;
    CHECK(ac_hearing_init(&hearing) == 0);
    hearing.numbered = true;
    CHECK(batch(&hearing, UINT32_MAX, 1, 1) == 1);
    made_up = 0;
    CHECK(batch(&hearing, 1, 1, 1) == 1);
    CHECK(made_up == 0);
    ac_hearing_destroy(&hearing);
}

static void a_bad_frame_is_made_up(void) {
    ac_hearing hearing;
    CHECK(ac_hearing_init(&hearing) == 0);
    CHECK(batch(&hearing, 0, 1, 0xFF) == 0); /* nothing came before it */
    CHECK(batch(&hearing, 0, 1, 1) == 1);
    made_up = 0;
    CHECK(batch(&hearing, 0, 1, 0xFF) == 1);
    CHECK(made_up == 1);
    ac_hearing_destroy(&hearing);
}

static uint32_t seed = 1;

static uint32_t chance(uint32_t below) {
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % below;
}

/* Payloads that are almost right, each in memory of exactly its size. */
static void whatever_comes_stays_within_its_bounds(void) {
    static const uint32_t rates[] = {48000, 8000, 44100, 192000, 7999, 0};
    ac_hearing hearing;
    ac_jitter jitter;
    CHECK(ac_hearing_init(&hearing) == 0);
    CHECK(ac_jitter_init(&jitter, 2880) == 0);
    hearing.numbered = true;
    int sounds = 0;
    for (int turn = 0; turn < 4000; turn++) {
        uint32_t items = chance(40), channels = 1 + chance(9), length = 20 + chance(4000);
        bool opus = chance(2);
        if (chance(4)) length = opus ? 16 + 2 * items + 3 * items : 16 + 4 * items * channels;
        if (length < 20) length = 20;
        uint8_t *payload = malloc(length);
        for (uint32_t i = 0; i < length; i++) payload[i] = (uint8_t)chance(256);
        ac_put32(payload, 48000);
        ac_put32(payload + 4, items * channels);
        ac_put32(payload + 8, opus ? items : rates[chance(6)]);
        ac_put32(payload + 12, opus ? (uint32_t)turn + chance(4) : channels);
        if (opus && 16 + 2 * items <= length)
            for (uint32_t i = 0; i < items; i++) ac_put16(payload + 16 + 2 * i, chance(9) ? 3 : 0);
        atomic_store(&hearing.to, chance(2) ? &jitter : NULL);
        int got = count(&hearing, opus ? ac_hearing_opus(&hearing, &counts, payload, length)
                                       : ac_hearing_raw(&hearing, &counts, payload, length));
        sounds += got > 0;
        free(payload);
    }
    CHECK(sounds > 100);
    ac_jitter_destroy(&jitter);
    ac_hearing_destroy(&hearing);
}

int main(void) {
    ac_opus_api.decoder_create = create;
    ac_opus_api.decoder_destroy = destroy;
    ac_opus_api.decode_float = decode;
    frames_that_are_missing_are_made_up();
    numbers_begin_again_at_1();
    a_bad_frame_is_made_up();
    whatever_comes_stays_within_its_bounds();
    return 0;
}
