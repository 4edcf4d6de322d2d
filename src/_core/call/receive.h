/* The receive thread: bytes from the socket become frames, samples and, rarely, work for Python. */
#ifndef ASCIICHAT_RECEIVE_H
#define ASCIICHAT_RECEIVE_H

#include "hearing.h"
#include "peer.h"
#include "picture/frame.h"
#include "wire/allowance.h"

typedef enum {
    AC_RECEIVE_PACKET,      /* type, payload, length: for Python */
    AC_RECEIVE_HEARD,       /* hearing: decoded sound that has nowhere else to go */
    AC_RECEIVE_STOPPED,     /* ac_peer_stop was called */
    AC_RECEIVE_CLOSED,      /* the peer closed the connection */
    AC_RECEIVE_IDLE,        /* the peer was silent too long */
    AC_RECEIVE_SLOW,        /* the peer sends, but does not get one packet done */
    AC_RECEIVE_BROKEN,      /* the socket failed: `error` is the errno */
    AC_RECEIVE_BAD_PACKET,  /* `error` is an ac_packet_status */
    AC_RECEIVE_BAD_SEAL,    /* `error` is an ac_seal_status */
    AC_RECEIVE_CLEAR,       /* a packet in clear although encryption is on */
    AC_RECEIVE_BAD_PAYLOAD, /* `type` had a payload that does not hold together */
    AC_RECEIVE_TOO_LARGE,   /* a picture with more pixels than are taken */
    AC_RECEIVE_TOO_MUCH,    /* more of what `type` belongs to than is allowed */
    AC_RECEIVE_NO_MEMORY
} ac_receive_result;

typedef struct {
    uint8_t *buffer; /* what was read and not yet used: [begin, end) */
    size_t capacity, begin, end;
    uint8_t *own; /* buffer, except while a large packet is read into a borrowed one */
    size_t own_capacity;
    ac_buffer *borrowed;
    ac_frames *frames; /* where IMAGE_FRAMEs go; NULL: they are refused */
    ac_allowance allowance;
    uint32_t most_pixels; /* of a picture */
    uint64_t begun_ns;    /* when the packet at hand began */
    bool count_only;      /* count ASCII_FRAMEs, and look no further */
    ac_hearing hearing;
    uint64_t picture_ns; /* when the last one came */
    uint16_t type;
    uint8_t *payload; /* valid until the next call */
    uint32_t length;
    int error;
} ac_receiver;

int ac_receiver_init(ac_receiver *receiver, const uint8_t *initial, size_t length);
void ac_receiver_destroy(ac_receiver *receiver);

/* Receive until there is something for Python. Call again after AC_RECEIVE_PACKET and AC_RECEIVE_HEARD;
   everything else is the end. One thread. */
ac_receive_result ac_receive(ac_peer *peer, ac_receiver *receiver);

const char *ac_receive_text(ac_receive_result result);

#endif
