"""Programs under test run on a pseudo-terminal of their own, and what they write is kept."""

from __future__ import annotations

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Sequence

import pyte

_MODES = {"1049": "alternate screen", "25": "cursor", "7": "wrapping", "2026": "held update"}
_BEGIN_UPDATE, _END_UPDATE = b"\x1b[?2026h", b"\x1b[?2026l"
_WHO_ARE_YOU = b"\x1b[c"  # DA1
_LAST = b"\0the end\0"


def _own_terminal() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # who runs the tests may ignore it (nohup)
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


ANSWERS = [
    (b"\x1b[?2026$p", b"\x1b[?2026;2$y"),
    (b"\x1b[c", b"\x1b[?62;22c"),
]
"""A terminal that can hold back updates and says nothing about colours or UTF-8."""


class Terminal:
    """One pseudo-terminal and the program on it."""

    def __init__(
        self,
        command: Sequence[str],
        columns: int = 80,
        rows: int = 24,
        *,
        answers: Sequence[tuple[bytes, bytes]] = ANSWERS,
        **environ: str,
    ) -> None:
        self.master, slave = os.openpty()
        self.resize(columns, rows, tell=False)
        self.modes_before = termios.tcgetattr(slave)
        self.output = b""
        self.answers = list(answers)
        self._answered: dict[bytes, int] = {}
        self._drawn = b""  # what of the output the emulator has
        # But perhaps late: the machine may be busy.
        patience = {"ASCIICHAT_TERMINAL_ANSWERS": "1"} if _WHO_ARE_YOU in dict(answers) else {}
        environment = {
            "PATH": os.environ["PATH"],
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            **patience,
            **environ,
        }
        self.process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
            preexec_fn=_own_terminal,
        )
        self.slave = slave

    def resize(self, columns: int, rows: int, *, tell: bool = True) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.columns, self.rows = columns, rows
        if tell:
            self.process.send_signal(signal.SIGWINCH)

    def type(self, keys: bytes) -> None:
        os.write(self.master, keys)

    def wait_for(self, text: bytes, seconds: float = 30.0, *, after: int = 0) -> None:
        """Read until the program has written `text`, beyond the first `after` bytes."""
        deadline = time.monotonic() + seconds
        while text not in self.output[after:]:
            left = deadline - time.monotonic()
            assert left > 0, f"{text!r} never came; there was {self.output[-2000:]!r}"
            self._read(left)

    def wait(self, seconds: float = 30.0) -> int:
        """Read until the program has ended, and all it has written. Its exit code, negative for a signal."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < deadline, f"it runs still; there was {self.output[-2000:]!r}"
            self._read(0.02)
        self._read_the_rest()
        return self.process.returncode

    def _read_the_rest(self) -> None:
        """What was written may still be on its way through the kernel; what is written behind it comes after it."""
        while not select.select([], [self.slave], [], 0)[1]:
            if not self._read(0.2):
                return  # Ctrl-S: nothing more will come
        try:
            os.write(self.slave, _LAST)
        except OSError:
            return  # nobody is at the other end any more
        while _LAST not in self.output:
            assert self._read(10), "the terminal has lost what was written to it"
        self.output = self.output.replace(_LAST, b"")

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self.master], [], [], seconds)
        if not ready:
            return False
        data = os.read(self.master, 1 << 16)
        self.output += data
        self._answer()
        return bool(data)

    def _answer(self) -> None:
        """Say what is asked, once, as a terminal does."""
        for question, answer in self.answers:
            asked = self.output.count(question)
            if asked > self._answered.get(question, 0):
                self._answered[question] = asked
                os.write(self.master, answer)

    def modes(self) -> set[str]:
        """Which of the private modes are on now (wrapping and the cursor are at first)."""
        self._read_update()
        state = {"cursor", "wrapping"}
        for numbers, final in re.findall(rb"\x1b\[\?([\d;]+)([hl])", self.output):
            for number in numbers.decode().split(";"):
                if number in _MODES:
                    (state.add if final == b"h" else state.discard)(_MODES[number])
        return state

    def is_as_before(self) -> bool:
        """The main screen, a cursor, wrapping, and the line discipline of the start."""
        return self.modes() == {"cursor", "wrapping"} and termios.tcgetattr(self.slave) == self.modes_before

    def screen(self) -> list[str]:
        """What stands on the screen, by row."""
        return [row.rstrip() for row in self._emulate().display]

    def cursor(self) -> tuple[int, int]:
        """Column and row of the cursor, from 0."""
        cursor = self._emulate().cursor
        return cursor.x, cursor.y

    def _emulate(self) -> pyte.Screen:
        self._read_update()
        if not (
            self._drawn
            and self.output.startswith(self._drawn)
            and self._emulated == (self.columns, self.rows)
        ):
            self._screen = pyte.Screen(self.columns, self.rows)
            self._stream = pyte.ByteStream(self._screen)
            self._drawn, self._emulated = b"", (self.columns, self.rows)
        self._stream.feed(self.output[len(self._drawn) :])
        self._drawn = self.output
        return self._screen

    def _read_update(self, seconds: float = 10.0) -> None:
        """Read the rest of an update that has begun: a terminal shows it when it is whole."""
        deadline = time.monotonic() + seconds
        while self.output.rfind(_BEGIN_UPDATE) > self.output.rfind(_END_UPDATE):
            if not self._read(0.1) and (self.process.poll() is not None or time.monotonic() > deadline):
                return

    def wait_for_screen(self, holds: Callable[[list[str]], object], seconds: float = 30.0) -> list[str]:
        """Read until what stands on the screen is as it should be; its rows."""
        deadline = time.monotonic() + seconds
        while not holds(rows := self.screen()):
            left = deadline - time.monotonic()
            shown = "\n".join(rows)
            assert left > 0, f"it never stood there; there was\n{shown}"
            self._read(min(left, 0.5))
            while self._read(0.0):
                pass
        return rows

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.master)
        os.close(self.slave)
