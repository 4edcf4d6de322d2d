/* What waits to be sent to one peer: control packets (never dropped), sound (drops its oldest), the newest
   picture. The send thread is the only consumer.

   A picture is written where it will be sealed and sent from: three buffers go round between the producer and
   the send thread, each with room for the headers in front, so a picture is never copied and neither side
   waits. */
#ifndef ASCIICHAT_OUTBOX_H
#define ASCIICHAT_OUTBOX_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "queue.h"
#include "seal.h"
#include "wake.h"

#define AC_OUTBOX_CONTROL_ROOM 640
#define AC_OUTBOX_AUDIO_ROOM 1400
#define AC_OUTBOX_HEADROOM (AC_SEAL_OVERHEAD + AC_PACKET_HEADER)

typedef struct {
    uint8_t *bytes;   /* AC_OUTBOX_HEADROOM, then the payload, then AC_SEAL_TAIL */
    size_t capacity;  /* of the payload */
    uint32_t length;  /* of the payload */
    uint32_t layout;  /* number of the layout it shows: a change needs CLEAR_CONSOLE first */
    uint64_t time_ns; /* when it was put */
    uint16_t type;
} ac_picture;

typedef struct {
    ac_queue control, audio;
    ac_picture pictures[3];
    int back, front;           /* the producer's and the consumer's own buffer */
    _Atomic uint32_t middle;   /* the third, with FRESH when the consumer has not seen it */
    _Atomic uint64_t replaced; /* pictures that a newer one replaced before they were sent */
    ac_wake taken;             /* signalled when a waiting picture was taken, and to stop */
    ac_wake work;              /* signalled when there is something to send, or to stop */
} ac_outbox;

int ac_outbox_init(ac_outbox *outbox);
void ac_outbox_destroy(ac_outbox *outbox);

/* Any thread. 0, or -1 when the packet is too large or the peer has stopped taking packets (the queue is
 * full). */
int ac_outbox_control(ac_outbox *outbox, uint16_t type, const void *payload, uint32_t length);

/* Any thread. 0, or -1 when the packet is too large. */
int ac_outbox_audio(ac_outbox *outbox, uint16_t type, const void *payload, uint32_t length);

/* One producer: a buffer for a payload of up to `capacity` bytes, or NULL without memory. Allocates only to
 * grow. */
uint8_t *ac_outbox_picture_begin(ac_outbox *outbox, size_t capacity);

/* The same producer: take back the picture put last if the consumer has not taken it. True: it will not be
   sent, and the peer still has what was put before it. False: the peer gets it, or there was none. */
bool ac_outbox_picture_recall(ac_outbox *outbox);

/* The same producer: send it, instead of any picture still waiting. */
void ac_outbox_picture_put(ac_outbox *outbox, uint16_t type, uint32_t length, uint32_t layout);

/* Consumer: the newest picture if there is one it has not seen; stays its own until the next call. */
ac_picture *ac_outbox_picture_take(ac_outbox *outbox);

/* Is there a picture waiting? */
bool ac_outbox_picture_waiting(const ac_outbox *outbox);

#endif
