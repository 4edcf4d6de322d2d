"""One client in the call: its state, its four threads, its end."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from asciichat._core.peer import End, Packet, Peer
from asciichat._core.room import Room
from asciichat.protocol.errors import ProtocolError
from asciichat.protocol.payloads import ClientCapabilities, ErrorMessage, RemoteLog, ViewOptions
from asciichat.protocol.text import one_line
from asciichat.protocol.types import ErrorCode, Feature, LogDirection, LogLevel
from asciichat.server.bucket import Bucket
from asciichat.server.config import ServerConfig
from asciichat.server.counters import Counters
from asciichat.server.locks import Mutex, Rank
from asciichat.server.scheduling import name_thread
from asciichat.server.snapshot import ClientSnapshot, ClientState

if TYPE_CHECKING:
    from asciichat.media.hevc import HevcDecoder

log = logging.getLogger(__name__)


class TooMuchError(ProtocolError):
    """A client asks for more work than it may; `cause` is a key of `counters.ENDS`."""

    def __init__(self, cause: str, message: str) -> None:
        super().__init__(ErrorCode.RATE_LIMITED, message)
        self.cause = cause


THREADS = ("send", "receive", "video", "audio")
"""A client's threads, in the order in which they start and in which they are joined."""


class Keeper(Protocol):
    """What a client asks of who keeps it. Any of the client's threads calls it, unless it says otherwise; none of it waits
    for the client's threads."""

    def handle(self, client: Client, packet: Packet) -> None:
        """Act on a packet that the core leaves to Python; on the receive thread alone. May raise ProtocolError."""

    def leave(self, client: Client, reason: str, cause: str) -> None:
        """It should be removed: a reason in words, and a key of `counters.ENDS`."""

    def named(self, client: Client, name: str) -> None:
        """It asks to be called so; on the receive thread alone."""

    def changed(self) -> None:
        """Something others see of it is not as it was."""

    def entered(self, client: Client) -> None:
        """It has said what it is and what it shows; again, when that changed."""

    def wrote(self, client: Client, line: str) -> None:
        """It wrote a line that is to be passed on."""


