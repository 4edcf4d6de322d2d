"""The screen as a person sees it: picture, status line, boxes, and the keys that are the same everywhere."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from asciichat.cli.display import STATUS_ROWS, Display
from asciichat.cli.exits import FILE, CommandError
from asciichat.cli.recording.call_recording import Recording, Recordings
from asciichat.cli.recording.picture_files import Seen
from asciichat.media.errors import MediaError
from asciichat.terminal.guard import Guard
from asciichat.terminal.input import Input
from asciichat.terminal.keys import Pasted
from asciichat.terminal.screen import Screen
from asciichat.terminal.signals import SignalWatch

from .chat import Chat
from .controls import Control, Controls
from .overlay import box
from .splash import splash
from .status import Fact, StatusLine

STATISTICS_EVERY: Final = 0.5
"""Seconds after which the statistics are counted anew."""

_KEYS: Final = {
    " ": "The space bar", "page-up": "PgUp", "page-down": "PgDn", "up": "Up", "down": "Down", "left": "Left",
    "right": "Right", "enter": "Enter", "tab": "Tab", "backspace": "Backspace", "home": "Home", "end": "End",
    "delete": "Delete",
}  # fmt: skip
"""How keys are called that have no character of their own."""
_SCROLLING: Final = {"up": -1, "down": 1, "page-up": -5, "page-down": 5}
"""Rows by which keys move help that has no room."""


class Stage:
    """Where pictures are shown, inside a ``with`` block.

    Parameters
    ----------
    display
        How to draw.
    controls
        Keys beyond those that are the same everywhere.
    on_resize
        Called with the columns and rows there now are for pictures, on a thread of its own; not if the size was given.
    statistics
        Lines for the statistics box.
    recordings
        How recordings are made, and into which file one is from the beginning.
    chat
        What is written in a call, if it is one.

    Raises
    ------
    CommandError, MediaWriteError
        On entering: the recording cannot be written; on leaving: it could not be written to its end.
    """

    def __init__(
        self,
        display: Display,
        *,
        controls: Sequence[Control] = (),
        on_resize: Callable[[int, int], None] = lambda columns, rows: None,
        statistics: Callable[[], list[str]] = list,
        recordings: Recordings = Recordings(),  # noqa: B008 - frozen
        chat: Chat | None = None,
    ) -> None:
        self._display = display
        self._size = (display.columns, display.rows)
        self._on_resize = on_resize
        self._statistics = statistics
        self._recordings = recordings
        self._chat = chat
        self._recorder: Recording | None = None
        self._recording = threading.Lock()
        self._lost = ""  # why a recording is not whole
        self._left = False  # there is no screen any more
        self._text = ""
        self._splash: str | None = None
        self._facts: tuple[Fact, ...] = ()
        self._box: str | None = None
        self._scrolled = 0  # the first line of the help that is shown
        self._counted = 0.0
        hints: tuple[str, ...] = ("? keys · q leave", "? keys")
        if chat is not None:
            hints = ("? keys · t write · q leave", *hints)
        self._status = StatusLine(utf8=display.utf8, hints=hints)
        self._controls = Controls(
            [
                Control(("?", "h"), "?", "this help", self._toggle_help),
                *controls,
                Control(("s",), "s", "save the picture to a file", self._save),
                Control(("R",), "R", "record, or stop recording (asciicast)", self._toggle_recording),
                Control(("-",), "-", "statistics", self._toggle_statistics),
                Control(("ctrl-l",), "", "", self._draw_again),
                Control(("q", "ctrl-c", "ctrl-d"), "q Esc", "leave", interrupt_main_thread),
                Control(("escape",), "q Esc", "leave", self._close_box_or_leave),
            ]
        )

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            if self._recordings.path is not None:
                self._recorder = self._record(self._recordings.path)
            stack.callback(self._stop_recording)
            stack.enter_context(SignalWatch({signal.SIGWINCH: self._resized}))
            self._guard = guard = stack.enter_context(Guard())
            self._screen = stack.enter_context(
                Screen(guard, interactive=self._display.interactive, synchronized=self._display.synchronized)
            )
            if self._display.interactive:
                stack.enter_context(Input(guard, self._press))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
        if self._lost and self._recordings.path is not None and kind in (None, KeyboardInterrupt):
            raise CommandError(self._lost, FILE)
        if self._lost:
            _print(self._lost)

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows there are for pictures."""
        return self._size

    def show(self, text: str, *, clear: bool = False, changes: str | None = None) -> None:
        """Show a picture: rows joined by newlines. With `clear`, its layout differs from the last one's.

        `changes` is what makes it of the last one, if that is known; see :meth:`asciichat.terminal.screen.Screen.draw`.
        """
        self._text = text
        if self._splash is not None:
            self._splash = None
            self._screen.forget()
        self._lay_chat()
        footer, cursor = self._footer()
        self._screen.draw(text, clear=clear, footer=footer, cursor=cursor, changes=changes)
        with self._recording:
            if self._recorder is not None:
                self._recorder.show(text, Seen(*self._size, clear, changes))
        self._refresh_statistics()

    def splash(self, message: str) -> None:
        """Until a picture comes, say what is waited for. Only on a terminal."""
        if self._display.interactive:
            self._splash = message
            self._screen.forget()
            footer, cursor = self._footer()
            self._screen.draw(
                splash(message, *self._size, utf8=self._display.utf8), footer=footer, cursor=cursor
            )

    def aside(self) -> AbstractContextManager[None]:
        """While the block runs the terminal is as it was before: to ask a person something."""
        return self._guard.aside()

    def refresh(self) -> None:
        """Nothing new is to be shown: bring the status line and the statistics up to date."""
        self._lay_chat()
        self._screen.set_footer(*self._footer())
        self._refresh_statistics()

    def _draw_again(self) -> None:
        """Something else has written on the terminal."""
        self._screen.forget()
        if self._splash is not None:
            self.splash(self._splash)
        else:
            footer, cursor = self._footer()
            self._screen.draw(self._text, footer=footer, cursor=cursor)

    def forget(self) -> None:
        """What comes next has nothing to do with what is shown."""
        self._screen.forget()

    def say(self, message: str, seconds: float = 6.0) -> None:
        """Show a message in the status line at once, for some time."""
        self._status.say(message, seconds)
        self._screen.set_footer(*self._footer())

    def tell(self, news: str) -> None:
        """Show in the status line what happened, once what happened before could be read."""
        self._status.tell(news)
        self._screen.set_footer(*self._footer())

    def set_facts(self, *facts: Fact) -> None:
        """What the status line says for longer."""
        self._facts = facts

    def _footer(self) -> tuple[str, int | None]:
        columns, _ = self._screen.size()
        if self._chat is not None and self._chat.typing:
            return self._chat.footer(columns, self._status.message)
        recorder = self._recorder
        recording = ("● rec",) if recorder is not None and recorder.failure is None else ()
        self._status.facts = [*self._facts, *recording]
        return self._status.text(columns), None

    # --- keys ------------------------------------------------------------------------------------------------------

    def _press(self, key: str) -> None:
        chat = self._chat
        if chat is not None and chat.typing:
            chat.press(key)
            self.refresh()
        elif self._box == "help" and key in _SCROLLING and self._help_left() > 0:
            self._scrolled += _SCROLLING[key]
            self._show_help()
        elif isinstance(key, Pasted):  # what is pasted is no command
            self.say(
                "What is pasted goes nowhere" + ("." if chat is None else ": t opens a line for it."), 3.0
            )
        elif not self._controls.press(key):
            self.say(f"{_KEYS.get(key, key)} does nothing here; ? shows the keys.", 3.0)

    def _lay_chat(self) -> None:
        if self._chat is not None:
            columns, rows = self._screen.size()
            lines = self._chat.rows(columns, rows - STATUS_ROWS, utf8=self._display.utf8)
            self._screen.set_overlay(lines, "bottom")

    # --- size ------------------------------------------------------------------------------------------------------

    def _resized(self) -> None:
        self._screen.forget()
        columns, rows = self._screen.size()
        if self._box == "help":
            self._show_help()
        if not self._display.fixed:
            self._size = (columns, max(1, rows - STATUS_ROWS))
            if self._splash is not None:
                self.splash(self._splash)
            self._on_resize(*self._size)

    # --- boxes -----------------------------------------------------------------------------------------------------

    def _toggle_help(self) -> None:
        if self._box == "help":
            self._hide_box()
        else:
            self._scrolled = 0
            self._show_help()

    def _show_help(self) -> None:
        left = self._help_left()
        self._scrolled = max(0, min(self._scrolled, left))
        self._show_box("help", self._help()[self._scrolled :], "Keys, ↑ ↓" if left > 0 else "Keys")

    def _help(self) -> list[str]:
        columns, rows = self._screen.size()
        return self._controls.help(columns - 4, rows - STATUS_ROWS - 2)

    def _help_left(self) -> int:
        """How many lines of the help have no room."""
        _, rows = self._screen.size()
        return len(self._help()) - max(1, rows - STATUS_ROWS - 2)

    def _toggle_statistics(self) -> None:
        if self._box == "statistics":
            self._hide_box()
        else:
            self._show_box("statistics", self._statistics(), "Statistics")

    def _refresh_statistics(self) -> None:
        now = time.monotonic()
        if self._box == "statistics" and now - self._counted >= STATISTICS_EVERY:
            self._counted = now
            self._show_box("statistics", self._statistics(), "Statistics")

    def _show_box(self, name: str, lines: list[str], title: str) -> None:
        columns, rows = self._screen.size()
        utf8 = self._display.utf8
        title = title if utf8 else title.replace("↑ ↓", "up down")
        self._box = name
        self._screen.set_overlay(box(lines, title=title, columns=columns, rows=rows - STATUS_ROWS, utf8=utf8))

    def _hide_box(self) -> None:
        self._box = None
        self._screen.set_overlay(())

    def _close_box_or_leave(self) -> None:
        if self._box is None:
            interrupt_main_thread()
        else:
            self._hide_box()

    # --- files -----------------------------------------------------------------------------------------------------

    def _save(self) -> None:
        path = Path(time.strftime("asciichat-%Y%m%d-%H%M%S.txt"))
        try:
            path.write_text(f"{self._text}\n", encoding="utf-8")
        except OSError as error:
            self.say(f"{path} cannot be written: {error.strerror}.")
        else:
            self.say(f"Saved as {path}.")

    def _toggle_recording(self) -> None:
        with self._recording:
            recorder, self._recorder = self._recorder, None
            if recorder is None or recorder.failure is not None:
                path = Path(time.strftime("asciichat-%Y%m%d-%H%M%S.cast"))
                try:
                    self._recorder = self._record(path)
                    self._recorder.show(self._text, Seen(*self._size))
                except MediaError as error:
                    message = str(error)
                else:
                    message = f"Recording into {path}."
            else:
                message = recorder.close()
        self.say(message)

    def _record(self, path: Path) -> Recording:
        return self._recordings.begin(path, *self._size, failed=self._recording_failed)

    def _recording_failed(self, sentence: str) -> None:
        self._lost = sentence
        if not self._left:
            self.say(sentence, 20.0)

    def _stop_recording(self) -> None:
        self._left = True
        with self._recording:
            recorder, self._recorder = self._recorder, None
        sentence = None if recorder is None else recorder.close()
        if sentence is not None and not self._lost:
            _print(sentence)


def _print(sentence: str) -> None:
    """Tell the person when the terminal is as it was before; it may also be gone."""
    with suppress(OSError):
        print(sentence, file=sys.stderr)


def interrupt_main_thread() -> None:
    """As Ctrl-C does: it reaches the main thread wherever it waits, even in the middle of a connection."""
    identity = threading.main_thread().ident
    if identity is not None:
        signal.pthread_kill(identity, signal.SIGINT)
