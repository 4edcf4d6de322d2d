#include "peer.h"

#include <string.h>
#include <sys/socket.h>

#include "wire/tcp.h"

_Static_assert(sizeof(ac_view) <= 8 * AC_PUBLISHED_WORDS, "a view must fit what can be published");

int ac_peer_init(ac_peer *peer, int fd, bool server) {
    memset(peer, 0, sizeof *peer);
    peer->fd = fd;
    peer->server = server;
    peer->idle_ns = UINT64_C(5000000000);
    peer->stall_ns = UINT64_C(5000000000);
    peer->whole_ns = UINT64_C(20000000000);
    atomic_store(&peer->counts.heard_ns, ac_now_ns());
    ac_tcp_tune(fd);
    /* A picture that waits in the kernel is stale: keep little there, and let the newest wait in the outbox.
     */
    ac_tcp_hold(fd, ac_link_held(&peer->link));
    return ac_outbox_init(&peer->outbox, &peer->spares);
}

void ac_peer_destroy(ac_peer *peer) {
    ac_outbox_destroy(&peer->outbox);
    ac_spares_clear(&peer->spares);
    if (peer->encrypted) ac_seal_wipe(&peer->seal);
    peer->encrypted = false;
}

void ac_peer_finish(ac_peer *peer) {
    atomic_store(&peer->finish, 1);
    ac_wake_signal(&peer->outbox.work);
}

void ac_peer_stop(ac_peer *peer) {
    /* Only the first call may touch the socket: after a later one it may be closed, and its number somebody
     * else's. */
    if (atomic_exchange(&peer->stop, 1) == 0) shutdown(peer->fd, SHUT_RDWR);
    ac_wake_signal(&peer->tick);
    ac_wake_signal(&peer->outbox.work);
    ac_wake_signal(&peer->outbox.taken);
}

void ac_peer_set_view(ac_peer *peer, const ac_view *view) {
    ac_publish(&peer->view, view, sizeof *view);
    atomic_store(&peer->view_known, 1);
}
