"""Makes the pictures of the documentation: ``python docs/pictures.py`` after an installation with the export extra.

Each is what a command wrote, so that what is shown is what the program does.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import socket
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

from asciichat.cli.party import people
from asciichat.video.cells import read_cells
from asciichat.video.svg import svg

HERE = Path(__file__).parent
IMAGES = HERE / "images"
PHOTOGRAPH = HERE.parent / "tests" / "video" / "data" / "photograph.png"

MODES = ("foreground", "background", "half-block", "quadrant", "sextant", "octant", "braille", "edge")
COLORS = ("none", "16", "256", "truecolor")
PALETTES = ("blocks", "digital", "minimal", "cool")  # the standard one is in the pictures of the modes

DEMO = ("--color-mode", "truecolor", "--width", "100", "--height", "32")
DEMOS = {"demo": DEMO, "demo-half-block": (*DEMO, "--render-mode", "half-block")}


def rendered() -> Iterator[tuple[str, tuple[str, ...]]]:
    """The pictures of rendering.md: their names, and the options behind the photograph."""
    for mode in MODES:
        for color in COLORS:
            yield f"render-{mode}-{color}", ("--render-mode", mode, "--color-mode", color)
    for palette in PALETTES:
        for color in ("none", "truecolor"):
            yield f"render-palette-{palette}-{color}", ("--palette", palette, "--color-mode", color)


def asciichat(*arguments: str) -> str:
    """Run a command; what it printed."""
    command = [sys.executable, "-m", "asciichat.cli", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


class Screen:
    """A server on a terminal of its own, and what it writes there."""

    def __init__(self, columns: int, rows: int, *arguments: str) -> None:
        self._process, self._terminal = pty.fork()
        if self._process == 0:
            environ = {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8"}
            command = [sys.executable, "-m", "asciichat.cli", "server", *arguments]
            os.execve(command[0], command, environ)  # what is left of this process is the server
        self.resize(columns, rows)
        self._written = b""

    def resize(self, columns: int, rows: int) -> None:
        """Everything is drawn anew."""
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, seconds: float) -> str:
        """What it wrote last, after so long."""
        end = time.monotonic() + seconds
        while select.select([self._terminal], [], [], max(0.0, end - time.monotonic()))[0]:
            self._written += os.read(self._terminal, 1 << 16)
        return self._written.decode()

    def close(self) -> None:
        """End the server."""
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
        os.close(self._terminal)


def status_screen(columns: int = 92, rows: int = 18) -> str:
    """The status screen of a server with three in the call, as a frame's text."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port = sock.getsockname()[1]
    screen = Screen(columns, rows + 1, "127.0.0.1", "-p", str(port), "--ticket-host", "call.example.org")
    try:
        while "Nobody is in the call" not in screen.read(0.2):
            pass
        with people(port):
            screen.read(6.0)
            screen.resize(columns, rows)
            whole = screen.read(0.4).rpartition("\x1b[2J\x1b[H")[2]
    finally:
        screen.close()
    frame = whole.partition("\x1b[1;1H")[0]  # without the changes that came after it
    for sequence, color in {
        "\x1b[7m": "\x1b[30;47m",
        "\x1b[1m": "\x1b[97m",
        "\x1b[2m": "\x1b[90m",
        "\x1b[?7h": "",
        "\x1b[?7l": "",
        "\r": "",
    }.items():
        frame = frame.replace(sequence, color)
    return frame


def main() -> None:
    """Run the commands."""
    IMAGES.mkdir(exist_ok=True)
    for name, options in DEMOS.items():
        cells = read_cells(asciichat("demo", *options).rstrip("\n"))
        (IMAGES / f"{name}.svg").write_text(svg(cells, title="asciichat demo"), encoding="utf-8")
    (IMAGES / "server.svg").write_text(
        svg(read_cells(status_screen()), title="The status screen of asciichat-server"), encoding="utf-8"
    )
    for name, options in rendered():
        target = IMAGES / f"{name}.png"
        asciichat(
            "mirror", "--file", str(PHOTOGRAPH), "--render-file", str(target), "--width", "32", *options
        )


if __name__ == "__main__":
    main()
