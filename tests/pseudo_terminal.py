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
        environment = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LANG": "C.UTF-8", **environ}
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

    def wait_for(self, text: bytes, seconds: float = 15.0, *, after: int = 0) -> None:
        """Read until the program has written `text`, beyond the first `after` bytes."""
        deadline = time.monotonic() + seconds
        while text not in self.output[after:]:
            left = deadline - time.monotonic()
            assert left > 0, f"{text!r} never came; there was {self.output[-2000:]!r}"
            self._read(left)

    def wait(self, seconds: float = 15.0) -> int:
        """Read until the program has ended. Its exit code, negative for a signal."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < deadline, f"it runs still; there was {self.output[-2000:]!r}"
            self._read(0.02)
        while self._read(0.0):
            pass
        return self.process.returncode

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
        screen = pyte.Screen(self.columns, self.rows)
        pyte.ByteStream(screen).feed(self.output)
        return screen

    def wait_for_screen(self, holds: Callable[[list[str]], object], seconds: float = 20.0) -> list[str]:
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
