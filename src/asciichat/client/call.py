"""One call: connect, shake hands, send pictures and sound, receive what the others send."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from asciichat._core.arrays import check_frame, check_samples
from asciichat._core.jitter import JitterBuffer
from asciichat._core.peer import End, Packet, Peer
from asciichat._core.peer import Sound as CoreSound
from asciichat.client.appearance import Color, Mode, Seating
from asciichat.client.arrivals import Arrivals
from asciichat.client.codec_choice import CodecChoice
from asciichat.client.errors import CallError
from asciichat.client.events import Event, Inbox, Person, Sound
from asciichat.client.network import Network, network_of
from asciichat.client.picture_sender import PictureSender
from asciichat.client.sound_sender import SoundSender
from asciichat.client.view import View
from asciichat.protocol.errors import ChecksumError, ProtocolError
from asciichat.protocol.handshake import HandshakeResult, Proof
from asciichat.protocol.payloads import (
    ClientCapabilities,
    ClientJoin,
    StreamStart,
    StreamStop,
    TextLine,
    ViewOptions,
)
from asciichat.protocol.text import checked_line
from asciichat.protocol.types import ErrorCode, Feature, PacketType, Stream

log = logging.getLogger(__name__)


class Call:
    """A call in progress; made by :func:`connect`.

    Iterate over it to receive; send from any thread. It ends when either side closes it, and as a context manager it
    closes itself. Several threads may take its events: each event goes to one of them.

    Attributes
    ----------
    encrypted : bool
        What goes between us and the server is encrypted.
    verified : bool
        The server proved that it is who it should be: by the password, or by a key that `verify_server` accepted.

    Examples
    --------
    A picture and a tone for whoever is there:

    >>> import asciichat, numpy as np
    >>> tone = (0.1 * np.sin(2 * np.pi * 440 * np.arange(48000) / 48000)).astype(np.float32)
    >>> with asciichat.Server(port=0) as server:
    ...     with asciichat.connect("localhost", server.port, name="Ada") as call:
    ...         call.send_video(np.full((120, 160, 3), 255, np.uint8))
    ...         call.send_audio(tone)
    ...         print(call.encrypted, call.verified)
    True False
    """

    def __init__(
        self,
        sock: socket.socket,
        result: HandshakeResult,
        capabilities: ClientCapabilities,
        options: ViewOptions,
        introduction: ClientJoin | None,
        choice: CodecChoice,
        *,
        checked: bool = False,
    ) -> None:
        self._sock = sock
        self._view = View(capabilities, options)
        self._features = result.features
        self._inbox = Inbox()
        self._failure: CallError | None = None
        self._process = os.getpid()
        self._announcing = threading.Lock()
        self._streams = Stream(0)  # what we announced
        self._closing = threading.Lock()
        self._closed = False
        short_sound = Feature.SHORT_SOUND in result.features
        self._peer = Peer(
            sock.fileno(),
            server=False,
            keys=result.keys,
            records=result.records,
            marked=result.marked,
            initial=result.leftover,
            short_frames=short_sound,
        )
        self._sender = PictureSender(self._peer, choice, signs=Feature.PICTURE_SIZE in result.features)
        self._sound = SoundSender(self._peer, short=short_sound)
        self._arrivals = Arrivals(result.features, self._inbox, self._sender.show)
        result.wipe()
        self.encrypted = self._peer.encrypted
        self.verified = self.encrypted and bool(
            result.proved & (Proof.PASSWORD | Proof.IDENTITY if checked else Proof.PASSWORD)
        )
        self._threads = [
            threading.Thread(target=self._send, name="call-send", daemon=True),
            threading.Thread(target=self._receive, name="call-receive", daemon=True),
        ]
        if introduction is not None and Feature.VIEW_OPTIONS in self._features:
            # First, so that nobody is told of us under another name.
            self._control(PacketType.CLIENT_JOIN, introduction.encode())
        self._describe_view()
        for thread in self._threads:
            thread.start()

    # --- sending ---------------------------------------------------------------------------------------------------

    def start_streams(self, *, video: bool, audio: bool) -> None:
        """Announce that pictures, sound or both will come; what was announced before is not announced again. Any thread.

        :func:`connect` has done it for what its `video` and `audio` say.
        """
        if video:
            self._sender.resume()
        with self._announcing:
            new = _streams(video=video, audio=audio) & ~self._streams
            if new:
                self._control(PacketType.STREAM_START, StreamStart(new).encode())
                self._streams |= new

    def stop_streams(self, *, video: bool, audio: bool) -> None:
        """Announce that no more pictures, no more sound or neither will come: the others see that the camera is off or
        the microphone muted. Any thread. A server that does not tell the others (see :attr:`knows_people`) does not hear
        of it.

        Pictures given after that are not sent until :meth:`start_streams`.
        """
        if video:
            self._sender.pause()
        with self._announcing:
            ended = _streams(video=video, audio=audio) & self._streams
            if ended and self.knows_people:
                self._control(PacketType.STREAM_STOP, StreamStop(ended).encode())
                self._streams &= ~ended

    def send_text(self, text: str) -> None:
        """Write a line to everybody in the call. Any thread; returns at once. It comes back as a :class:`Text`, once it
        was passed on: not more often than once a second in the long run.

        Parameters
        ----------
        text
            Sent as one line: line ends become blanks, control and formatting characters are left out.

        Raises
        ------
        ValueError
            Nothing of it can be shown, or it takes more than 512 bytes in UTF-8.
        CallError
            The server does not take text (see :attr:`talks`), or the call has ended.
        """
        line = checked_line(text)
        self._check()
        if not self.talks:
            raise CallError("this server does not pass on text", retry=False)
        self._control(PacketType.TEXT, TextLine(line).encode())

    def send_video(self, frame: NDArray[np.uint8]) -> None:
        """Send one picture. Any thread; returns at once, and a picture still waiting is replaced.

        It is sent no larger than it is shown to anybody, and not at all where nothing changed. Go on giving pictures,
        equal ones too: once 3 seconds have passed without any, the others see that yours has stalled.

        Parameters
        ----------
        frame
            uint8[height, width, 3], RGB; scaled down to fit 480 x 270 when larger, keeping its shape. It is yours again
            when this returns.

        Raises
        ------
        ValueError
            It is not such an array, or a side is longer than 8192.
        CallError
            The call has ended.
        """
        self._check()
        check_frame(frame)
        self._sender.give(frame)

    @property
    def video_codec(self) -> str:
        """What pictures are sent in at the moment: "raw" or "hevc"."""
        return self._sender.codec

    @property
    def shown(self) -> tuple[int, int] | None:
        """The largest width and height, in pixels, at which anybody is shown your picture.

        (0, 0): nobody is. None: the server has not told, as native ones never do.
        """
        return self._sender.shown

    def send_audio(self, samples: NDArray[np.float32]) -> None:
        """Send sound. Any thread; returns at once.

        Parameters
        ----------
        samples
            float32, mono, 48 kHz, -1 to 1, any number; sent in packets of 10 ms (to a native server 20 ms), the rest
            is kept for the next call.

        Raises
        ------
        ValueError
            It is not such an array.
        CallError
            The call has ended.
        """
        self._check()
        self._sound.give(check_samples(samples))

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

    def resize(self, columns: int, rows: int) -> None:
        """Tell the server the terminal's new size. Any thread.

        Parameters
        ----------
        columns, rows
            In cells, 1 to 4096 each.

        Raises
        ------
        ValueError
            One is out of range.
        TypeError
            One is no whole number.
        CallError
            The call has ended.
        """
        self._check()
        self._view.resize(columns, rows)
        self._describe_view()

    def restyle(self, color: Color, mode: Mode, palette: str = "standard", *, utf8: bool = True) -> None:
        """Tell the server how to draw from now on; the parameters are those of :func:`asciichat.connect`. Any thread.

        All four are set: a palette that is not given is the standard one again.

        Raises
        ------
        ValueError
            A setting is out of range.
        CallError
            The call has ended.
        """
        self._check()
        self._view.restyle(color, mode, palette, utf8=utf8)
        self._describe_view()

    def seat(
        self,
        seating: Seating = "auto",
        *,
        focus: int | None = None,
        page: int = 0,
        names: bool | None = None,
        self_view: bool | None = None,
    ) -> None:
        """Tell the server how to arrange those in the call; the parameters are those of :func:`asciichat.connect`.

        A native server does not hear of it: see :attr:`arranges`.

        Parameters
        ----------
        names, self_view
            None: as before.

        Raises
        ------
        ValueError
            A setting is out of range.
        CallError
            The call has ended.
        """
        self._check()
        self._view.seat(seating, focus=focus, page=page, names=names, self_view=self_view)
        self._describe_view()

    @property
    def arranges(self) -> bool:
        """Is the server one of ours, that knows more modes, names and seatings than a native one?"""
        return Feature.VIEW_OPTIONS in self._features

    @property
    def talks(self) -> bool:
        """Does the server pass on text?"""
        return Feature.TEXT in self._features

    @property
    def knows_people(self) -> bool:
        """Does the server say who is in the call, who speaks and who is muted?"""
        return Feature.PRESENCE in self._features

    def people(self) -> tuple[Person, ...]:
        """Everybody in the call, by slot; nobody until the server has told, and with a server that does not (see
        :attr:`knows_people`). Any thread."""
        return self._arrivals.company.people

    def network(self) -> Network:
        """How far the server is, as the kernel measures it. Any thread."""
        return network_of(self._sock)

    def _describe_view(self) -> None:
        """Tell the server what we can show and want; it sends a whole picture next."""
        self._control(PacketType.CLIENT_CAPABILITIES, self._view.capabilities.encode())
        if Feature.VIEW_OPTIONS in self._features:
            self._control(PacketType.VIEW_OPTIONS, self._view.options.encode())

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

    # --- threads ---------------------------------------------------------------------------------------------------

    def _send(self) -> None:
        end = self._peer.send()
        if not end.expected:
            self._fail(CallError(f"the call broke off: {end.reason}"))

    def _receive(self) -> None:
        try:
            while not isinstance(event := self._peer.receive(), End):
                if isinstance(event, CoreSound):
                    self._inbox.put(Sound(np.frombuffer(event.samples, np.float32)))
                else:
                    self._take(event)
            if not self._closed:
                reason = event.reason.replace("the peer", "the server")
                code = ErrorCode.PROTOCOL if event.violation else ErrorCode.NETWORK
                self._fail(CallError(f"the call ended: {reason}", code))
        except CallError as error:
            self._fail(error)
        except ProtocolError as error:
            self._fail(CallError(f"the server broke the protocol: {error}", error.code))
        except Exception as error:
            log.exception("the receive thread failed")
            self._fail(CallError(f"the call ended by a fault of this program: {error}", ErrorCode.GENERAL))
        finally:
            self._peer.stop()
            self._inbox.close()

    def _take(self, packet: Packet) -> None:
        try:
            self._arrivals.take(packet)
        except ChecksumError:
            self._describe_view()  # it is answered with a whole picture

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
            self._sender.close()
            for thread in self._threads:
                thread.join()
            self._peer.wipe()
            self._sock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _streams(*, video: bool, audio: bool) -> Stream:
    return (Stream.VIDEO if video else Stream(0)) | (Stream.AUDIO if audio else Stream(0))
