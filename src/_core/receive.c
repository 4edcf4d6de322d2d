#include "receive.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "codec.h"
#include "packet.h"

#define FIRST_BUFFER 16384u
#define NOTHING_FOR_PYTHON (-1)

int ac_receiver_init(ac_receiver *receiver, const uint8_t *initial, size_t length) {
    memset(receiver, 0, sizeof *receiver);
    receiver->capacity = length > FIRST_BUFFER ? length : FIRST_BUFFER;
    receiver->buffer = malloc(receiver->capacity);
    receiver->sound = malloc(AC_RECEIVE_SOUND * sizeof *receiver->sound);
    if (receiver->buffer == NULL || receiver->sound == NULL) {
        ac_receiver_destroy(receiver);
        return -1;
    }
    if (length) memcpy(receiver->buffer, initial, length);
    receiver->end = length;
    receiver->most_pixels = AC_FRAME_MAX_WIDTH * AC_FRAME_MAX_HEIGHT;
    receiver->begun_ns = ac_now_ns();
    return 0;
}

void ac_receiver_destroy(ac_receiver *receiver) {
    if (receiver->opus != NULL) ac_opus_api.decoder_destroy(receiver->opus);
    free(receiver->buffer);
    free(receiver->sound);
    memset(receiver, 0, sizeof *receiver);
}

/* Have at least `wanted` bytes from `begin` on. -1 when they are there, else the end of the connection. */
static int fill(ac_peer *peer, ac_receiver *receiver, size_t wanted) {
    if (receiver->end - receiver->begin >= wanted) return -1;
    if (receiver->begin + wanted > receiver->capacity) {
        memmove(receiver->buffer, receiver->buffer + receiver->begin, receiver->end - receiver->begin);
        receiver->end -= receiver->begin;
        receiver->begin = 0;
        if (wanted > receiver->capacity) {
            /* A stream's packets are of one size: grow to it once. The length was checked before. */
            uint8_t *larger = realloc(receiver->buffer, wanted + FIRST_BUFFER);
            if (larger == NULL) return AC_RECEIVE_NO_MEMORY;
            receiver->buffer = larger;
            receiver->capacity = wanted + FIRST_BUFFER;
        }
    }
    while (receiver->end - receiver->begin < wanted) {
        ssize_t got = recv(peer->fd, receiver->buffer + receiver->end, receiver->capacity - receiver->end,
                           MSG_DONTWAIT);
        if (got > 0) {
            uint64_t heard = ac_now_ns();
            if (receiver->end == receiver->begin) receiver->begun_ns = heard;
            receiver->end += (size_t)got;
            ac_count(&peer->counts.bytes_in, (uint64_t)got);
            atomic_store_explicit(&peer->counts.heard_ns, heard, memory_order_relaxed);
            continue;
        }
        if (ac_peer_stopped(peer)) return AC_RECEIVE_STOPPED;
        if (got == 0) return AC_RECEIVE_CLOSED;
        if (errno == EINTR) continue;
        if (errno != EAGAIN && errno != EWOULDBLOCK) {
            receiver->error = errno;
            return AC_RECEIVE_BROKEN;
        }
        uint64_t now = ac_now_ns();
        uint64_t silent = now - atomic_load_explicit(&peer->counts.heard_ns, memory_order_relaxed);
        if (silent >= peer->idle_ns) return AC_RECEIVE_IDLE;
        /* A byte a second is not silence, but no way to be in a call either. */
        uint64_t patience = peer->idle_ns - silent;
        if (receiver->end > receiver->begin) {
            uint64_t waited = now - receiver->begun_ns;
            if (waited >= peer->whole_ns) return AC_RECEIVE_SLOW;
            if (peer->whole_ns - waited < patience) patience = peer->whole_ns - waited;
        }
        struct pollfd readable = {.fd = peer->fd, .events = POLLIN};
        poll(&readable, 1, (int)(patience / 1000000u) + 1);
    }
    return -1;
}

static void note_gap(_Atomic uint64_t *longest, uint64_t *last) {
    uint64_t now = ac_now_ns();
    if (*last != 0 && now - *last > atomic_load_explicit(longest, memory_order_relaxed))
        atomic_store_explicit(longest, now - *last, memory_order_relaxed);
    *last = now;
}

