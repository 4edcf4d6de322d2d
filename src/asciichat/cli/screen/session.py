"""A call on the screen: showing and playing what comes, calling again when it breaks off."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from asciichat.cli.display import Display
from asciichat.cli.exits import SIGNAL
from asciichat.cli.listener import Listener
from asciichat.cli.recording.call_recording import Recordings
from asciichat.cli.recording.snapshot import safe_text
from asciichat.cli.redial import Dial, View, call_again
from asciichat.cli.uplink import Uplink
from asciichat.client import Call, CallError, Notice, People, Person, Picture, Sound, Text
from asciichat.media.devices import Speaker
from asciichat.media.effects import Adjusted
from asciichat.media.file import MediaFile
from asciichat.terminal.signals import SignalWatch

from .chat import Chat
from .controls import Control, absent
from .look import Look
from .playing import NOTHING_PLAYED, file_controls, volume_controls
from .roster import comings, roster
from .seats import Seats
from .sending import SpaceBar, sending_controls
from .stage import Stage
from .status import Fact
from .traffic import Traffic, line_facts, sent_picture

log = logging.getLogger(__name__)

_REFRESH_EVERY: Final = 0.5
"""Seconds after which the status line is looked at even if nothing comes."""


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
    listener
        Hears it where nothing plays it.
    push_to_talk
        Begin muted, with a key that is held to be heard.
    place
        Whom `dial` calls, for the person who waits.
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
        listener: Listener | None = None,
        push_to_talk: bool = False,
        place: str = "the server",
    ) -> None:
        self._dial = dial
        self._display = display
        self._uplink = uplink
        self._video = video
        self._file = file
        self._speaker = speaker
        self._ears = speaker or listener
        self._push_to_talk = push_to_talk
        self._place = place
        self._uplink.muted = push_to_talk
        self._uplink.report = self._tell
        self._call: Call | None = None
        self._count: str | None = None  # from a server that gives no names
        self._people: tuple[Person, ...] = ()
        self._chat = Chat(self._send_text)
        self._traffic = Traffic()
        self._look = Look(display, video, changed=self._restyle, say=self._say)
        self._seats = Seats(changed=self._reseat, say=self._say, people=lambda: self._people)
        self._stage: Stage | None = None

    def run(
        self,
        attempts: int = -1,
        notes: Sequence[str] = (),
        *,
        recordings: Recordings = Recordings(),  # noqa: B008 - frozen
    ) -> int:
        """Show the call until the user leaves. Returns the exit code.

        Parameters
        ----------
        attempts
            How often to call again after a loss; -1: for ever.
        notes
            Sentences to show at the beginning.
        recordings
            How recordings are made, and into which file one is from the beginning.

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
            recordings=recordings,
            chat=self._chat,
        )
        try:
            with stage:
                self._stage = stage
                stage.splash(f"Calling {self._place}…")
                for note in notes:
                    stage.tell(note)
                call = self._dial(self._view(*stage.size))
                stage.splash("The call is open; a picture is to come.")
                with self._uplink:
                    return self._stay(call, attempts, stage)
        except KeyboardInterrupt:
            return 0
        finally:
            self._stage = None

    @contextmanager
    def aside(self) -> Iterator[None]:
        """The screen is put away while the block runs, to ask a person something on the terminal."""
        if self._stage is None:
            yield
        else:
            with self._stage.aside():
                yield

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
        self._count, self._people = None, ()
        self._traffic.begin(call)
        self._uplink.attach(call)
        if self._ears is not None:
            # Not by way of this loop: a terminal that takes its time must not hold sound up.
            call.hear_into(self._ears.buffer)
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
                    case People():
                        self._meet(event.people, stage)
                    case Text():
                        self._chat.heard("You" if event.own else event.sender, event.text)
                        stage.refresh()
                    case None:
                        stage.refresh()
                    case Sound():
                        pass  # nothing plays it, or it came before the loudspeaker was told to
        finally:
            self._uplink.attach(None)
            self._call = None

    def _stay(self, call: Call, attempts: int, stage: Stage) -> int:
        """Show the call, and those that replace it."""
        while True:
            with call:
                try:
                    self._show(call, stage)
                except CallError as error:
                    lost = error
                else:
                    return 0
            call = self._call_again(lost, attempts, stage)

    def _call_again(self, lost: CallError, attempts: int, stage: Stage) -> Call:
        def say(message: str) -> None:
            stage.set_facts("no call")
            stage.say(message, 60.0)

        call = call_again(lambda: self._dial(self._view(*stage.size)), lost, attempts, say)
        stage.say("Back in the call.")
        stage.forget()
        return call

    def _notice(self, notice: Notice, stage: Stage) -> None:
        if notice.level >= logging.INFO:
            stage.tell(notice.message)
            log.log(notice.level, "server: %s", notice.message)
        else:
            self._count = notice.message
            stage.refresh()

    def _meet(self, people: tuple[Person, ...], stage: Stage) -> None:
        before, self._people = self._people, people
        if before:  # at first, everybody is there already
            for sentence in comings(before, people):
                stage.tell(sentence)
        if self._call is not None:
            stage.set_facts(*self._facts(self._call))
        stage.refresh()

    def _facts(self, call: Call) -> list[Fact]:
        lock = "🔓 in clear" if not call.encrypted else "🔒 verified" if call.verified else "🔒 encrypted"
        facts: list[Fact] = [lock]
        if self._people:
            facts.append(lambda room: roster(self._people, room, utf8=self._display.utf8))
        elif self._count:
            facts.append(self._count)
        if any(person.me and person.muted for person in self._people):
            facts.append("muted by the operator")
        elif not self._uplink.heard:
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
            *absent(
                {
                    **NOTHING_PLAYED,
                    ("f", "x", "y"): "You send no picture.",
                    ("0",): "It rains only in asciichat mirror.",
                },
                self._say,
            ),
            *sending_controls(self._uplink, self._say, space=self._space()),
            Control(("t",), "t", "write to everybody; Esc ends it", self._write),
            *self._look.controls(),
            *self._seats.controls(),
            *file_controls(
                self._file, self._say, space=not self._push_to_talk, moved=self._uplink.look_again
            ),
            *volume_controls(self._speaker, self._say),
        ]

    def _space(self) -> SpaceBar:
        if self._push_to_talk:
            return "talk"
        return "file" if self._file is not None else "pause"

    def _write(self) -> None:
        call = self._call
        if call is None:
            self._say("There is no call to write into.")
        elif not call.talks:
            self._say("This server does not pass text on.")
        else:
            self._chat.open()
            if self._stage is not None:
                self._stage.refresh()

    def _send_text(self, line: str) -> str | None:
        call = self._call
        if call is None:
            return "Not sent: the call has broken off."
        try:
            call.send_text(line)
        except (CallError, ValueError) as error:
            return f"Not sent: {error}."
        return None

    def _say(self, message: str) -> None:
        stage, call = self._stage, self._call
        if stage is not None:
            if call is not None:
                stage.set_facts(*self._facts(call))
            stage.say(message, 3.0)

    def _tell(self, news: str) -> None:
        """What happens by itself stays longer than the answer to a key."""
        if self._stage is not None:
            self._stage.tell(news)

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
            *line_facts(call),
            f"screen     {columns} x {rows}, {look.color}, {look.mode}, {look.palette}",
            f"picture    {'none' if self._video is None else sent_picture(call)}",
        ]
