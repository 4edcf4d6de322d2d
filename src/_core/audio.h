/* The audio render thread: 172 times a second, what this listener hears. */
#ifndef ASCIICHAT_AUDIO_H
#define ASCIICHAT_AUDIO_H

#include "peer.h"
#include "room.h"

#define AC_OPUS_FRAME 960 /* 20 ms: what native peers take */

/* Opus encoder settings of one listener. */
typedef struct {
    int bitrate;    /* bits a second, 6000 to 510000 */
    int complexity; /* 0 to 10 */
} ac_audio_quality;

/* Mix, encode and queue until ac_peer_stop: 0, or -1 when there was no memory or no encoder. The listener in
   `slot` does not hear itself. One thread. */
int ac_audio(ac_peer *peer, ac_room *room, int slot, const ac_audio_quality *quality);

/* Put one Opus frame of 20 ms into the outbox, as a native peer expects it. */
void ac_audio_send_opus(ac_outbox *outbox, const uint8_t *data, int length);

#endif
