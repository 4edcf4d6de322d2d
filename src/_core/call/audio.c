#include "audio.h"

#include <string.h>

#include "base/codec.h"
#include "wire/packet.h"

#define OPUS_APPLICATION_AUDIO 2049
#define OPUS_APPLICATION_RESTRICTED_LOWDELAY 2051
#define OPUS_SET_BITRATE 4002
#define OPUS_SET_COMPLEXITY 4010
#define OPUS_SET_INBAND_FEC 4012
#define OPUS_SET_PACKET_LOSS_PERC 4014
#define OPUS_SET_DTX 4016
#define OPUS_RESET_STATE 4028

#define OPUS_LARGEST 1275
#define SILENCE_AFTER 5 /* silent frames encoded before the encoder rests: its tail has faded by then */
#define WAIT_NS UINT64_C(1000000) /* for the thread that is at the bus */
#define STAGGER_NS                                                                                           \
    UINT64_C(100000) /* between the ticks of neighbouring slots: 32 threads do not wake at once */

/* What an Opus encoder makes of digital silence: full band, nothing in it. */
static const uint8_t silence[3] = {0xF8, 0xFF, 0xFE};       /* 20 ms */
static const uint8_t short_silence[3] = {0xF0, 0xFF, 0xFE}; /* 10 ms */

typedef struct {
    ac_peer *peer;
    void *encoder;
    int frame;       /* samples in a packet */
    bool numbered;   /* its packets are */
    uint32_t number; /* of the last frame */
    float gathered[AC_OPUS_FRAME + AC_BLOCK_MAX];
    int count;
    int silent_samples; /* at the end of `gathered` */
    int silent_frames;  /* in a row */
} speaker;

void ac_audio_send_opus(ac_outbox *outbox, const uint8_t *data, int length, int samples, uint32_t number) {
    uint8_t payload[18 + OPUS_LARGEST];
    if (length < 1 || length > OPUS_LARGEST) return;
    ac_put32(payload, AC_AUDIO_RATE);
    ac_put32(payload + 4, (uint32_t)samples * 1000 / AC_AUDIO_RATE);
    ac_put32(payload + 8, 1);
    ac_put32(payload + 12, number);
    ac_put16(payload + 16, (uint16_t)length);
    memcpy(payload + 18, data, (size_t)length);
    ac_outbox_audio(outbox, AC_AUDIO_OPUS_BATCH, payload, (uint32_t)(18 + length));
}

static void put_frame(speaker *s, const uint8_t *data, int length) {
    if (s->numbered && ++s->number == 0) s->number = 1; /* 0: not numbered */
    ac_audio_send_opus(&s->peer->outbox, data, length, s->frame, s->number);
}

static void send_frame(speaker *s) {
    uint8_t data[OPUS_LARGEST];
    bool silent = s->silent_samples >= s->count;
    if (!silent && s->silent_frames > SILENCE_AFTER) ac_opus_api.encoder_ctl(s->encoder, OPUS_RESET_STATE);
    s->silent_frames = silent ? s->silent_frames + 1 : 0;
    if (s->silent_frames > SILENCE_AFTER) {
        put_frame(s, s->frame == AC_OPUS_FRAME ? silence : short_silence, sizeof silence);
    } else {
        int length = ac_opus_api.encode_float(s->encoder, s->gathered, s->frame, data, sizeof data);
        put_frame(s, data, length);
    }
    s->count -= s->frame;
    memmove(s->gathered, s->gathered + s->frame, (size_t)s->count * sizeof *s->gathered);
    if (s->silent_samples > s->count) s->silent_samples = s->count;
}

static void gather(speaker *s, int samples, bool silent) {
    s->count += samples;
    s->silent_samples = silent ? s->silent_samples + samples : 0;
    if (s->count >= s->frame) send_frame(s);
}

