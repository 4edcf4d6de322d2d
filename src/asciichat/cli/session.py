"""A call on the screen: showing and playing what comes, calling again when it breaks off."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypedDict

from asciichat.client import Call, CallError, Notice, Picture, Sound
from asciichat.client.appearance import Color, Mode, Seating
from asciichat.media.devices import Speaker
from asciichat.media.effects import Adjusted
from asciichat.media.file import MediaFile
from asciichat.terminal.signals import SignalWatch
from asciichat.terminal.text import harmless_frame

from .controls import Control
from .display import Display
from .exits import SIGNAL, TIMEOUT, CommandError
from .look import Look
from .playing import file_controls, volume_controls
from .seats import Seats
from .stage import Stage
from .traffic import Traffic
from .uplink import Uplink

log = logging.getLogger(__name__)

_PAUSE_AFTER_LOSS: Final = 1.0
_FIRST_DELAY: Final = 0.1
_DELAY_STEP: Final = 0.2
_LONGEST_DELAY: Final = 5.0
"""Seconds: the native client's."""

_FIRST_PICTURE_WITHIN: Final = 5.0
"""Seconds a snapshot waits for a picture beyond its delay."""
_REFRESH_EVERY: Final = 0.5
"""Seconds after which the status line is looked at even if nothing comes."""

_TALK_FOR: Final = 0.7
"""Seconds the key to talk holds on: keyboards begin to repeat a held key after up to 0.66."""


class View(TypedDict):
    """What a call is asked for: a screen of that size that looks so, and on which people sit so."""

    columns: int
    rows: int
    color: Color
    mode: Mode
    palette: str
    utf8: bool
    padding: bool
    rep: bool
    names: bool
    self_view: bool
    seating: Seating
    focus: int | None
    page: int


Dial = Callable[[View], Call]
"""Calls the server."""


def reconnect_delay(attempt: int) -> float:
    """Seconds to wait before the attempt of this number, from 1."""
    return min(_LONGEST_DELAY, _FIRST_DELAY + _DELAY_STEP * (attempt - 1))


