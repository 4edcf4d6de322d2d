"""A line between a client and a server that carries only so much, and delays it, as networks do."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable

_TICK = 0.005
_HELD = 16384  # bytes the line holds on its way, about: a router's queue


class SlowLine:
    """Connects whoever calls `port` with a server, and carries what is said at so many bytes a second.

    Full buffers push back, as TCP does.

    Parameters
    ----------
    server
        The port to pass on to, on this machine.
    rate
        Bytes a second from the server; may be changed at any time.
    up
        Bytes a second from the client; None: it all passes at once.
    """

    def __init__(self, server: int, rate: float, *, up: float | None = None) -> None:
        self.rate = rate
        self._up = up
        self.carried = 0
        self._server = server
        self._door = socket.create_server(("127.0.0.1", 0))
        if up is not None:
            self._door.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _HELD)
        self.port = self._door.getsockname()[1]
        self._sockets: list[socket.socket] = [self._door]
        self._closed = threading.Event()
        self._threads = [threading.Thread(target=self._connect)]
        self._threads[0].start()

    def _connect(self) -> None:
        client, _ = self._door.accept()
        there = socket.socket()
        there.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _HELD)
        there.connect(("127.0.0.1", self._server))
        for sock in (client, there):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sockets += [client, there]
        for run, ends in ((self._carry_up, (client, there)), (self._carry_down, (there, client))):
            self._threads.append(threading.Thread(target=run, args=ends))
            self._threads[-1].start()

    def _carry_up(self, client: socket.socket, there: socket.socket) -> None:
        if (rate := self._up) is not None:
            self._carry(client, there, lambda: rate)
            return
        try:
            while data := client.recv(65536):
                there.sendall(data)
        except OSError:
            pass  # one end is gone
        self._hang_up()

    def _carry_down(self, there: socket.socket, client: socket.socket) -> None:
        self._carry(there, client, lambda: self.rate, count=True)

    def _carry(
        self, source: socket.socket, sink: socket.socket, rate: Callable[[], float], *, count: bool = False
    ) -> None:
        saved, last = 0.0, time.monotonic()
        try:
            while not self._closed.is_set():
                now = time.monotonic()
                saved = min(saved + (now - last) * rate(), max(rate() * 2 * _TICK, 1500.0))
                last = now
                if saved >= 1:
                    data = source.recv(int(saved))
                    if not data:
                        break
                    saved -= len(data)
                    if count:
                        self.carried += len(data)
                    sink.sendall(data)
                self._closed.wait(_TICK)
        except OSError:
            pass
        self._hang_up()

    def _hang_up(self) -> None:
        for sock in self._sockets:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it never connected, or is gone

    def close(self) -> None:
        """Cut it."""
        self._closed.set()
        self._hang_up()
        for thread in self._threads:
            thread.join()
        for sock in self._sockets:
            sock.close()