static int bad_payload(ac_receiver *receiver, uint16_t type) {
    receiver->type = type;
    return AC_RECEIVE_BAD_PAYLOAD;
}

static int image(ac_peer *peer, ac_receiver *receiver, const uint8_t *payload, uint32_t length) {
    uint32_t width = ac_get32(payload), height = ac_get32(payload + 4), format = ac_get32(payload + 8);
    if (width < 1 || height < 1 || width > AC_FRAME_MAX_WIDTH || height > AC_FRAME_MAX_HEIGHT || format < 1 ||
        format > 4 || (uint64_t)width * height * 3 > length - 24)
        return bad_payload(receiver, AC_IMAGE_FRAME);
    if (width * height > receiver->most_pixels) {
        receiver->type = AC_IMAGE_FRAME;
        return AC_RECEIVE_TOO_LARGE;
    }
    ac_count(&peer->counts.pictures_in, 1);
    note_gap(&peer->counts.picture_gap_ns, &receiver->picture_ns);
    ac_frame *frame = ac_frames_begin(receiver->frames, (int)width, (int)height);
    if (frame != NULL) {
        memcpy(frame->pixels, payload + 24, (size_t)width * height * 3);
        ac_frames_publish(receiver->frames, frame);
    }
    return NOTHING_FOR_PYTHON;
}

/* The Annex-B access unit inside an IMAGE_FRAME_H265: native clients wrap it in two 5-byte headers and send a
   bare header while their encoder fills. */
static int hevc(ac_peer *peer, ac_receiver *receiver, uint8_t *payload, uint32_t length) {
    uint32_t width = ac_get16(payload + 1), height = ac_get16(payload + 3);
    if (width < 1 || height < 1 || width > 8192 || height > 8192)
        return bad_payload(receiver, AC_IMAGE_FRAME_H265);
    for (uint32_t at = 5; at + 3 < length; at++) {
        if (payload[at] != 0 || payload[at + 1] != 0 || payload[at + 2] != 1) continue;
        ac_count(&peer->counts.pictures_in, 1);
        note_gap(&peer->counts.picture_gap_ns, &receiver->picture_ns);
        receiver->type = AC_IMAGE_FRAME_H265;
        receiver->payload = payload + at;
        receiver->length = length - at;
        return AC_RECEIVE_PACKET;
    }
    return NOTHING_FOR_PYTHON;
}

static int heard(ac_peer *peer, ac_receiver *receiver, int samples) {
    ac_count(&peer->counts.sounds_in, 1);
    if (receiver->voice != NULL) {
        ac_voice_write(receiver->voice, receiver->sound, samples);
        return NOTHING_FOR_PYTHON;
    }
    receiver->samples = samples;
    return AC_RECEIVE_HEARD;
}

static const uint8_t nested_prefix[12] = {0, 0, 0xBB, 0x80, 0, 0, 0, 20, 0, 0, 0, 1};

static int opus_frame(ac_peer *peer, ac_receiver *receiver, const uint8_t *data, uint32_t length) {
    /* A native server under load batches whole payloads of one-frame packets as if they were Opus frames. */
    if (length >= 18 && memcmp(data, nested_prefix, sizeof nested_prefix) == 0 &&
        ac_get16(data + 16) == length - 18) {
        data += 18;
        length -= 18;
    }
    if (receiver->opus == NULL) {
        int error = 0;
        receiver->opus = ac_opus_api.decoder_create(AC_AUDIO_RATE, 1, &error);
        if (receiver->opus == NULL) return AC_RECEIVE_NO_MEMORY;
    }
    int samples = length ? ac_opus_api.decode_float(receiver->opus, data, (int32_t)length, receiver->sound,
                                                    AC_RECEIVE_SOUND, 0)
                         : -1;
    if (samples <= 0) {
        ac_count(&peer->counts.sounds_bad, 1);
        return NOTHING_FOR_PYTHON;
    }
    return heard(peer, receiver, samples);
}

/* Go on with the Opus batch at hand; a frame may have to be handed to Python before the next is decoded. */
static int next_in_batch(ac_peer *peer, ac_receiver *receiver) {
    while (receiver->batch < receiver->batch_end) {
        uint32_t size = ac_get16(receiver->batch);
        const uint8_t *data = receiver->batch_data;
        receiver->batch += 2;
        receiver->batch_data += size;
        int result = opus_frame(peer, receiver, data, size);
        if (result != NOTHING_FOR_PYTHON) return result;
    }
    return NOTHING_FOR_PYTHON;
}

