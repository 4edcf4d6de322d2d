/* The send thread: control first, then sound, then the newest picture; never silent for more than 300 ms. */
#ifndef ASCIICHAT_SEND_H
#define ASCIICHAT_SEND_H

#include "peer.h"

typedef enum {
    AC_SEND_STOPPED, /* ac_peer_stop was called */
    AC_SEND_CLOSED,  /* the peer closed the connection */
    AC_SEND_STALLED, /* the peer took nothing for too long */
    AC_SEND_BROKEN,  /* the socket failed: *error is the errno */
    AC_SEND_NO_MEMORY
} ac_send_result;

/* Send until the end. One thread. */
ac_send_result ac_send(ac_peer *peer, int *error);

const char *ac_send_text(ac_send_result result);

#endif
