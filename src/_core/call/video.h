/* The video render thread: at the viewer's rate, the call as one screen of text. */
#ifndef ASCIICHAT_VIDEO_H
#define ASCIICHAT_VIDEO_H

#include "peer.h"
#include "room.h"

/* Draw until ac_peer_stop: 0, or -1 when there was no memory. Nothing is drawn before the viewer's
   capabilities are known, and nothing is drawn or sent when nothing changed. `slot` spreads the viewers'
   ticks over the period. One thread. */
int ac_video(ac_peer *peer, ac_room *room, int slot);

#endif
