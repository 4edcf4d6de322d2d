"""Waiting for a camera, a file or an address that takes its time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from typing import TypeVar

from asciichat.cli.display import Display
from asciichat.terminal.guard import Guard
from asciichat.terminal.screen import Screen
from asciichat.terminal.signals import SignalWatch

from .splash import splash

_T = TypeVar("_T")


def open_on_screen(message: str, display: Display, open_it: Callable[[], _T]) -> _T:
    """Open something while the screen says so, if pictures are going to be drawn there; its result.

    It runs on a thread of its own: what waits in a library for a device or a server does not hear Ctrl-C, and is left
    behind, to end with the program.
    """
    result: Future[_T] = Future()

    def run() -> None:
        try:
            result.set_result(open_it())
        except BaseException as error:
            result.set_exception(error)

    with ExitStack() as stack:
        stack.enter_context(SignalWatch())
        if display.interactive:
            guard = stack.enter_context(Guard())
            screen = stack.enter_context(Screen(guard, synchronized=display.synchronized))
            screen.draw(splash(message, display.columns, display.rows, utf8=display.utf8))
        threading.Thread(target=run, name="opening", daemon=True).start()
        return result.result()