class Client:
    """One client. Made by the manager, which alone starts and ends it.

    Parameters
    ----------
    id, slot
        Given by the manager.
    sock
        Connected, handshake done; the client closes it at its end.
    peer
        The connection in the core, already attached to `room`.
    keeper
        Who made it.
    counters
        The server's.

    Attributes
    ----------
    wanted, asking
        The name it asked for, and its place in the order of those who asked: given by `Names`, under the manager's lock.
    told_of
        The log has that it joined; likewise.
    """

    def __init__(
        self,
        id: int,
        slot: int,
        sock: socket.socket,
        host: str,
        port: int,
        peer: Peer,
        room: Room,
        config: ServerConfig,
        keeper: Keeper,
        counters: Counters,
    ) -> None:
        self.id = id
        self.slot = slot
        self.host = host
        self.address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self.peer = peer
        self.room = room
        self.config = config
        self.decoder: HevcDecoder | None = None  # of HEVC pictures; made and used by the receive thread alone
        self.features = Feature.NONE
        self.capabilities: ClientCapabilities | None = None  # of these two the receive thread alone knows
        self.view_options = ViewOptions()
        self.decoding = Bucket(config.limits.decoding, config.limits.decoding_burst)  # seconds of work
        self.counters = counters
        self.keeper = keeper
        self._words = Bucket(config.limits.words, config.limits.words_burst)
        self._lines = Bucket(config.limits.lines, config.limits.lines_burst)
        self._hushed = False  # it was told that it writes too much
        self._sock = sock
        self.wanted = f"Client{id >> 16}"
        self.asking = 0
        self.told_of = False
        self._state = ClientState(name=self.wanted)
        self._state_lock = Mutex(Rank.CLIENT)
        self._active = False  # no lock of Python's, which may not be given back when there is no memory
        self._since = time.monotonic()
        self._threads: list[threading.Thread] = []
        self._farewell = False
        self._admitted = False
        self._removed = False
        self.offended = False  # it is let go for breaking the rules
        self._early: tuple[str, str] | None = None  # why it wants to leave although it is not fully started

    # --- life ------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the four threads, in order. On an error those that started are ended again and it is raised."""
        self._active = True
        try:
            for name in THREADS:
                thread = threading.Thread(
                    target=self._run, args=(name,), name=f"client-{self.id}-{name}", daemon=True
                )
                self._threads.append(thread)  # first: once it runs it must be known
                thread.start()
        except BaseException:
            self.end()
            raise
        with self._state_lock.held():
            self._admitted = True
            early = self._early
        if early is not None:
            self.keeper.leave(self, *early)

    def claim_removal(self, reason: str, cause: str) -> bool | None:
        """True for the first caller only, the one that removes it. None while it is still being started: it asks for its
        removal itself as soon as it is fully started."""
        with self._state_lock.held():
            first = not self._removed
            if first and not self._admitted:
                self._early = (reason, cause)
                return None
            self._removed = True
        return first

    def end(self) -> None:
        """Undo :meth:`start`, or what was done of it. It has not been let in: nobody else removes it."""
        with self._state_lock.held():
            self._removed = True
        self.deactivate()
        self.join()

    def deactivate(self) -> None:
        """Mark it inactive and wake every one of its threads. Any thread, any number of times."""
        self._active = False
        self.peer.stop()

    def say_goodbye(self) -> None:
        """Give a client that was told why it is let go the time to hear it."""
        if self._farewell and self._threads:
            self.peer.finish()
            self._threads[0].join(self.config.limits.farewell)

    def join(self, timeout: float | None = None) -> bool:
        """Wait for its threads, in the order send, receive, video, audio. They have been woken: it does not take long.

        False when some had not ended after `timeout` seconds; None waits as long as it takes.
        """
        until = None if timeout is None else time.monotonic() + timeout
        for thread in self._threads:
            # One whose start failed does not run, or, when it was the last step of it that failed, soon will.
            while thread.ident is None and thread in threading.enumerate():
                time.sleep(0.001)
            if thread.ident is not None:
                thread.join(None if until is None else max(0.0, until - time.monotonic()))
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        return not self._threads

    def threads(self) -> dict[str, threading.Thread]:
        """Those of its threads that run, as "send", "receive", "video", "audio"."""
        return {thread.name.rpartition("-")[2]: thread for thread in list(self._threads) if thread.is_alive()}

    def close(self) -> None:
        """Wipe the keys and close the socket. The threads must have ended."""
        self.decoder = None
        self.peer.wipe()
        self._sock.close()

    @property
    def active(self) -> bool:
        """Is it in the call, and not on its way out?"""
        return self._active

    # --- threads ---------------------------------------------------------------------------------------------------

    def _run(self, name: str) -> None:
        try:
            name_thread(f"{name}-{self.id >> 16}")
            self.config.scheduling.apply(name)
            if name == "receive":
                end = self._receive()
            elif name == "send":
                end = self.peer.send()
            elif name == "video":
                end = self.peer.video()
            else:
                end = self.peer.audio(
                    bitrate=self.config.opus_bitrate,
                    complexity=self.config.opus_complexity,
                    dtx=self.config.opus_dtx,
                    loss_percent=self.config.opus_loss,
                )
        except TooMuchError as error:
            self.dismiss(str(error), error.code, error.cause)
            return
        except ProtocolError as error:
            self.dismiss(f"it broke the protocol: {error}", error.code, "protocol")
            return
        except Exception:
            log.exception("client %d (%s): its %s thread failed", self.id, self.address, name)
            self.leave(f"its {name} thread failed", "failure")
            return
        if name in ("receive", "send"):
            if end.violation:
                excess = end.cause in ("excess", "large")
                self.dismiss(end.reason, ErrorCode.RATE_LIMITED if excess else ErrorCode.PROTOCOL, end.cause)
            else:
                self.leave(end.reason, end.cause)
        elif not end.expected:
            # The connection goes on without pictures or without sound.
            log.error("client %d (%s): its %s thread ended: %s", self.id, self.address, name, end.reason)

    def _receive(self) -> End:
        while True:
            event = self.peer.receive()
            if isinstance(event, End):
                return event
            if isinstance(event, Packet):
                self.keeper.handle(self, event)

    def dismiss(self, reason: str, code: ErrorCode, cause: str) -> None:
        """Let a client go that broke the rules: tell it why first, as a native server does."""
        log.warning("client %d (%s) is let go: %s", self.id, self.address, reason)
        self.offended = True
        self.explain(reason, code)
        self.leave(reason, cause)

    def explain(self, reason: str, code: ErrorCode) -> None:
        """Tell it why it will be let go: its program does not call again. Any thread."""
        words = one_line(reason, 200)
        try:
            self.peer.control(*_control(RemoteLog(LogLevel.ERROR, LogDirection.SERVER_TO_CLIENT, words)))
            self.peer.control(*_control(ErrorMessage(int(code), words)))
            self._farewell = True
        except BufferError:
            pass  # it takes nothing any more

    def leave(self, reason: str, cause: str) -> None:
        """Ask to be removed: words, and a key of `counters.ENDS`. Any of its threads; returns at once."""
        with self._state_lock.held():
            if not self._admitted:
                self._early = (reason, cause)
                return
        self.keeper.leave(self, reason, cause)

    def may_be_quoted(self) -> bool:
        """May what the client just said go into the log? Not more often than its allowance of words."""
        if self._words.take():
            return True
        self.counters.count("lines_left_out")
        return False

    def may_write(self) -> bool:
        """May a line that it wrote be passed on? It is told when it writes more than its allowance."""
        if self._lines.take():
            self._hushed = False
            self.counters.count("texts")
            return True
        self.counters.count("texts_left_out")
        if not self._hushed:
            self._hushed = True
            self.tell(
                LogLevel.WARN, "you write more than is passed on: the others did not get your last line"
            )
        return False

    def tell(self, level: LogLevel, message: str) -> None:
        """Say something to the people at the other end, if it takes it at the moment."""
        with contextlib.suppress(BufferError):
            self.peer.control(*_control(RemoteLog(level, LogDirection.SERVER_TO_CLIENT, message)))

    def mute(self, muted: bool = True) -> bool:
        """Let nobody hear it, or everybody again. Any thread; False when it is on its way out."""
        with self._state_lock.held():
            # Its slot may be another's once it has been removed: that begins only after this lock is free.
            if self._removed:
                return False
            self.room.mute(self.slot, muted)
            self._state.muted = muted
        self.keeper.changed()
        return True

    # --- state -----------------------------------------------------------------------------------------------------

    def update(self, **changes: object) -> None:
        """Change fields of the state, under its lock."""
        with self._state_lock.held():
            before = replace(self._state)
            for name, value in changes.items():
                setattr(self._state, name, value)
            changed = self._state != before
        if changed:
            self.keeper.changed()

    def state(self) -> ClientState:
        """A copy of the state, made under its lock."""
        with self._state_lock.held():
            return replace(self._state)

    def snapshot(self) -> ClientSnapshot:
        """The client as it is now. Any thread."""
        with self._state_lock.held():
            in_room = not self._removed  # else its slot may be another's
            speaking = in_room and self.room.speaking(self.slot)
            level = self.room.level(self.slot) if in_room else -120.0
        return ClientSnapshot(
            id=self.id,
            slot=self.slot,
            address=self.address,
            encrypted=self.peer.encrypted,
            connected=time.monotonic() - self._since,
            active=self.active,
            state=self.state(),
            speaking=speaking,
            level=level,
            counts=self.peer.counts(),
            line_rate=self.peer.line_rate,
            video_lateness=self.peer.lateness("video"),
            audio_lateness=self.peer.lateness("audio"),
            threads=tuple(thread.name for thread in self.threads().values()),
        )


def _control(payload: RemoteLog | ErrorMessage) -> tuple[int, bytes]:
    return payload.TYPE, payload.encode()
