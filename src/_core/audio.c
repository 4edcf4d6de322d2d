#include "audio.h"

#include <string.h>

#include "codec.h"
#include "packet.h"

#define OPUS_APPLICATION_AUDIO 2049
#define OPUS_SET_BITRATE 4002
#define OPUS_SET_COMPLEXITY 4010
#define OPUS_RESET_STATE 4028

#define OPUS_LARGEST 1275
#define SILENCE_AFTER 5 /* silent frames encoded before the encoder rests: its tail has faded by then */
#define WAIT_NS UINT64_C(1000000) /* for the thread that is at the bus */
#define STAGGER_NS                                                                                           \
    UINT64_C(100000) /* between the ticks of neighbouring slots: 32 threads do not wake at once */

/* What an Opus encoder makes of digital silence: full band, 20 ms, nothing in it. */
static const uint8_t silence[3] = {0xF8, 0xFF, 0xFE};

typedef struct {
    ac_peer *peer;
    void *encoder;
    float gathered[AC_OPUS_FRAME + AC_BLOCK_MAX];
    int count;
    int silent_samples; /* at the end of `gathered` */
    int silent_frames;  /* in a row */
} speaker;

void ac_audio_send_opus(ac_outbox *outbox, const uint8_t *data, int length) {
    uint8_t payload[18 + OPUS_LARGEST];
    if (length < 1 || length > OPUS_LARGEST) return;
    ac_put32(payload, AC_AUDIO_RATE);
    ac_put32(payload + 4, AC_OPUS_FRAME * 1000 / AC_AUDIO_RATE);
    ac_put32(payload + 8, 1);
    ac_put32(payload + 12, 0);
    ac_put16(payload + 16, (uint16_t)length);
    memcpy(payload + 18, data, (size_t)length);
    ac_outbox_audio(outbox, AC_AUDIO_OPUS_BATCH, payload, (uint32_t)(18 + length));
}

static void send_frame(speaker *s) {
    uint8_t data[OPUS_LARGEST];
    bool silent = s->silent_samples >= s->count;
    if (!silent && s->silent_frames > SILENCE_AFTER) ac_opus_api.encoder_ctl(s->encoder, OPUS_RESET_STATE);
    s->silent_frames = silent ? s->silent_frames + 1 : 0;
    if (s->silent_frames > SILENCE_AFTER) {
        ac_audio_send_opus(&s->peer->outbox, silence, sizeof silence);
    } else {
        int length = ac_opus_api.encode_float(s->encoder, s->gathered, AC_OPUS_FRAME, data, sizeof data);
        ac_audio_send_opus(&s->peer->outbox, data, length);
    }
    s->count -= AC_OPUS_FRAME;
    memmove(s->gathered, s->gathered + AC_OPUS_FRAME, (size_t)s->count * sizeof *s->gathered);
    if (s->silent_samples > s->count) s->silent_samples = s->count;
}

static void gather(speaker *s, int samples, bool silent) {
    s->count += samples;
    s->silent_samples = silent ? s->silent_samples + samples : 0;
    if (s->count >= AC_OPUS_FRAME) send_frame(s);
}

/* Mix every block that is due. Returns the next block to ask for. */
static uint64_t mix_due(speaker *s, ac_room *room, int slot, ac_listener *listener, uint64_t next) {
    uint64_t now = ac_now_ns(), due = ac_bus_block(room->bus, now);
    while (next <= due) {
        bool silent = false;
        int samples =
            ac_bus_mix(room->bus, slot, listener, next, now, WAIT_NS, s->gathered + s->count, &silent);
        if (samples == 0) break; /* being made: it will be there at the next tick */
        /* Gone: we were held up for long, perhaps only just now, so that what was due is no measure any more. */
        if (samples < 0) return ac_bus_block(room->bus, ac_now_ns()) + 1;
        gather(s, samples, silent);
        next++;
    }
    return next;
}

int ac_audio(ac_peer *peer, ac_room *room, int slot, const ac_audio_quality *quality) {
    int error = 0;
    speaker s = {.peer = peer, .encoder = NULL};
    ac_listener *listener = ac_listener_create();
    if (listener == NULL) return -1;
    s.encoder = ac_opus_api.encoder_create(AC_AUDIO_RATE, 1, OPUS_APPLICATION_AUDIO, &error);
    if (s.encoder == NULL) {
        ac_listener_destroy(listener);
        return -1;
    }
    ac_opus_api.encoder_ctl(s.encoder, OPUS_SET_BITRATE, quality->bitrate);
    ac_opus_api.encoder_ctl(s.encoder, OPUS_SET_COMPLEXITY, quality->complexity);

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
            next = ac_bus_block(room->bus, ac_now_ns()) + 1;
            continue;
        }
        next = mix_due(&s, room, slot, listener, next);
    }
    ac_opus_api.encoder_destroy(s.encoder);
    ac_listener_destroy(listener);
    return 0;
}
