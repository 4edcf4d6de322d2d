"""The connection of a call: its two threads, what arrives, and its end."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import sys
import threading
import warnings
import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

import numpy as np

from asciichat._core.jitter import JitterBuffer
from asciichat._core.peer import End, Packet, Peer
from asciichat._core.peer import Sound as CoreSound
from asciichat.client.errors import CallError
from asciichat.client.events import Event, Inbox, Sound
from asciichat.client.network import Network, network_of
from asciichat.protocol.errors import ProtocolError
from asciichat.protocol.handshake import HandshakeResult
from asciichat.protocol.types import ErrorCode, Feature, PacketType

log = logging.getLogger(__name__)


class Connection(ABC):
    """What every call has, whatever is said in it; :class:`Call` adds that.

    Parameters
    ----------
    sock
        Connected, handshake done; closed at the end.
    result
        Of the handshake; it is wiped.
    """

    def __init__(self, sock: socket.socket, result: HandshakeResult) -> None:
        self._sock = sock
        self._features = result.features
        self._inbox = Inbox()
        self._failure: CallError | None = None
        self._process = os.getpid()
        self._closing = threading.Lock()
        self._closed = False
        self._peer = Peer(
            sock.fileno(),
            server=False,
            keys=result.keys,
            records=result.records,
            marked=result.marked,
            initial=result.leftover,
            short_frames=Feature.SHORT_SOUND in result.features,
        )
        result.wipe()
        self.encrypted = self._peer.encrypted
        # A call that nobody holds any more hangs up: its threads hold it only while something has come.
        self._threads = [
            threading.Thread(target=each, args=(self._peer, weakref.ref(self)), name=name, daemon=True)
            for each, name in ((_send, "call-send"), (_receive, "call-receive"))
        ]

    def _start(self) -> None:
        for thread in self._threads:
            thread.start()

    @abstractmethod
    def _take(self, packet: Packet) -> None:
        """A packet has come that is no sound; on the receive thread. May raise CallError or ProtocolError."""

    @abstractmethod
    def _stop_sending(self) -> None:
        """The call ends: wait for whatever still gives the peer something."""

    def _control(self, kind: PacketType, payload: bytes) -> None:
        try:
            self._peer.control(kind, payload)
        except BufferError:
            raise CallError("the server does not take anything any more") from None

    def _check(self) -> None:
        self._check_process()
        if self._failure is not None:
            raise self._failure.again()
        if self._closed:
            raise CallError("the call has ended", retry=False)

    def _check_process(self) -> None:
        if os.getpid() != self._process:
            raise CallError(
                "a call stays with the process that made it: call from this one anew", retry=False
            )

    # --- receiving -------------------------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[Event]:
        """What arrives, until the call ends.

        Raises
        ------
        CallError
            The call did not end by our closing it.
        """
        while (event := self.next_event()) is not None:
            yield event

    def next_event(self, timeout: float | None = None) -> Event | None:
        """The next thing that arrives. Any thread.

        Parameters
        ----------
        timeout
            Seconds to wait at most; 0 does not wait, None waits for ever.

        Returns
        -------
        Event or None
            None after `timeout` seconds, or when we closed the call (see :attr:`ended`).

        Raises
        ------
        CallError
            The call ended otherwise.
        """
        self._check_process()  # where its threads are not, nothing arrives
        event = self._inbox.get(timeout)
        if event is None and self._inbox.closed and self._failure is not None:
            raise self._failure.again()
        return event

    def on_arrival(self, listener: Callable[[], None]) -> None:
        """Have this called whenever something arrived, and when the call has ended: then :meth:`next_event` with a
        `timeout` of 0 has it. For programs that wait for other things as well.

        Parameters
        ----------
        listener
            Called on the call's receive thread; must return at once and raise nothing. It replaces the one before it,
            and is not told of what had arrived before.
        """
        if not callable(listener):
            raise TypeError(f"a listener is called, which {listener!r} cannot be")
        self._inbox.listen(listener)

    @property
    def ended(self) -> bool:
        """Is it over, and has everything that arrived been taken?"""
        return self._inbox.closed

    def counts(self) -> dict[str, int]:
        """What went in and out so far; see :meth:`asciichat._core.peer.Peer.counts`."""
        return self._peer.counts()

    def hear_into(self, buffer: JitterBuffer | None) -> None:
        """Write what the others say into this buffer as it comes, instead of giving it out as events.

        Decoding and writing then need neither Python nor whoever takes the events, so that a slow terminal cannot
        hold sound up. None undoes that.

        Parameters
        ----------
        buffer
            Nothing else may write into it. Read it where sound is played; see :class:`asciichat.audio.JitterBuffer`.
        """
        self._peer.hear_into(buffer)

    def network(self) -> Network:
        """How far the server is, as the kernel measures it. Any thread."""
        return network_of(self._sock)

    # --- its threads -----------------------------------------------------------------------------------------------

    def _sent(self, end: End) -> None:
        """Nothing more is sent."""
        if not end.expected:
            self._fail(CallError(f"the call broke off: {end.reason}"))

    def _received(self, event: Packet | CoreSound | End | Exception) -> bool:
        """Something has come, or could not be received. Whether more is to come."""
        goes_on = False
        try:
            match event:
                case CoreSound():
                    self._inbox.put(Sound(np.frombuffer(event.samples, np.float32)))
                    goes_on = True
                case Packet():
                    self._take(event)
                    goes_on = True
                case End():
                    reason = event.reason.replace("the peer", "the server")
                    code = ErrorCode.PROTOCOL if event.violation else ErrorCode.NETWORK
                    self._fail(CallError(f"the call ended: {reason}", code))
                case Exception():
                    raise event
        except CallError as error:
            self._fail(error)
        except ProtocolError as error:
            self._fail(CallError(f"the server broke the protocol: {error}", error.code))
        except Exception as error:
            log.exception("the receive thread failed")
            self._fail(CallError(f"the call ended by a fault of this program: {error}", ErrorCode.GENERAL))
        finally:
            if not goes_on:  # nor if telling of it fails: somebody may be waiting for what comes
                self._peer.stop()
                self._inbox.close()
        return goes_on

    def _fail(self, error: CallError) -> None:
        if self._failure is None and not self._closed:
            self._failure = error
        self._peer.stop()

    # --- end -------------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Hang up and wait until everything is cleaned up. Safe to call twice, from any thread but the call's own.

        In a process forked from the one that made the call, only this process lets go of it.
        """
        if os.getpid() != self._process:
            self._sock.close()  # no more than that: what is told to the connection ends it for both
            return
        with self._closing:
            self._closed = True
            self._peer.stop()
            self._stop_sending()
            for thread in self._threads:
                thread.join()
            self._peer.wipe()
            self._sock.close()

    def __del__(self) -> None:
        threads: list[threading.Thread] = getattr(self, "_threads", [])
        begun = bool(threads) and threads[0].ident is not None
        if not begun or self._closed or os.getpid() != self._process or sys.is_finalizing():
            return
        # Elsewhere, since this may be any thread at any moment; once more, only this time, somebody holds the call.
        with contextlib.suppress(RuntimeError):  # the interpreter is about to end, and with it everything
            threading.Thread(target=self.close, name="call-close", daemon=True).start()
        warnings.warn(
            "a call was dropped without close(): it is hung up", ResourceWarning, stacklevel=2, source=self
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _send(peer: Peer, of: weakref.ref[Connection]) -> None:
    """The send thread."""
    end = peer.send()
    if (call := of()) is not None:
        call._sent(end)


def _receive(peer: Peer, of: weakref.ref[Connection]) -> None:
    """The receive thread."""
    goes_on = True
    while goes_on:
        event: Packet | CoreSound | End | Exception
        try:
            event = peer.receive()
        except Exception as error:
            event = error
        call = of()
        goes_on = call is not None and call._received(event)
        del call
    peer.stop()
