"""The door: one thread that accepts connections and carries every handshake, without ever waiting for one of them.

A handshake is a state machine without I/O, so a caller that sends one byte a second costs a table entry and nothing else.
Where the server's key is in an agent, the machine stops at what there is to sign, and goes on when `signing` has it.
Half-open connections are bounded in number (see `sources`), in time and in bytes.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import selectors
import socket
import threading
import time
from collections.abc import Callable
from functools import partial

from asciichat.crypto.remote import RemoteSigner
from asciichat.protocol.handshake import HandshakeResult, ServerHandshake
from asciichat.protocol.types import ErrorCode
from asciichat.server.bucket import Bucket
from asciichat.server.caller import Caller, FailedError
from asciichat.server.config import ServerConfig
from asciichat.server.counters import Counters
from asciichat.server.limits import Limits
from asciichat.server.refusal import SERVER_FULL, Refusal
from asciichat.server.signing import Request, SigningDesk
from asciichat.server.sources import Sources, source_of

log = logging.getLogger(__name__)

_READ = 65536
_ACCEPTS = 64  # connections taken at a time: handshakes under way must get their turn
_GONE = (
    errno.ECONNABORTED,
    errno.EPROTO,
    errno.EINTR,
)  # of accept: that caller is gone, the next may be there
_REST = 0.1  # seconds for which a door is left alone at which nobody can be let in or sent away


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
    sources
        Which callers are looked at.
    counters
        Where it is counted what became of them.
    """

    def __init__(
        self,
        config: ServerConfig,
        sockets: list[socket.socket],
        handshake: Callable[[], ServerHandshake],
        full: Callable[[], bool],
        admit: Callable[[socket.socket, str, int, HandshakeResult], None],
        sources: Sources,
        counters: Counters,
    ) -> None:
        self._limits = config.limits
        self._sockets = sockets
        self._new_handshake = handshake
        self._full = full
        self._admit = admit
        self._sources = sources
        self._counters = counters
        self._callers: dict[socket.socket, Caller] = {}  # oldest first
        self._selector = selectors.DefaultSelector()
        self._spare: socket.socket | None = socket.socket()  # a descriptor for when there is no other
        self._resting: dict[socket.socket, float] = {}  # doors that are left alone, and until when
        self._words = Bucket(config.limits.words, config.limits.words_burst)
        self._waker, self._woken = socket.socketpair()
        for end in (self._waker, self._woken):
            end.setblocking(False)
        self._stopping = False
        # Only for a key that somebody else keeps: any other signs within the handshake.
        self._desk = (
            SigningDesk(config.identity, self._wake) if isinstance(config.identity, RemoteSigner) else None
        )
        self._asked: dict[Request, Caller] = {}
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)

    def start(self) -> None:
        """Begin to accept."""
        for sock in (*self._sockets, self._woken):
            self._selector.register(sock, selectors.EVENT_READ)
        if self._desk is not None:
            self._desk.start()
        self._thread.start()

    def limit(self, limits: Limits) -> None:
        """Go by these from now on. Any thread."""
        self._limits = limits

    def stop(self) -> None:
        """Close the door, and hang up on everybody still in it."""
        self._stopping = True
        self._wake()
        self._thread.join()
        if self._desk is not None:
            self._desk.stop()
        for end in (self._waker, self._woken):
            end.close()

    @property
    def is_alive(self) -> bool:
        """It accepts connections."""
        return self._thread.is_alive()

    @property
    def half_open(self) -> int:
        """Connections in the middle of their handshake."""
        return len(self._callers)

    def _wake(self) -> None:
        """From any thread: let the listener look around."""
        with contextlib.suppress(BlockingIOError):  # it has been told often enough
            self._waker.send(b"\0")

    def _run(self) -> None:
        try:
            while not self._stopping:
                events = self._selector.select(self._patience())
                try:
                    for key, _ in events:
                        self._turn_to(key.fileobj)
                    self._drop_late()
                    self._open_doors()
                except Exception:
                    log.exception("the listener stumbled")  # no memory, for instance: the door stays open
        finally:
            for caller in list(self._callers.values()):
                self._drop(caller)  # and with it what was asked of an agent
            if self._spare is not None:
                self._spare.close()
            for sock in self._sockets:
                sock.close()
            self._selector.close()

    def _turn_to(self, sock: object) -> None:
        assert isinstance(sock, socket.socket)
        if sock in self._callers:
            self._hear(self._callers[sock])
        elif sock in self._sockets:
            self._accept(sock)
        elif sock is self._woken:
            sock.recv(_READ)
            self._take_signatures()

    def _patience(self) -> float | None:
        due = [caller.due for caller in self._callers.values()] + list(self._resting.values())
        return max(0.0, min(due) - time.monotonic()) if due else None

    def _open_doors(self) -> None:
        """Those that have been left alone for long enough."""
        now = time.monotonic()
        for door in [door for door, until in self._resting.items() if until <= now]:
            del self._resting[door]
            self._selector.register(door, selectors.EVENT_READ)

    def _accept(self, door: socket.socket) -> None:
        for _ in range(_ACCEPTS):
            try:
                sock, where = door.accept()
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno in _GONE:
                    continue
                self._cannot_accept(door, error)
                return
            self._counters.count("connections")
            try:
                self._receive(sock, where[0], where[1])
            except Exception:
                # No memory for one more: it is hung up on, and the door stays open.
                log.exception("%s port %d could not be heard", where[0], where[1])
                caller = self._callers.get(sock)
                if caller is not None:
                    self._drop(caller)
                sock.close()

    def _cannot_accept(self, door: socket.socket, error: OSError) -> None:
        """The process has no descriptor left, or the system no memory: those already in the call do not notice.

        A caller that stays in the queue would wake us again and again: one is taken out with the descriptor kept for
        this, and hung up on. Where that does not help the door is left alone for a moment.
        """
        if self._words.take():
            log.warning("could not accept a connection: %s", error)
        self._make_room()
        if self._spare is not None:
            self._spare.close()
            self._spare = None
            with contextlib.suppress(OSError):
                door.accept()[0].close()
                self._counters.count("connections")
                self._counters.count("refused_descriptors")
        try:
            self._spare = socket.socket()
        except OSError:
            self._selector.unregister(door)
            self._resting[door] = time.monotonic() + _REST

    def _receive(self, sock: socket.socket, host: str, port: int) -> None:
        cause = self._sources.refuse(host)
        if cause is not None:
            self._counters.count(f"refused_{cause}")
            sock.close()
            return
        limits = self._limits
        if len(self._callers) >= limits.half_open:
            self._make_room()
        sock.setblocking(False)
        now = time.monotonic()
        caller = Caller(
            sock,
            host,
            port,
            None,
            None,
            now + limits.handshake,
            now + limits.greeting,
            limits.handshake_bytes,
        )
        self._callers[sock] = caller
        self._selector.register(sock, selectors.EVENT_READ)
        if self._full():
            self._counters.count("refused_full")
            log.info("%s refused: every place is taken", caller)
            # Which words it understands its first packet says; who says nothing is told as a native client.
            caller.refusal = Refusal()
            caller.deadline = now + limits.farewell
        else:
            caller.handshake = self._new_handshake()
            caller.handshake.start()  # says nothing on TCP: the client begins

    def _hear(self, caller: Caller) -> None:
        if caller.handshake is None:
            self._attend(caller, partial(self._hear_refused, caller))
        else:
            self._attend(caller, partial(self._go_on, caller, caller.handshake))

    def _attend(self, caller: Caller, step: Callable[[], None]) -> None:
        """Do something for a caller, whom it costs the connection if it fails."""
        try:
            step()
        except BlockingIOError:
            return
        except FailedError as failure:
            self._let_go(caller, failure)
        except Exception as error:
            self._let_go(caller, FailedError("fault", str(error)))

    def _go_on(self, caller: Caller, handshake: ServerHandshake) -> None:
        data = caller.sock.recv(min(_READ, caller.budget))
        if not data:
            raise FailedError("fault" if caller.asked is None else "unsigned", "it hung up")
        caller.budget -= len(data)
        self._answer(caller, handshake, handshake.feed(data))

    def _take_signatures(self) -> None:
        for request in self._desk.finished() if self._desk is not None else ():
            caller = self._asked.pop(request, None)  # None: it is gone
            if caller is not None:
                self._attend(caller, partial(self._take_signature, caller, request))

    def _take_signature(self, caller: Caller, request: Request) -> None:
        caller.asked = None
        if request.signature is None:
            raise FailedError("unsigned", f"the server's key did not sign: {request.failure}")
        assert caller.handshake is not None
        self._answer(caller, caller.handshake, caller.handshake.signed(request.signature))

    def _answer(self, caller: Caller, handshake: ServerHandshake, reply: bytes) -> None:
        # All of a handshake fits into any socket buffer: who does not take it does not read.
        if reply:
            caller.greeting = caller.deadline
            if caller.sock.send(reply) != len(reply):
                raise FailedError("fault", "it does not read")
        failure = handshake.failure
        if failure is not None:
            proof = failure.code in (ErrorCode.AUTHENTICATION, ErrorCode.VERIFICATION)
            raise FailedError("proof" if proof else "fault", str(failure))
        if handshake.result is not None:
            self._forget(caller)
            self._admit(caller.sock, caller.host, caller.port, handshake.result)
        elif caller.budget <= 0:
            raise FailedError("bytes", f"it sent {self._limits.handshake_bytes} bytes and is not done")
        elif handshake.to_sign is not None and caller.asked is None:
            assert self._desk is not None
            caller.asked = self._desk.ask(handshake.to_sign)
            self._asked[caller.asked] = caller

    def _hear_refused(self, caller: Caller) -> None:
        data = caller.sock.recv(min(_READ, caller.budget))
        caller.budget -= len(data)
        if not data or caller.budget <= 0:
            self._drop(caller)
        elif caller.refusal is not None:
            words = caller.refusal.feed(data)
            if words is not None:
                self._tell_full(caller, words)

    def _tell_full(self, caller: Caller, words: bytes) -> None:
        caller.refusal = None
        try:
            caller.sock.send(words)
            # Closing at once, with packets unread, would reset the connection and lose the words.
            caller.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._drop(caller)  # it is gone already
        else:
            caller.deadline = time.monotonic() + self._limits.farewell

    def _let_go(self, caller: Caller, failure: FailedError) -> None:
        if caller.handshake is not None:
            self._counters.count(f"failed_{failure.cause}")
            log.warning("%s let go in the handshake: %s", caller, failure)
            limits = self._limits
            penalties = {
                "proof": limits.penalty_proof,
                "late": limits.penalty_late,
                "crowded": 0.0,
                "unsigned": 0.0,  # no fault of the caller's
            }
            self._sources.penalise(caller.host, penalties.get(failure.cause, limits.penalty_fault))
        self._drop(caller)

    def _drop_late(self) -> None:
        now = time.monotonic()
        for caller in [c for c in self._callers.values() if c.due <= now]:
            if caller.refusal is not None:
                self._tell_full(caller, SERVER_FULL)
            elif caller.asked is not None:
                words = f"the server's key did not sign within {self._limits.handshake:g} s"
                self._let_go(caller, FailedError("unsigned", words))
            elif caller.deadline <= now:
                self._let_go(caller, FailedError("late", f"it took longer than {self._limits.handshake:g} s"))
            else:
                self._let_go(caller, FailedError("late", f"it said nothing for {self._limits.greeting:g} s"))

    def _make_room(self) -> None:
        """The source with most half-open connections loses its oldest."""
        busiest = self._sources.busiest()
        for caller in self._callers.values():
            if source_of(caller.host) == busiest:
                self._let_go(caller, FailedError("crowded", "too many others are waiting"))
                return

    def _drop(self, caller: Caller) -> None:
        self._forget(caller)
        caller.sock.close()
        handshake = caller.handshake
        if handshake is not None and handshake.failure is None and not handshake.done:
            handshake.eof()  # so that it wipes what it has

    def _forget(self, caller: Caller) -> None:
        if caller.asked is not None and self._desk is not None:
            self._desk.forget(caller.asked)
            self._asked.pop(caller.asked, None)
        self._selector.unregister(caller.sock)
        del self._callers[caller.sock]
        self._sources.done(caller.host)