class Session:
    """One call and those that replace it.

    Parameters
    ----------
    dial
        Makes a call.
    display
        How to draw.
    uplink
        What we send; it is not yet running.
    video, file
        Our own picture and the file it comes from, for the keys that change them.
    speaker
        Plays what we hear; None: nothing does.
    push_to_talk
        Begin muted, with a key that is held to be heard.
    """

    def __init__(
        self,
        dial: Dial,
        display: Display,
        uplink: Uplink,
        *,
        video: Adjusted | None = None,
        file: MediaFile | None = None,
        speaker: Speaker | None = None,
        push_to_talk: bool = False,
    ) -> None:
        self._dial = dial
        self._display = display
        self._uplink = uplink
        self._video = video
        self._file = file
        self._speaker = speaker
        self._push_to_talk = push_to_talk
        self._uplink.muted = push_to_talk
        self._uplink.report = self._say
        self._call: Call | None = None
        self._people: str | None = None
        self._traffic = Traffic()
        self._look = Look(display, video, changed=self._restyle, say=self._say)
        self._seats = Seats(changed=self._reseat, say=self._say)
        self._stage: Stage | None = None

    def run(self, attempts: int = -1, notes: Sequence[str] = (), *, record_to: Path | None = None) -> int:
        """Show the call until the user leaves. Returns the exit code.

        Parameters
        ----------
        attempts
            How often to call again after a loss; -1: for ever.
        notes
            Sentences to show at the beginning.
        record_to
            Record everything into this file.

        Raises
        ------
        CallError
            The call could not be made, or broke off for good.
        """
        stage = Stage(
            self._display,
            controls=self._controls(),
            on_resize=self._resize,
            statistics=self._statistics,
            record_to=record_to,
        )
        try:
            call = self._dial(
                self._view(*stage.size)
            )  # before the screen is taken: it may ask for a password
            with stage, self._uplink:
                self._stage = stage
                for note in notes:
                    stage.say(note)
                while True:
                    with call:
                        try:
                            self._show(call, stage)
                        except CallError as error:
                            lost = error
                        else:
                            return 0
                    call = self._call_again(lost, attempts, stage)
        except KeyboardInterrupt:
            return 0

    def run_snapshot(self, choose: Callable[[Call], str]) -> int:
        """Print one picture of the call. Returns the exit code.

        Parameters
        ----------
        choose
            Gives its text; see :func:`picture_after`.

        Raises
        ------
        CallError
            The call could not be made or broke off.
        """
        view = self._view(self._display.columns, self._display.rows)
        try:
            with SignalWatch(), self._dial(view) as call, self._uplink:
                self._uplink.attach(call)
                text = choose(call)
        except KeyboardInterrupt:
            return SIGNAL
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
        return 0

    def _view(self, columns: int, rows: int) -> View:
        display, look, seats = self._display, self._look, self._seats
        return View(
            columns=columns,
            rows=rows,
            color=look.color,
            mode=look.mode,
            palette=look.palette,
            utf8=display.utf8,
            padding=display.interactive,
            rep=display.repeats,
            names=seats.names,
            self_view=seats.self_view,
            seating=seats.seating,
            focus=seats.focus,
            page=seats.page,
        )

    def _show(self, call: Call, stage: Stage) -> None:
        self._call = call
        self._people = None
        self._traffic.begin(call)
        self._uplink.attach(call)
        if self._speaker is not None:
            # Not by way of this loop: a terminal that takes its time must not hold sound up.
            call.hear_into(self._speaker.buffer)
        try:
            while True:
                event = call.next_event(_REFRESH_EVERY)
                if event is None and call.ended:
                    return
                stage.set_facts(*self._facts(call))
                match event:
                    case Picture():
                        self._traffic.picture()
                        stage.show(safe_text(event), clear=event.clear, changes=event.changes)
                    case Notice():
                        self._notice(event, stage)
                    case None:
                        stage.refresh()
                    case Sound():
                        pass  # nothing plays it, or it came before the loudspeaker was told to
        finally:
            self._uplink.attach(None)
            self._call = None

    def _call_again(self, error: CallError, attempts: int, stage: Stage) -> Call:
        attempt = 0
        while True:
            attempt += 1
            if not error.retry or 0 <= attempts < attempt:
                raise error
            message = f"Calling again ({attempt}): {error}."
            log.warning("%s", message)
            stage.set_facts()
            stage.say(message, 60.0)
            time.sleep(reconnect_delay(attempt) + (_PAUSE_AFTER_LOSS if attempt == 1 else 0))
            try:
                call = self._dial(self._view(*stage.size))
            except CallError as again:
                error = again
            else:
                stage.say("Back in the call.")
                stage.forget()
                return call

    def _notice(self, notice: Notice, stage: Stage) -> None:
        if notice.level >= logging.INFO:
            stage.say(notice.message)
            log.log(notice.level, "server: %s", notice.message)
        else:
            self._people = notice.message
            stage.refresh()

    def _facts(self, call: Call) -> list[str]:
        facts = ["🔒" if call.encrypted else "🔓"]
        if self._people:
            facts.append(self._people)
        if not self._uplink.heard:
            facts.append("muted")
        if self._speaker is not None and self._speaker.lost:
            facts.append("no loudspeaker")
        if self._uplink.lost:
            facts.append("no camera")
        if self._uplink.camera_off:
            facts.append("camera off")
        return facts

    # --- keys ------------------------------------------------------------------------------------------------------

    def _controls(self) -> list[Control]:
        return [
            Control(("m",), "m", "mute your microphone", self._mute),
            *([Control(("t",), "t", "hold to be heard", self._talk)] if self._push_to_talk else ()),
            Control(("v",), "v", "turn your camera off", self._turn_camera),
            *self._look.controls(),
            *self._seats.controls(),
            *file_controls(self._file, self._say),
            *volume_controls(self._speaker, self._say),
        ]

    def _mute(self) -> None:
        self._uplink.muted = not self._uplink.muted
        self._say("Nobody hears you." if self._uplink.muted else "You are heard.")

    def _talk(self) -> None:
        """A terminal tells of keys held by repeating them, and never of their release."""
        self._uplink.talk_for(_TALK_FOR)

    def _turn_camera(self) -> None:
        self._uplink.camera_off = not self._uplink.camera_off
        self._say("Nobody sees you." if self._uplink.camera_off else "You are seen.")

    def _say(self, message: str) -> None:
        stage, call = self._stage, self._call
        if stage is not None:
            if call is not None:
                stage.set_facts(*self._facts(call))
            stage.say(message, 3.0)

    def _resize(self, columns: int, rows: int) -> None:
        self._tell_server(lambda call: call.resize(columns, rows))

    def _restyle(self) -> None:
        look = self._look
        if self._stage is not None:
            self._stage.forget()
        self._tell_server(
            lambda call: call.restyle(look.color, look.mode, look.palette, utf8=self._display.utf8)
        )

    def _reseat(self) -> bool:
        seats, call = self._seats, self._call
        if call is not None and not call.arranges:
            return False
        self._tell_server(
            lambda call: call.seat(
                seats.seating,
                focus=seats.focus,
                page=seats.page,
                names=seats.names,
                self_view=seats.self_view,
            )
        )
        return True

    def _tell_server(self, tell: Callable[[Call], None]) -> None:
        call = self._call
        if call is not None:
            try:
                tell(call)
            except CallError as error:  # it has just ended: the next one will be told at its beginning
                log.debug("%s", error)

    def _statistics(self) -> list[str]:
        call, stage = self._call, self._stage
        if call is None or stage is None:
            return ["not in a call"]
        look, (columns, rows) = self._look, stage.size
        return [
            *self._traffic.lines(call),
            f"screen    {columns} x {rows}, {look.color}, {look.mode}, {look.palette}",
            f"picture   {self._sent_picture(call)}",
            f"line      {'encrypted' if call.encrypted else 'in clear: anybody on the way can read it'}",
        ]

    def _sent_picture(self, call: Call) -> str:
        if self._video is None:
            return "none"
        seen = "" if call.shown is None else f", seen at {call.shown[0]} x {call.shown[1]} at most"
        return f"sent as {call.video_codec}{seen}" if call.shown != (0, 0) else "seen by nobody"


def safe_text(picture: Picture) -> str:
    """The picture's text, without what could command a terminal."""
    return picture.text if picture.checked else harmless_frame(picture.text)


def picture_after(delay: float, call: Call) -> str:
    """The picture that stands after `delay` seconds, or the first one after them.

    Raises
    ------
    CommandError
        No picture came.
    """
    end = time.monotonic() + delay
    newest: str | None = None
    while True:
        left = end - time.monotonic()
        if newest is not None and left <= 0:
            return newest
        event = call.next_event(left if left > 0 else max(0.0, left + _FIRST_PICTURE_WITHIN))
        if isinstance(event, Picture):
            newest = safe_text(event)
        elif event is None and (call.ended or end + _FIRST_PICTURE_WITHIN <= time.monotonic()):
            if newest is not None:
                return newest
            waited = f"{delay + _FIRST_PICTURE_WITHIN:.0f} s"
            raise CommandError(f"No picture came within {waited}: nobody in the call shows one.", TIMEOUT)
