#include "receive.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "wire/packet.h"

#define FIRST_BUFFER 16384u
#define NOTHING_FOR_PYTHON (-1)

int ac_receiver_init(ac_receiver *receiver, const uint8_t *initial, size_t length) {
    memset(receiver, 0, sizeof *receiver);
    receiver->capacity = receiver->own_capacity = length > FIRST_BUFFER ? length : FIRST_BUFFER;
    receiver->buffer = receiver->own = malloc(receiver->capacity);
    if (ac_hearing_init(&receiver->hearing) != 0 || receiver->buffer == NULL) {
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
    ac_hearing_destroy(&receiver->hearing);
    free(receiver->own);
    ac_spares_give(NULL, receiver->borrowed);
    memset(receiver, 0, sizeof *receiver);
}

/* Room for `wanted` bytes from `begin` on; false without memory. The length was checked before. */
static bool make_room(ac_receiver *receiver, size_t wanted) {
    if (receiver->begin + wanted <= receiver->capacity) return true;
    const size_t there = receiver->end - receiver->begin;
    if (wanted > receiver->capacity && receiver->frames != NULL) {
        /* Most likely a picture, which then stays in this buffer. Exactly this packet is read into it. */
        ac_buffer *borrowed = ac_spares_take(receiver->frames->spares, wanted);
        if (borrowed == NULL) return false;
        memcpy(borrowed->bytes, receiver->buffer + receiver->begin, there);
        receiver->borrowed = borrowed;
        receiver->buffer = borrowed->bytes;
        receiver->capacity = wanted;
    } else {
        memmove(receiver->buffer, receiver->buffer + receiver->begin, there);
        if (wanted > receiver->capacity) {
            /* A stream's packets are of one size: grow to it once. */
            uint8_t *larger = realloc(receiver->buffer, wanted + FIRST_BUFFER);
            if (larger == NULL) return false;
            receiver->buffer = receiver->own = larger;
            receiver->capacity = receiver->own_capacity = wanted + FIRST_BUFFER;
        }
    }
    receiver->begin = 0;
    receiver->end = there;
    return true;
}

/* The packet in the borrowed buffer is done with. */
static void give_back(ac_receiver *receiver) {
    if (receiver->buffer == receiver->own) return;
    ac_spares_give(receiver->frames != NULL ? receiver->frames->spares : NULL, receiver->borrowed);
    receiver->borrowed = NULL;
    receiver->buffer = receiver->own;
    receiver->capacity = receiver->own_capacity;
    receiver->begin = receiver->end = 0;
}

/* Have at least `wanted` bytes from `begin` on. -1 when they are there, else the end of the connection. */
static int fill(ac_peer *peer, ac_receiver *receiver, size_t wanted) {
    if (receiver->end - receiver->begin >= wanted) return -1;
    if (!make_room(receiver, wanted)) return AC_RECEIVE_NO_MEMORY;
    while (receiver->end - receiver->begin < wanted) {
        ssize_t got = recv(peer->fd, receiver->buffer + receiver->end, receiver->capacity - receiver->end,
                           MSG_DONTWAIT);
        if (got > 0) {
            uint64_t heard = ac_now_ns();
            if (receiver->end == receiver->begin) receiver->begun_ns = heard;
            receiver->end += (size_t)got;
            ac_count(&peer->counts.bytes_in, (uint64_t)got);
            atomic_store_explicit(&peer->counts.heard_ns, heard, memory_order_relaxed);
            ac_beat_rise(&peer->receive_beat, AC_BEAT_STEP);
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
        ac_beat_rise(&peer->receive_beat, AC_BEAT_WAIT);
        poll(&readable, 1, (int)(patience / 1000000u) + 1);
        ac_beat_rise(&peer->receive_beat, AC_BEAT_WAIT);
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

/* The frame whose pixels these are: in the buffer they came in, or, when most of that is something else, as a
   copy. NULL: it is dropped. */
static ac_frame *frame_of(ac_receiver *receiver, int width, int height, uint8_t *pixels) {
    const size_t size = (size_t)width * (size_t)height * 3;
    ac_frame *frame;
    if (receiver->borrowed != NULL && receiver->borrowed->capacity / 2 <= size) {
        frame = ac_frames_adopt(receiver->frames, width, height, receiver->borrowed, pixels);
        if (frame != NULL) receiver->borrowed = NULL;
    } else {
        frame = ac_frames_begin(receiver->frames, width, height);
        if (frame != NULL) memcpy(frame->pixels, pixels, size);
    }
    return frame;
}

static int image(ac_peer *peer, ac_receiver *receiver, uint8_t *payload, uint32_t length) {
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
    ac_frame *frame = frame_of(receiver, (int)width, (int)height, payload + 24);
    if (frame != NULL) ac_frames_publish(receiver->frames, frame);
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

/* What the sound of a packet came to, for the caller of ac_receive. */
static int heard(ac_receiver *receiver, uint16_t type, ac_hearing_result result) {
    switch (result) {
    case AC_HEARING_DONE:
        break;
    case AC_HEARING_SOUNDS:
        return AC_RECEIVE_HEARD;
    case AC_HEARING_BAD:
        return bad_payload(receiver, type);
    case AC_HEARING_NO_MEMORY:
        return AC_RECEIVE_NO_MEMORY;
    }
    return NOTHING_FOR_PYTHON;
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
        return heard(receiver, header->type,
                     ac_hearing_opus(&receiver->hearing, &peer->counts, payload, header->length));
    case AC_AUDIO_BATCH:
        return heard(receiver, header->type,
                     ac_hearing_raw(&receiver->hearing, &peer->counts, payload, header->length));
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
    give_back(receiver);
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
    int result = heard(receiver, 0, ac_hearing_next(&receiver->hearing, &peer->counts));
    while (result == NOTHING_FOR_PYTHON) {
        if (ac_peer_stopped(peer)) return AC_RECEIVE_STOPPED;
        ac_beat_rise(&peer->receive_beat, AC_BEAT_STEP);
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