/* Mix every block that is due. Returns the next block to ask for. */
static uint64_t mix_due(speaker *s, ac_room *room, int slot, ac_listener *listener, uint64_t next) {
    uint64_t now = ac_now_ns(), due = ac_bus_block(room->bus, now);
    while (next <= due) {
        bool silent = false;
        int samples =
            ac_bus_mix(room->bus, slot, listener, next, now, WAIT_NS, s->gathered + s->count, &silent);
        if (samples == 0) break; /* being made: it will be there at the next tick */
        /* Gone: we were held up for long, perhaps only just now, so that what was due is no measure any more.
         */
        if (samples < 0) return ac_bus_block(room->bus, ac_now_ns()) + 1;
        gather(s, samples, silent);
        next++;
    }
    return next;
}

static void *create_encoder(const ac_audio_quality *quality) {
    /* Short frames are for little delay: 2.5 ms of it in the encoder instead of 6.5. But in-band FEC needs
       the speech half of Opus, which that mode leaves out. */
    bool low_delay = quality->short_frames && quality->loss_percent == 0;
    int error = 0, application = low_delay ? OPUS_APPLICATION_RESTRICTED_LOWDELAY : OPUS_APPLICATION_AUDIO;
    void *encoder = ac_opus_api.encoder_create(AC_AUDIO_RATE, 1, application, &error);
    if (encoder == NULL) return NULL;
    /* encoder_ctl is variadic in its type too, so that arguments go where the platform's ABI wants them;
       libopus takes each of these as an opus_int32. */
    ac_opus_api.encoder_ctl(encoder, OPUS_SET_BITRATE, (int32_t)quality->bitrate);
    ac_opus_api.encoder_ctl(encoder, OPUS_SET_COMPLEXITY, (int32_t)quality->complexity);
    ac_opus_api.encoder_ctl(encoder, OPUS_SET_DTX, (int32_t)quality->dtx);
    ac_opus_api.encoder_ctl(encoder, OPUS_SET_INBAND_FEC, (int32_t)(quality->loss_percent > 0));
    ac_opus_api.encoder_ctl(encoder, OPUS_SET_PACKET_LOSS_PERC, (int32_t)quality->loss_percent);
    return encoder;
}

int ac_audio(ac_peer *peer, ac_room *room, int slot, const ac_audio_quality *quality) {
    if (!quality->mix) {
        /* It stays one of its client's four threads, and does nothing. */
        for (;;) {
            uint32_t ticket = ac_wake_ticket(&peer->tick);
            if (ac_peer_stopped(peer)) return 0;
            ac_wake_wait(&peer->tick, ticket, UINT64_MAX);
        }
    }
    speaker s = {.peer = peer, .encoder = create_encoder(quality), .numbered = quality->short_frames};
    s.frame = quality->short_frames ? AC_OPUS_SHORT_FRAME : AC_OPUS_FRAME;
    if (s.encoder == NULL) return -1;
    ac_listener *listener = ac_listener_create();
    if (listener == NULL) {
        ac_opus_api.encoder_destroy(s.encoder);
        return -1;
    }

    ac_sharpen_thread();
    uint64_t first = ac_bus_block(room->bus, ac_now_ns()) + 1, next = first;
    ac_pace_start(&peer->audio_pace, ac_bus_deadline(room->bus, 0) + (uint64_t)slot * STAGGER_NS,
                  AC_AUDIO_TICKS);
    peer->audio_pace.tick = first; /* tick n of the pace is block n of the bus */
    while (ac_pace_wait(&peer->audio_pace, &peer->tick, &peer->stop)) {
        ac_view view;
        uint32_t version;
        if (!atomic_load_explicit(&peer->view_known, memory_order_acquire)) {
            next = ac_bus_block(room->bus, ac_now_ns()) + 1;
            continue;
        }
        if (ac_read_published(&peer->view, &view, sizeof view, &version) && !view.wants_sound) {
            /* The viewers' speaker marks need the bus to go on, also when nobody listens. */
            uint64_t now = ac_now_ns();
            ac_bus_advance(room->bus, now);
            next = ac_bus_block(room->bus, now) + 1;
            continue;
        }
        next = mix_due(&s, room, slot, listener, next);
    }
    ac_opus_api.encoder_destroy(s.encoder);
    ac_listener_destroy(listener);
    return 0;
}