static int opus_batch(ac_peer *peer, ac_receiver *receiver, const uint8_t *payload, uint32_t length) {
    uint32_t rate = ac_get32(payload), count = ac_get32(payload + 8);
    if (rate != AC_AUDIO_RATE || count < 1 || count > 1000 || 16 + 2 * count > length)
        return bad_payload(receiver, AC_AUDIO_OPUS_BATCH);
    uint64_t total = 0;
    for (uint32_t i = 0; i < count; i++) total += ac_get16(payload + 16 + 2 * i);
    if (16 + 2 * count + total != length) return bad_payload(receiver, AC_AUDIO_OPUS_BATCH);
    note_gap(&peer->counts.sound_gap_ns, &receiver->sound_ns);
    if (receiver->count_only) {
        ac_count(&peer->counts.sounds_in, count);
        return NOTHING_FOR_PYTHON;
    }
    receiver->batch = payload + 16;
    receiver->batch_end = receiver->batch + 2 * count;
    receiver->batch_data = receiver->batch_end;
    return next_in_batch(peer, receiver);
}

/* Legacy PCM: integers, any number of channels, mixed down; only our own rate needs no resampler. */
static int pcm_batch(ac_peer *peer, ac_receiver *receiver, const uint8_t *payload, uint32_t length) {
    uint32_t total = ac_get32(payload + 4), rate = ac_get32(payload + 8), channels = ac_get32(payload + 12);
    if (channels < 1 || channels > 8 || rate != AC_AUDIO_RATE || total > 16384 || total % channels != 0 ||
        16 + 4 * (uint64_t)total != length || total / channels > AC_RECEIVE_SOUND)
        return bad_payload(receiver, AC_AUDIO_BATCH);
    note_gap(&peer->counts.sound_gap_ns, &receiver->sound_ns);
    for (uint32_t i = 0; i < total / channels; i++) {
        float sum = 0.0f;
        for (uint32_t c = 0; c < channels; c++)
            sum += (float)(int32_t)ac_get32(payload + 16 + 4 * (i * channels + c)) / 2147483648.0f;
        receiver->sound[i] = sum / (float)channels;
    }
    return total ? heard(peer, receiver, (int)(total / channels)) : NOTHING_FOR_PYTHON;
}

/* A whole packet has come: may the peer still send such? */
static int account(ac_peer *peer, ac_receiver *receiver, const ac_packet_header *header, uint32_t items) {
    ac_count(&peer->counts.packets_in, 1);
    receiver->begun_ns = ac_now_ns();
    if (ac_allowance_take(&receiver->allowance, ac_flow_of(header->type), items, header->length,
                          receiver->begun_ns))
        return NOTHING_FOR_PYTHON;
    receiver->type = header->type;
    return AC_RECEIVE_TOO_MUCH;
}

static int dispatch(ac_peer *peer, ac_receiver *receiver, const ac_packet_header *header, uint8_t *payload) {
    ac_packet_status status = ac_packet_check_size(header->type, header->length, !peer->server);
    if (status != AC_PACKET_OK) {
        receiver->type = header->type;
        receiver->error = status;
        return AC_RECEIVE_BAD_PACKET;
    }
    uint32_t items = header->type == AC_AUDIO_OPUS_BATCH ? ac_get32(payload + 8) : 1;
    int result = account(peer, receiver, header, items);
    if (result != NOTHING_FOR_PYTHON) return result;
    switch (header->type) {
    case AC_IMAGE_FRAME:
        return image(peer, receiver, payload, header->length);
    case AC_IMAGE_FRAME_H265:
        return hevc(peer, receiver, payload, header->length);
    case AC_AUDIO_OPUS_BATCH:
        return opus_batch(peer, receiver, payload, header->length);
    case AC_AUDIO_BATCH:
        return pcm_batch(peer, receiver, payload, header->length);
    case AC_PING:
        atomic_fetch_add(&peer->pongs_due, 1);
        ac_wake_signal(&peer->outbox.work);
        return NOTHING_FOR_PYTHON;
    case AC_PONG:
        return NOTHING_FOR_PYTHON; /* that it came is all it says */
    case AC_ASCII_FRAME:
        ac_count(&peer->counts.pictures_in, 1);
        note_gap(&peer->counts.picture_gap_ns, &receiver->picture_ns);
        if (receiver->count_only) return NOTHING_FOR_PYTHON;
        break;
    default:
        break;
    }
    receiver->type = header->type;
    receiver->payload = payload;
    receiver->length = header->length;
    return AC_RECEIVE_PACKET;
}

