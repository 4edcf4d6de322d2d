"""Ports for the programs that tests start."""

from __future__ import annotations

import itertools
import os
import socket

FIRST = 20_000  # from here on every worker has a row of its own,
ROW = 700  # 18 of them below 32768, where systems begin to give ports to whoever connects

_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % 18
_tries = itertools.count(os.getpid())


def free_port() -> int:
    """A port that nobody listens on, and that nobody else is given before the caller's program listens there.

    A port that the system chose is free again as soon as it is known, and it may choose it for somebody else, such as a
    connection of a test that runs beside this one.
    """
    while True:
        port = FIRST + _worker * ROW + next(_tries) % ROW
        with socket.socket() as sock:
            # A connection that has ended may keep its port for a minute, which is no hindrance to a server.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                sock.bind(("", port))
            except OSError:
                continue
        return port
