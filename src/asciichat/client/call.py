"""One call: what is sent in it, and how one sees it."""

from __future__ import annotations

import socket
import threading

import numpy as np
from numpy.typing import NDArray

from asciichat._core.arrays import check_frame, check_samples
from asciichat._core.peer import Packet
from asciichat.client.appearance import Color, Mode, Seating
from asciichat.client.arrivals import Arrivals
from asciichat.client.codec_choice import CodecChoice
from asciichat.client.connection import Connection
from asciichat.client.errors import CallError
from asciichat.client.events import Person
from asciichat.client.picture_sender import PictureSender
from asciichat.client.sound_sender import SoundSender
from asciichat.client.view import View
from asciichat.protocol.errors import ChecksumError
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
from asciichat.protocol.types import Feature, PacketType, Stream


class Call(Connection):
    """A call in progress; made by :func:`connect`.

    Iterate over it to receive; send from any thread. It ends when either side closes it, and as a context manager it
    closes itself; one that nobody holds any more hangs up, with a ResourceWarning. Several threads may take its events:
    each event goes to one of them.

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
        proved = result.proved
        super().__init__(sock, result)
        self._view = View(capabilities, options)
        self._announcing = threading.Lock()
        self._streams = Stream(0)  # what we announced
        self._sender = PictureSender(self._peer, choice, signs=Feature.PICTURE_SIZE in self._features)
        self._sound = SoundSender(self._peer, short=Feature.SHORT_SOUND in self._features)
        self._arrivals = Arrivals(self._features, self._inbox, self._sender.show)
        self.verified = self.encrypted and bool(
            proved & (Proof.PASSWORD | Proof.IDENTITY if checked else Proof.PASSWORD)
        )
        if introduction is not None and Feature.VIEW_OPTIONS in self._features:
            # First, so that nobody is told of us under another name.
            self._control(PacketType.CLIENT_JOIN, introduction.encode())
        self._describe_view()
        self._start()

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

    def _describe_view(self) -> None:
        """Tell the server what we can show and want; it sends a whole picture next."""
        self._control(PacketType.CLIENT_CAPABILITIES, self._view.capabilities.encode())
        if Feature.VIEW_OPTIONS in self._features:
            self._control(PacketType.VIEW_OPTIONS, self._view.options.encode())

    def _take(self, packet: Packet) -> None:
        try:
            self._arrivals.take(packet)
        except ChecksumError:
            self._describe_view()  # it is answered with a whole picture

    def _stop_sending(self) -> None:
        self._sender.close()


def _streams(*, video: bool, audio: bool) -> Stream:
    return (Stream.VIDEO if video else Stream(0)) | (Stream.AUDIO if audio else Stream(0))
