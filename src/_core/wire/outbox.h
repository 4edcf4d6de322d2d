/* What waits to be sent to one peer: control packets (never dropped), sound (drops its oldest), the newest
   picture. The send thread is the only consumer.

   A picture is written where it will be sealed and sent from: a buffer with room for the headers in front
   goes from the producer to the send thread and from there back to the spares, so a picture is never copied
   and neither side waits. */
#ifndef ASCIICHAT_OUTBOX_H
#define ASCIICHAT_OUTBOX_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/spares.h"
#include "base/wake.h"
#include "queue.h"
#include "seal.h"

#define AC_OUTBOX_CONTROL_ROOM 640
#define AC_OUTBOX_AUDIO_ROOM 1400
#define AC_OUTBOX_HEADROOM (AC_SEAL_OVERHEAD + AC_PACKET_HEADER)

/* At the beginning of the buffer it describes. */
typedef struct {
    ac_buffer *buffer;
    uint8_t *bytes;   /* AC_OUTBOX_HEADROOM, then the payload, then AC_SEAL_TAIL */
    size_t capacity;  /* of the payload */
    uint32_t length;  /* of the payload */
    uint32_t layout;  /* number of the layout it shows: a change needs CLEAR_CONSOLE first */
    uint64_t time_ns; /* when it was put */
    uint16_t type;
} ac_picture;

typedef struct {
    ac_queue control, audio;
    ac_spares *spares;            /* where pictures' buffers come from; set before the threads start */
    ac_picture *making, *sending; /* the producer's and the consumer's own, or NULL */
    size_t largest;               /* payload a picture was begun for */
    _Atomic(ac_picture *) waiting;
    _Atomic uint64_t replaced; /* pictures that a newer one replaced before they were sent */
    ac_wake taken;             /* signalled when a waiting picture was taken, and to stop */
    ac_wake work;              /* signalled when there is something to send, or to stop */
} ac_outbox;

/* `spares` must last as long as the outbox is used. */
int ac_outbox_init(ac_outbox *outbox, ac_spares *spares);
void ac_outbox_destroy(ac_outbox *outbox);

/* Any thread. 0, or -1 when the packet is too large or the peer has stopped taking packets (the queue is
 * full). */
int ac_outbox_control(ac_outbox *outbox, uint16_t type, const void *payload, uint32_t length);

/* Any thread. 0, or -1 when the packet is too large. */
int ac_outbox_audio(ac_outbox *outbox, uint16_t type, const void *payload, uint32_t length);

/* One producer: a buffer for a payload of up to `capacity` bytes, or NULL without memory. Asks for as much as
   was ever needed, so that pictures of many sizes do not want buffers of many sizes. */
uint8_t *ac_outbox_picture_begin(ac_outbox *outbox, size_t capacity);

/* The same producer: take back the picture put last if the consumer has not taken it. True: it will not be
   sent, and the peer still has what was put before it. False: the peer gets it, or there was none. */
bool ac_outbox_picture_recall(ac_outbox *outbox);

/* The same producer: send it, instead of any picture still waiting. */
void ac_outbox_picture_put(ac_outbox *outbox, uint16_t type, uint32_t length, uint32_t layout);

/* Consumer: the newest picture if there is one it has not seen; stays its own until ac_outbox_picture_sent.
 */
ac_picture *ac_outbox_picture_take(ac_outbox *outbox);
void ac_outbox_picture_sent(ac_outbox *outbox);

/* Is there a picture waiting? */
bool ac_outbox_picture_waiting(const ac_outbox *outbox);

#endif