/* One packet from the wire. */
static int receive_packet(ac_peer *peer, ac_receiver *receiver) {
    int result = fill(peer, receiver, AC_PACKET_HEADER);
    if (result >= 0) return result;
    ac_packet_header header = {0};
    ac_packet_status status = ac_packet_unpack(receiver->buffer + receiver->begin, &header);
    if (status == AC_PACKET_OK && peer->encrypted && header.type != AC_ENCRYPTED &&
        (peer->seal.noise || !ac_packet_is_handshake(header.type))) {
        receiver->type = header.type;
        return AC_RECEIVE_CLEAR;
    }
    if (status == AC_PACKET_OK && header.type == AC_ENCRYPTED && !peer->encrypted)
        status = AC_PACKET_UNKNOWN_TYPE;
    /* What is not sealed says its type: refuse a wrong size before waiting for its bytes. */
    if (status == AC_PACKET_OK && header.type != AC_ENCRYPTED)
        status = ac_packet_check_size(header.type, header.length, !peer->server);
    if (status == AC_PACKET_OK) {
        result = fill(peer, receiver, AC_PACKET_HEADER + (size_t)header.length);
        if (result >= 0) return result;
        status = ac_packet_check(&header, receiver->buffer + receiver->begin + AC_PACKET_HEADER);
    }
    if (status != AC_PACKET_OK) {
        receiver->type = header.type;
        receiver->error = status;
        return AC_RECEIVE_BAD_PACKET;
    }
    uint8_t *payload = receiver->buffer + receiver->begin + AC_PACKET_HEADER;
    receiver->begin += AC_PACKET_HEADER + (size_t)header.length;
    if (header.type == AC_ENCRYPTED) {
        uint8_t *inner;
        ac_seal_status opened = ac_seal_open(&peer->seal, payload, header.length, &header, &inner);
        if (opened != AC_SEAL_OK) {
            receiver->error = opened;
            return AC_RECEIVE_BAD_SEAL;
        }
        payload = inner;
        if (header.type == AC_KEY_UPDATE && peer->seal.noise)
            return account(peer, receiver, &header, 1); /* the seal has seen to the rest */
    }
    return dispatch(peer, receiver, &header, payload);
}

ac_receive_result ac_receive(ac_peer *peer, ac_receiver *receiver) {
    int result = next_in_batch(peer, receiver);
    while (result == NOTHING_FOR_PYTHON) {
        if (ac_peer_stopped(peer)) return AC_RECEIVE_STOPPED;
        result = receive_packet(peer, receiver);
    }
    return (ac_receive_result)result;
}

const char *ac_receive_text(ac_receive_result result) {
    switch (result) {
    case AC_RECEIVE_PACKET:
        return "a packet";
    case AC_RECEIVE_HEARD:
        return "sound";
    case AC_RECEIVE_STOPPED:
        return "stopped";
    case AC_RECEIVE_CLOSED:
        return "the peer closed the connection";
    case AC_RECEIVE_IDLE:
        return "the peer was silent too long";
    case AC_RECEIVE_SLOW:
        return "the peer took too long over one packet";
    case AC_RECEIVE_TOO_LARGE:
        return "a picture larger than this server takes";
    case AC_RECEIVE_TOO_MUCH:
        return "more than anybody needs to send";
    case AC_RECEIVE_BROKEN:
        return "the connection broke";
    case AC_RECEIVE_BAD_PACKET:
        return "a bad packet";
    case AC_RECEIVE_BAD_SEAL:
        return "a bad envelope";
    case AC_RECEIVE_CLEAR:
        return "a packet in clear on an encrypted connection";
    case AC_RECEIVE_BAD_PAYLOAD:
        return "a payload that does not hold together";
    case AC_RECEIVE_NO_MEMORY:
        return "out of memory";
    }
    return "unknown";
}
