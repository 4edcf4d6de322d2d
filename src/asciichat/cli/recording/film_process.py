"""A film that is painted, encoded and written by a process of its own.

That is work for a processor, and most of it is Python's: in the process of a call it would hold up its screen. Besides, a
process that only reads from a pipe finishes its film whatever becomes of the one that fills it.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Final

from asciichat.media.errors import MediaWriteError
from asciichat.media.film import unwritable
from asciichat.media.source import Samples

from .picture_files import Paper, PictureFile, Seen, open_moving

_NICE: Final = 10
"""Whoever draws the call goes first."""
_IGNORED: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


def open_recording(path: Path, paper: Paper, *, sound: bool) -> PictureFile:
    """A file to record into: as :func:`open_moving`, but what costs much is done elsewhere."""
    if path.suffix.lower() == ".cast":
        return open_moving(path, paper)
    return _Elsewhere(path, paper, sound=sound)


class _Elsewhere:
    """A film in another process; see :class:`PictureFile`. One thread at a time.

    What is given waits in a pipe: :meth:`add` waits where the other process is slower.
    """

    def __init__(self, path: Path, paper: Paper, *, sound: bool) -> None:
        self._path = path
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "asciichat.cli.recording.film_process"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # the terminal shows the call
                start_new_session=True,  # what is typed on the terminal is not for it
            )
        except OSError as error:
            raise unwritable(path, error) from None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._into: BinaryIO = self._process.stdin  # type: ignore[assignment]
        self._from: BinaryIO = self._process.stdout  # type: ignore[assignment]
        self._failure: MediaWriteError | None = None
        try:
            self._give(("open", path, paper, sound))
            self._hear()
        except MediaWriteError:
            self._end()
            raise

    def add(self, text: str, seconds: float, seen: Seen | None = None) -> None:
        self._give(("add", text, seconds, seen))

    def add_sound(self, samples: Samples) -> None:
        self._give(("add_sound", samples))

    def close(self, seconds: float) -> None:
        try:
            self._give(("close", seconds))
            self._hear()
        finally:
            self._end()

    def _end(self) -> None:
        with suppress(OSError):
            self._into.close()
        self._from.close()
        self._process.wait()

    def _give(self, order: tuple[Any, ...]) -> None:
        if self._failure is not None:
            raise self._failure
        try:
            pickle.dump(order, self._into)
            self._into.flush()
        except (OSError, ValueError):  # it has ended, and perhaps has said why
            self._hear()

    def _hear(self) -> None:
        """What became of the last order, which waits for an answer."""
        try:
            self._failure = pickle.load(self._from)
        except (EOFError, OSError, ValueError):
            self._failure = MediaWriteError(
                f"{self._path} cannot be written: what was to write it has ended."
            )
        if self._failure is not None:
            raise self._failure


def main() -> None:
    """Write a film as standard input orders, and answer on standard output: None, or an error after which nothing comes."""
    for number in _IGNORED:
        signal.signal(number, signal.SIG_IGN)
    with suppress(OSError):
        os.nice(_NICE)
    with suppress(BrokenPipeError):
        answer: Exception | None = None
        try:
            _obey(sys.stdin.buffer)
        except Exception as error:
            answer = (
                error
                if isinstance(error, MediaWriteError)
                else MediaWriteError(f"A film cannot be written: {error}.")
            )
        _say(answer)


def _obey(orders: BinaryIO) -> None:
    _, path, paper, sound = pickle.load(orders)
    file = open_moving(path, paper, sound=sound)
    _say(None)
    seconds = 0.0
    try:
        while True:
            order, *arguments = pickle.load(orders)
            if order == "add":
                seconds = arguments[1]
                file.add(*arguments)
            elif order == "add_sound":
                file.add_sound(*arguments)
            else:
                (seconds,) = arguments
                return
    except (EOFError, pickle.UnpicklingError):
        pass  # nobody gives orders any more
    finally:
        file.close(seconds)


def _say(answer: Exception | None) -> None:
    pickle.dump(answer, sys.stdout.buffer)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
