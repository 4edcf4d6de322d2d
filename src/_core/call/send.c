#include "send.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "wire/packet.h"
#include "wire/tcp.h"

#define SMALL_BYTES 16384u /* small packets gathered into one write */
#define SMALL_PACKET (AC_SEAL_OVERHEAD + AC_PACKET_HEADER + AC_OUTBOX_AUDIO_ROOM + AC_SEAL_TAIL)
#define CONGESTED_NS UINT64_C(5000000) /* how long to look away from a full socket */
#define GOING (-1)

#if !defined(MSG_NOSIGNAL)
#define MSG_NOSIGNAL 0 /* SO_NOSIGPIPE is set on the socket instead */
#endif

typedef struct {
    ac_peer *peer;
    uint8_t *small;
    size_t gathered;
    uint64_t last_ns; /* when something was last written */
    uint32_t layout;  /* of the last picture sent */
    bool layout_known;
    int error;
} sender;

/* A time in which the kernel has more to send than it may hold. */
typedef struct {
    uint64_t since_ns, held, written;
} busy_time;

static busy_time begin_busy(const ac_peer *peer, uint64_t now) {
    return (busy_time){now, ac_tcp_unacknowledged(peer->fd), 0};
}

static void end_busy(ac_peer *peer, const busy_time *busy, uint64_t now) {
    const uint64_t had = busy->held + busy->written, left = ac_tcp_unacknowledged(peer->fd);
    ac_link_busy(&peer->link, had > left ? had - left : 0, now - busy->since_ns);
}

/* Write it all, waiting for the peer as long as it takes anything. */
static int flush(sender *s, const uint8_t *bytes, size_t length) {
    ac_peer *peer = s->peer;
    uint64_t progress = ac_now_ns();
    busy_time busy = {0};
    ac_link_wrote(&peer->link, length);
    while (length) {
        ssize_t sent = send(peer->fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent > 0) {
            bytes += sent;
            length -= (size_t)sent;
            busy.written += (uint64_t)sent;
            ac_count(&peer->counts.bytes_out, (uint64_t)sent);
            progress = ac_now_ns();
            ac_beat_rise(&peer->send_beat, AC_BEAT_STEP);
            continue;
        }
        if (ac_peer_stopped(peer)) return AC_SEND_STOPPED;
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0 && (errno == EPIPE || errno == ECONNRESET)) return AC_SEND_CLOSED;
        if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK) {
            s->error = errno;
            return AC_SEND_BROKEN;
        }
        const uint64_t now = ac_now_ns(), waited = now - progress;
        if (busy.since_ns == 0) busy = begin_busy(peer, now);
        if (waited >= peer->stall_ns) return AC_SEND_STALLED;
        struct pollfd writable = {.fd = peer->fd, .events = POLLOUT};
        ac_beat_rise(&peer->send_beat, AC_BEAT_WAIT);
        poll(&writable, 1,
             (int)((peer->stall_ns - waited) / 1000000u) + 1); /* a stop shuts the socket: it returns */
        ac_beat_rise(&peer->send_beat, AC_BEAT_WAIT);
    }
    if (busy.since_ns) end_busy(peer, &busy, progress);
    s->last_ns = progress;
    return GOING;
}

static int flush_small(sender *s) {
    size_t length = s->gathered;
    s->gathered = 0;
    return length ? flush(s, s->small, length) : GOING;
}

/* The packet whose inner header and payload stand at `at` + overhead becomes what goes on the wire: returns
   where it starts and how long it is. */
static uint8_t *close_packet(ac_peer *peer, uint8_t *at, uint16_t type, uint32_t length, size_t *size) {
    uint8_t *inner = at + AC_SEAL_OVERHEAD;
    ac_packet_pack(inner, type, inner + AC_PACKET_HEADER, length);
    ac_count(&peer->counts.packets_out, 1);
    if (!peer->encrypted) {
        *size = AC_PACKET_HEADER + length;
        return inner;
    }
    return ac_seal_close(&peer->seal, at, AC_PACKET_HEADER + length, size);
}

/* Gather the small packet whose payload already stands in place. */
static void gather(sender *s, uint16_t type, uint32_t length) {
    uint8_t *at = s->small + s->gathered;
    size_t size;
    uint8_t *start = close_packet(s->peer, at, type, length, &size);
    if (start != at) memmove(at, start, size);
    s->gathered += size;
}

static uint8_t *place_for_payload(sender *s) {
    return s->small + s->gathered + AC_OUTBOX_HEADROOM;
}

static int gather_queue(sender *s, ac_queue *queue, _Atomic uint64_t *count) {
    uint16_t type;
    int64_t length;
    for (;;) {
        if (s->gathered + SMALL_PACKET > SMALL_BYTES) {
            int result = flush_small(s);
            if (result != GOING) return result;
        }
        length = ac_queue_pop(queue, &type, place_for_payload(s));
        if (length < 0) return GOING;
        gather(s, type, (uint32_t)length);
        if (count != NULL) ac_count(count, 1);
    }
}

