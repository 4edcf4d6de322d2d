"""The door: one thread that accepts connections and carries every handshake, without ever waiting for one of them.

A handshake is a state machine without I/O, so a caller that sends one byte a second costs a table entry and nothing else.
Half-open connections are bounded in number (the oldest makes room) and in time.
"""

from __future__ import annotations

import logging
import selectors
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from asciichat.protocol.handshake import HandshakeResult, ServerHandshake
from asciichat.server.config import DEFAULT_ADDRESSES, ServerConfig

log = logging.getLogger(__name__)

SERVER_FULL = b"SERVER_FULL: Maximum client limit reached\n"
"""What native clients get instead of a packet."""

_READ = 65536


@dataclass(slots=True, eq=False)
class _Caller:
    sock: socket.socket
    host: str
    port: int
    handshake: ServerHandshake | None  # None: refused, and only to read what it was told
    deadline: float

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


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
        except OSError as error:
            failure = OSError(error.errno, f"cannot listen on {address}: {error.strerror or error}")
            continue
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            sock.bind(where)
            sock.listen(128)
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


class Listener:
    """Accepts, shakes hands, hands over.

    Parameters
    ----------
    sockets
        Listening, non-blocking.
    handshake
        Makes the state machine for a new connection.
    full
        Is there no place left?
    admit
        Takes over the socket of a caller whose handshake is done.
    """

    def __init__(
        self,
        config: ServerConfig,
        sockets: list[socket.socket],
        handshake: Callable[[], ServerHandshake],
        full: Callable[[], bool],
        admit: Callable[[socket.socket, str, int, HandshakeResult], None],
    ) -> None:
        self._limits = config.limits
        self._sockets = sockets
        self._new_handshake = handshake
        self._full = full
        self._admit = admit
        self._callers: dict[socket.socket, _Caller] = {}  # oldest first
        self._selector = selectors.DefaultSelector()
        self._waker, self._woken = socket.socketpair()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)

    def start(self) -> None:
        """Begin to accept."""
        for sock in (*self._sockets, self._woken):
            self._selector.register(sock, selectors.EVENT_READ)
        self._thread.start()

    def stop(self) -> None:
        """Close the door, and hang up on everybody still in it."""
        self._stopping = True
        self._waker.send(b"\0")
        self._thread.join()

    @property
    def half_open(self) -> int:
        """Connections in the middle of their handshake."""
        return len(self._callers)

    def _run(self) -> None:
        try:
            while not self._stopping:
                for key, _ in self._selector.select(self._patience()):
                    sock = key.fileobj
                    assert isinstance(sock, socket.socket)
                    if sock in self._callers:
                        self._hear(self._callers[sock])
                    elif sock in self._sockets:
                        self._accept(sock)
                self._drop_late()
        finally:
            for caller in list(self._callers.values()):
                self._drop(caller)
            for sock in (*self._sockets, self._waker, self._woken):
                sock.close()
            self._selector.close()

    def _patience(self) -> float | None:
        if not self._callers:
            return None
        first = min(caller.deadline for caller in self._callers.values())
        return max(0.0, first - time.monotonic())

    def _accept(self, door: socket.socket) -> None:
        try:
            sock, where = door.accept()
        except OSError as error:
            # The caller is gone, or the process has no descriptor left: those already in the call do not notice.
            if not isinstance(error, BlockingIOError):
                log.warning("could not accept a connection: %s", error)
                self._drop_oldest()
            return
        sock.setblocking(False)
        caller = _Caller(sock, where[0], where[1], None, time.monotonic() + self._limits.handshake)
        if len(self._callers) >= self._limits.half_open:
            self._drop_oldest()
        self._callers[sock] = caller
        self._selector.register(sock, selectors.EVENT_READ)
        if self._full():
            self._refuse(caller)
        else:
            caller.handshake = self._new_handshake()
            caller.handshake.start()  # says nothing on TCP: the client begins

    def _refuse(self, caller: _Caller) -> None:
        log.info("%s refused: every place is taken", caller)
        # Closing at once, with its first packet unread, would reset the connection and lose the words.
        caller.deadline = time.monotonic() + self._limits.farewell
        try:
            caller.sock.send(SERVER_FULL)
            caller.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._drop(caller)  # it is gone already

    def _hear(self, caller: _Caller) -> None:
        handshake = caller.handshake
        try:
            data = caller.sock.recv(_READ)
            if handshake is None:
                if not data:
                    self._drop(caller)
                return
            if not data:
                raise ConnectionError("it hung up")
            reply = handshake.feed(data)
            # All of a handshake fits into any socket buffer: who does not take it does not read.
            if reply and caller.sock.send(reply) != len(reply):
                raise ConnectionError("it does not read")
        except BlockingIOError:
            return
        except Exception as error:
            if handshake is None:
                self._drop(caller)
            else:
                self._let_go(caller, error)
            return
        if handshake.failure is not None:
            self._let_go(caller, handshake.failure)
        elif handshake.result is not None:
            self._selector.unregister(caller.sock)
            del self._callers[caller.sock]
            self._admit(caller.sock, caller.host, caller.port, handshake.result)

    def _let_go(self, caller: _Caller, reason: Exception) -> None:
        log.warning("%s let go in the handshake: %s", caller, reason)
        self._drop(caller)

    def _drop_late(self) -> None:
        now = time.monotonic()
        for caller in [c for c in self._callers.values() if c.deadline <= now]:
            if caller.handshake is None:
                self._drop(caller)
            else:
                self._let_go(caller, TimeoutError(f"it took longer than {self._limits.handshake:g} s"))

    def _drop_oldest(self) -> None:
        if self._callers:
            oldest = next(iter(self._callers.values()))
            self._let_go(oldest, TimeoutError("too many others are waiting"))

    def _drop(self, caller: _Caller) -> None:
        self._selector.unregister(caller.sock)
        del self._callers[caller.sock]
        caller.sock.close()
