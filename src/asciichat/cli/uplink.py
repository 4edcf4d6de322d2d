"""Sends our picture and sound into a call, and into the next one after a reconnection."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

from asciichat.client import Call, CallError
from asciichat.media.errors import MediaError
from asciichat.media.source import SAMPLE_RATE, AudioSource, LiveAudio, Losable, Samples, VideoSource
from asciichat.media.tape import Tape

log = logging.getLogger(__name__)

_BLOCK: Final = 480
"""Samples sent at once: 10 ms, an Opus packet."""
SOUND_AHEAD: Final = 0.035
"""Seconds sound takes longer than pictures to those who hear and see it: packets and jitter buffers, on a good network."""
_LATEST: Final = 0.2
"""Seconds of delay that are made up for by sending faster."""


class Uplink:
    """Two threads, one for pictures and one for sound, that run as long as the block.

    Parameters
    ----------
    video, audio
        What to send; None sends nothing. They stay open: whoever opened them closes them.

    Attributes
    ----------
    report
        Called with a sentence when a source cannot be read any more.
    tape
        Gets what we say; None: nothing does.
    """

    def __init__(self, video: VideoSource | None, audio: AudioSource | LiveAudio | None) -> None:
        self._video = video
        self._video_ended = False
        self._audio = audio
        self._call: Call | None = None
        self._stop = threading.Event()
        self._again = threading.Event()  # a film that was over may go on from another place
        self._threads: list[threading.Thread] = []
        self._talk_until = 0.0
        self._announcing = threading.Lock()
        self._camera_off = False
        self._muted = False
        self.report: Callable[[str], None] = log.warning
        self.tape: Tape | None = None

    def attach(self, call: Call | None) -> None:
        """Send into this call from now on; None: into none."""
        self._call = call
        self._announce()

    @property
    def camera_off(self) -> bool:
        """Send no pictures; the others are told."""
        return self._camera_off

    @camera_off.setter
    def camera_off(self, off: bool) -> None:
        self._camera_off = off
        self._announce()

    @property
    def muted(self) -> bool:
        """Send no sound but while somebody talks with the key held; the others are told."""
        return self._muted

    @muted.setter
    def muted(self, muted: bool) -> None:
        self._muted = muted
        self._announce()

    def __enter__(self) -> Self:
        if self._video is not None:
            self._threads.append(threading.Thread(target=self._send_video, name="uplink-video", daemon=True))
        if self._audio is not None:
            self._threads.append(threading.Thread(target=self._send_audio, name="uplink-audio", daemon=True))
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._again.set()
        if self._video is not None:
            self._video.close()  # ends its iteration
        for thread in self._threads:
            thread.join()

    def _send_video(self) -> None:
        assert self._video is not None
        if isinstance(self._video, Losable):
            self._video.watch(self._announce)  # a camera that is unplugged shows nobody
        while not self._stop.is_set():
            came = False
            try:
                for frame in self._video:
                    if not came:
                        came, self._video_ended = True, False
                        self._announce()
                    call = self._call
                    if call is not None and not self.camera_off:
                        try:
                            call.send_video(frame)
                        except CallError:
                            self._forget(call)
            except MediaError as error:
                self.report(str(error))
                came = False
            # Of a film that has ended nobody is to see the last picture for ever.
            self._video_ended = True
            self._announce()
            if came and not self._stop.is_set():
                self.report("What you showed is over: nobody sees you now.")
            self._again.wait()
            self._again.clear()

    def look_again(self) -> None:
        """The file was moved about in: if it was over, there may be pictures again."""
        self._again.set()

    def _send_audio(self) -> None:
        assert self._audio is not None
        try:
            pump(self._audio, self._give_audio, self._stop)
        except MediaError as error:
            self.report(str(error))

    def talk_for(self, seconds: float) -> None:
        """Be heard for so long although muted: push to talk."""
        self._talk_until = time.monotonic() + seconds
        self._announce()

    @property
    def heard(self) -> bool:
        """Whether sound is sent at this moment."""
        return not self._muted or time.monotonic() < self._talk_until

    def _give_audio(self, block: Samples) -> None:
        call = self._call
        if call is None:
            return
        if not self.heard:
            self._announce()  # somebody who held the key has let go
            return
        if self.tape is not None:
            self.tape.say(block)
        try:
            call.send_audio(block)
        except CallError:
            self._forget(call)

    def _announce(self) -> None:
        """Tell the others what we send from now on; what they know already is not said again. Any thread."""
        call = self._call
        if call is None:
            return
        with self._announcing:  # else what was true a moment ago could be said last
            seen = self._shows() and not self._camera_off
            heard = self._audio is not None and self.heard
            try:
                call.start_streams(video=seen, audio=heard)
                call.stop_streams(video=not seen, audio=not heard)
            except CallError:
                self._forget(call)

    @property
    def has_pictures(self) -> bool:
        """Is there anything to be seen of us, even if it is turned off?"""
        return self._video is not None

    @property
    def has_sound(self) -> bool:
        """Is there anything to be heard of us, even if it is muted?"""
        return self._audio is not None

    @property
    def lost(self) -> bool:
        """Has the camera gone away?"""
        return isinstance(self._video, Losable) and self._video.lost is not None

    def _shows(self) -> bool:
        return self._video is not None and not self._video_ended and not self.lost

    def _forget(self, call: Call) -> None:
        """A call that has ended is not sent into again; a new one may have been attached meanwhile."""
        if self._call is call:
            self._call = None


def pump(audio: AudioSource | LiveAudio, give: Callable[[Samples], None], stop: threading.Event) -> None:
    """Carry sound from a source, until `stop` is set: a live one's as it comes, another's 10 ms at a time."""
    if not isinstance(audio, AudioSource):
        while not stop.is_set():
            block = audio.next(_LATEST)
            if block is not None:
                give(block)
        return
    due = time.monotonic()
    while not stop.wait(max(0.0, due - time.monotonic())):
        give(audio.read(_BLOCK))
        # After a sleep of the whole computer, what was missed is not made up for.
        due = max(due + _BLOCK / SAMPLE_RATE, time.monotonic() - _LATEST)