static int gather_small(sender *s) {
    ac_peer *peer = s->peer;
    int result = gather_queue(s, &peer->outbox.control, NULL);
    if (result == GOING) result = gather_queue(s, &peer->outbox.audio, &peer->counts.sounds_out);
    if (result == GOING && atomic_exchange(&peer->pongs_due, 0) != 0) gather(s, AC_PONG, 0);
    if (result == GOING && ac_seal_update_due(&peer->seal, ac_now_ns())) gather(s, AC_KEY_UPDATE, 0);
    return result;
}

static bool writable(const ac_peer *peer) {
    struct pollfd fd = {.fd = peer->fd, .events = POLLOUT};
    return poll(&fd, 1, 0) != 0; /* an error counts: the write will tell which */
}

static int send_picture(sender *s) {
    ac_peer *peer = s->peer;
    ac_picture *picture = ac_outbox_picture_take(&peer->outbox);
    if (picture == NULL) return GOING;
    if (peer->server && (!s->layout_known || picture->layout != s->layout)) {
        gather(s, AC_CLEAR_CONSOLE, 0);
        s->layout = picture->layout;
        s->layout_known = true;
    }
    int result = flush_small(s);
    if (result != GOING) return result;
    size_t size;
    uint8_t *start = close_packet(peer, picture->bytes, picture->type, picture->length, &size);
    ac_count(&peer->counts.pictures_out, 1);
    ac_link_picture(&peer->link, size, ac_now_ns());
    result = flush(s, start, size);
    ac_outbox_picture_sent(&peer->outbox);
    return result;
}

static void judge_link(ac_peer *peer) {
    const uint64_t now = ac_now_ns();
    if (!ac_link_due(&peer->link, now)) return;
    ac_link_on_its_way(&peer->link, ac_tcp_round_trip_ns(peer->fd), ac_tcp_unacknowledged(peer->fd));
    if (ac_link_judge(&peer->link, now)) ac_tcp_hold(peer->fd, ac_link_held(&peer->link));
}

static int send_until_end(sender *s) {
    ac_peer *peer = s->peer;
    ac_wake *work = &peer->outbox.work;
    for (;;) {
        uint32_t ticket = ac_wake_ticket(work);
        if (ac_peer_stopped(peer)) return AC_SEND_STOPPED;
        bool last =
            atomic_load_explicit(&peer->finish, memory_order_acquire); /* read before what it covers */
        judge_link(peer);
        int result = gather_small(s);
        if (last && result == GOING) {
            result = flush_small(s);
            return result == GOING ? AC_SEND_STOPPED : result;
        }
        uint64_t until = s->last_ns + AC_PEER_KEEPALIVE_NS;
        const uint64_t now = ac_now_ns();
        busy_time busy = {0};
        if (result == GOING && ac_outbox_picture_waiting(&peer->outbox)) {
            if (ac_link_next(&peer->link) > now) {
                if (ac_link_next(&peer->link) < until) until = ac_link_next(&peer->link);
            } else if (writable(peer)) {
                result = send_picture(s);
                if (result != GOING) return result;
                continue;
            } else {
                busy = begin_busy(peer, now);
                until = now + CONGESTED_NS;
            }
        }
        if (result == GOING && s->gathered == 0 && ac_now_ns() >= s->last_ns + AC_PEER_KEEPALIVE_NS)
            gather(s, peer->server ? AC_PONG : AC_PING, 0);
        bool wrote = s->gathered != 0;
        if (result == GOING) result = flush_small(s);
        if (result != GOING) return result;
        ac_beat_rise(&peer->send_beat, AC_BEAT_WAIT);
        if (!wrote) ac_wake_wait(work, ticket, until);
        if (busy.since_ns && !wrote) end_busy(peer, &busy, ac_now_ns());
        ac_beat_rise(&peer->send_beat, AC_BEAT_WAIT);
    }
}

ac_send_result ac_send(ac_peer *peer, int *error) {
    sender s = {.peer = peer, .small = malloc(SMALL_BYTES), .last_ns = ac_now_ns()};
    if (s.small == NULL) return AC_SEND_NO_MEMORY;
    int result = send_until_end(&s);
    free(s.small);
    *error = s.error;
    return (ac_send_result)result;
}

const char *ac_send_text(ac_send_result result) {
    switch (result) {
    case AC_SEND_STOPPED:
        return "stopped";
    case AC_SEND_CLOSED:
        return "the peer closed the connection";
    case AC_SEND_STALLED:
        return "the peer took nothing for too long";
    case AC_SEND_BROKEN:
        return "the connection broke";
    case AC_SEND_NO_MEMORY:
        return "out of memory";
    }
    return "unknown";
}
