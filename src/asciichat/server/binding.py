"""The sockets a server listens on."""

from __future__ import annotations

import errno
import logging
import socket

from asciichat.server.config import DEFAULT_ADDRESSES, ServerConfig

log = logging.getLogger(__name__)


def bind(config: ServerConfig) -> list[socket.socket]:
    """Listening sockets for every address of the configuration.

    Raises
    ------
    OSError
        An address cannot be had. Of the two default addresses one may be missing (a machine without IPv6).
    """
    sockets: list[socket.socket] = []
    port = config.port
    failure: OSError | None = None
    for address in config.addresses:
        try:
            family, kind, protocol, _, where = socket.getaddrinfo(
                address, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE | socket.AI_NUMERICHOST
            )[0]
            sock = socket.socket(family, kind, protocol)
        except (OSError, UnicodeError) as error:  # the latter for what no name can be, such as "a..b"
            failure = OSError(
                getattr(error, "errno", None) or errno.EINVAL,
                f"cannot listen on {address}: {getattr(error, 'strerror', None) or 'it is no address'}",
            )
            continue
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            sock.bind(where)
            sock.listen(1024)
            sock.setblocking(False)
        except OSError as error:
            sock.close()
            failure = OSError(
                error.errno, f"cannot listen on {address} port {port}: {error.strerror or error}"
            )
            continue
        port = sock.getsockname()[1]
        sockets.append(sock)
    excused = config.addresses == DEFAULT_ADDRESSES and sockets and sockets[0].family == socket.AF_INET
    if failure is not None and not excused:
        for sock in sockets:
            sock.close()
        raise failure
    if failure is not None:
        log.warning("%s; going on without it", failure)
    return sockets
