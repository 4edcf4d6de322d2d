"""A call told in lines: for screen readers, for terminals that cannot move their cursor, and for logs.

Nothing is drawn. A line is printed when somebody comes, leaves, speaks, is muted or writes; a line that is typed is written
to everybody, and one that begins with a slash is a command.
"""

from __future__ import annotations

import logging
import os
import select
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from types import TracebackType
from typing import Final, Self

from asciichat.cli.redial import Dial, View, call_again
from asciichat.cli.uplink import Uplink
from asciichat.client import Call, CallError, Notice, People, Person, Text
from asciichat.media.devices import Speaker
from asciichat.terminal.guard import Guard
from asciichat.terminal.signals import SignalWatch
from asciichat.terminal.text import harmless_line

from .roster import comings
from .stage import interrupt_main_thread

_HELP: Final = (
    "What you type is written to everybody. Commands: /who, /mute, /camera, /leave (or Ctrl-C), /help."
)
_LOOK_EVERY: Final = 0.5
"""Seconds after which it is seen that a call has ended."""


class PlainSession:
    """One call and those that replace it, told in lines on standard output.

    Parameters
    ----------
    dial
        Makes a call.
    uplink
        What we send; it is not yet running.
    speaker
        Plays what we hear; None: nothing does.
    place
        Whom `dial` calls, for the person who waits.
    typed
        Take lines from standard input.
    """

    def __init__(
        self, dial: Dial, uplink: Uplink, *, speaker: Speaker | None, place: str, typed: bool = True
    ) -> None:
        self._dial = dial
        self._uplink = uplink
        self._uplink.report = self._tell
        self._speaker = speaker
        self._place = place
        self._typed = typed
        self._call: Call | None = None
        self._people: tuple[Person, ...] = ()
        self._spoke: int | None = None  # whose voice was told of last

    def run(self, attempts: int = -1, notes: Sequence[str] = ()) -> int:
        """Tell the call until the user leaves. Returns the exit code.

        Parameters
        ----------
        attempts
            How often to call again after a loss; -1: for ever.
        notes
            Sentences to begin with.

        Raises
        ------
        CallError
            The call could not be made, or broke off for good.
        """
        sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
        try:
            with SignalWatch(), Guard():
                for note in notes:
                    self._tell(note)
                self._tell(f"Calling {self._place}.")
                call = self._dial(_VIEW)
                with self._uplink, _Lines(self._take) if self._typed else nullcontext():
                    while True:
                        with call:
                            try:
                                self._follow(call)
                            except CallError as error:
                                lost = error
                            else:
                                return 0
                        call = call_again(lambda: self._dial(_VIEW), lost, attempts, self._tell)
        except KeyboardInterrupt:
            self._tell("You have left the call.")
            return 0

    def _follow(self, call: Call) -> None:
        self._call, self._people, self._spoke = call, (), None
        count = ""
        self._uplink.attach(call)
        if self._speaker is not None:
            call.hear_into(self._speaker.buffer)
        lock = "in clear: anybody on the way can read it" if not call.encrypted else "encrypted"
        if call.encrypted:
            lock += (
                " and the server is verified" if call.verified else "; nobody has proved who the server is"
            )
        self._tell(f"The call is open, {lock}.")
        if self._typed:
            self._tell(_HELP)
        try:
            while True:
                match call.next_event(_LOOK_EVERY):
                    case None if call.ended:
                        return
                    case People(people=people):
                        self._meet(people)
                    case Text(sender=sender, text=text, own=own):
                        self._tell(f"{'You' if own else sender}: {text}")
                    case Notice(level=level, message=message) if level >= logging.INFO:
                        self._tell(message)
                    case Notice(message=message) if not call.knows_people and message != count:
                        count = message  # all that a native server says
                        self._tell(f"{message}.")
        finally:
            self._uplink.attach(None)
            self._call = None

    def _meet(self, people: tuple[Person, ...]) -> None:
        before, self._people = self._people, people
        if not before:
            self._who()
        else:
            for sentence in comings(before, people):
                self._tell(sentence)
        was = {person.slot: person for person in before}
        for person in people:
            if person.slot not in was:
                continue
            if person.me:
                if person.muted != was[person.slot].muted:
                    self._tell(
                        f"The operator has {'muted you' if person.muted else 'let you be heard again'}."
                    )
                continue
            if _silent(person) != _silent(was[person.slot]):
                self._tell(f"{person.name} is {'muted' if _silent(person) else 'no longer muted'}.")
            # Who goes on after a pause is not told of again, until somebody else has spoken.
            if person.speaking and not was[person.slot].speaking and self._spoke != person.slot:
                self._spoke = person.slot
                self._tell(f"{person.name} speaks.")

    # --- what is typed ---------------------------------------------------------------------------------------------

    def _take(self, line: str) -> None:
        line = line.strip()
        commands: dict[str, Callable[[], None]] = {
            "/who": self._who,
            "/mute": self._mute,
            "/camera": self._turn_camera,
            "/leave": interrupt_main_thread,
            "/quit": interrupt_main_thread,
            "/help": lambda: self._tell(_HELP),
        }
        if line.startswith("/"):
            commands.get(line, lambda: self._tell(f"There is no command {line}. {_HELP}"))()
        elif line:
            self._write(line)

    def _write(self, line: str) -> None:
        call = self._call
        if call is None:
            self._tell("Not sent: there is no call at the moment.")
        elif not call.talks:
            self._tell("Not sent: this server does not pass text on.")
        else:
            try:
                call.send_text(line)
            except (CallError, ValueError) as error:
                self._tell(f"Not sent: {error}.")

    def _who(self) -> None:
        names = [
            f"{person.name}{' (muted)' if _silent(person) else ''}"
            for person in self._people
            if not person.me
        ]
        if names:
            self._tell(f"In the call with you: {', '.join(names)}.")
        elif self._people:
            self._tell("Nobody else is here yet.")
        else:
            self._tell("This server does not say who is in the call.")

    def _mute(self) -> None:
        if not self._uplink.has_sound:
            self._tell("You send no sound.")
            return
        self._uplink.muted = not self._uplink.muted
        self._tell("Nobody hears you." if self._uplink.muted else "You are heard.")

    def _turn_camera(self) -> None:
        if not self._uplink.has_pictures:
            self._tell("You send no picture.")
            return
        self._uplink.camera_off = not self._uplink.camera_off
        self._tell("Nobody sees you." if self._uplink.camera_off else "You are seen.")

    def _tell(self, sentence: str) -> None:
        print(harmless_line(sentence), flush=True)


_VIEW: Final = View(
    # Nobody looks at it: the smallest there is.
    columns=20, rows=10, color="none", mode="foreground", palette="standard", utf8=False, padding=False, rep=False,
    names=False, self_view=False, seating="auto", focus=None, page=0,
)  # fmt: skip


def _silent(person: Person) -> bool:
    return person.muted or not person.sound


class _Lines:
    """A thread that takes lines from standard input, inside a ``with`` block. On a terminal, their end ends the call."""

    def __init__(self, take: Callable[[str], None]) -> None:
        self._take = take

    def __enter__(self) -> Self:
        self._reader, self._writer = os.pipe()
        self._thread = threading.Thread(target=self._run, name="lines", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.write(self._writer, b"\0")
        self._thread.join()
        os.close(self._reader)
        os.close(self._writer)

    def _run(self) -> None:
        pending = b""
        while True:
            ready, _, _ = select.select([0, self._reader], [], [])
            if self._reader in ready:
                return
            try:
                data = os.read(0, 4096)
            except OSError:
                data = b""
            if not data:
                if os.isatty(0):
                    interrupt_main_thread()
                return
            *lines, pending = (pending + data).split(b"\n")
            for line in lines:
                self._take(line.decode(errors="replace"))
