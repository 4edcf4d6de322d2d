#include "tcp.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#if defined(__linux__)
#include <linux/sockios.h>
#endif

void ac_tcp_tune(int fd) {
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
#if defined(SO_NOSIGPIPE)
    setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
    int flags = fcntl(fd, F_GETFL, 0);
    if (flags >= 0) fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

void ac_tcp_hold(int fd, int bytes) {
#if defined(TCP_NOTSENT_LOWAT)
    setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &bytes, sizeof bytes);
#else
    (void)fd;
    (void)bytes;
#endif
}

uint64_t ac_tcp_unacknowledged(int fd) {
    int bytes = 0;
#if defined(SIOCOUTQ)
    if (ioctl(fd, SIOCOUTQ, &bytes) != 0) bytes = 0;
#elif defined(SO_NWRITE)
    socklen_t size = sizeof bytes;
    if (getsockopt(fd, SOL_SOCKET, SO_NWRITE, &bytes, &size) != 0) bytes = 0;
#endif
    return bytes > 0 ? (uint64_t)bytes : 0;
}

uint64_t ac_tcp_round_trip_ns(int fd) {
#if defined(__linux__)
    struct tcp_info info;
    socklen_t size = sizeof info;
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0) return info.tcpi_rtt * UINT64_C(1000);
#elif defined(TCP_CONNECTION_INFO)
    struct tcp_connection_info info;
    socklen_t size = sizeof info;
    if (getsockopt(fd, IPPROTO_TCP, TCP_CONNECTION_INFO, &info, &size) == 0)
        return info.tcpi_srtt * UINT64_C(1000000);
#endif
    return 0;
}
