/* The audio render thread: 172 times a second, what this listener hears. */
#ifndef ASCIICHAT_AUDIO_H
#define ASCIICHAT_AUDIO_H

#include "peer.h"
#include "room.h"

#define AC_OPUS_FRAME 960       /* 20 ms: what native peers take */
#define AC_OPUS_SHORT_FRAME 480 /* 10 ms: towards our own, when both sides said so */

/* What one listener gets: Opus settings, and how its packets are made. */
typedef struct {
    int bitrate;       /* bits a second, 6000 to 510000 */
    int complexity;    /* 0 to 10 */
    int loss_percent;  /* of packets to be prepared for by in-band FEC, 0 to 100 */
    bool dtx;          /* next to nothing in silence */
    bool short_frames; /* 10 ms, and numbered */
    bool mix;          /* false: no sound is made for it at all */
} ac_audio_quality;

/* Mix, encode and queue until ac_peer_stop: 0, or -1 when there was no memory or no encoder. The listener in
   `slot` does not hear itself. One thread. */
int ac_audio(ac_peer *peer, ac_room *room, int slot, const ac_audio_quality *quality);

/* Put one Opus frame of `samples` samples into the outbox. A native peer expects AC_OPUS_FRAME of them and
   `number` 0; our own, once it agreed, a number that rises by 1 with every frame (and is never 0), so that it
   knows what the outbox had to drop. */
void ac_audio_send_opus(ac_outbox *outbox, const uint8_t *data, int length, int samples, uint32_t number);

#endif
