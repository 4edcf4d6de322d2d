"""The real program in a real terminal multiplexer, with a shell around it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from asciichat import connect
from asciichat.crypto.identity import Identity
from ports import free_port
from program import PROGRAM

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")


class Tmux:
    """A tmux server of our own with one window, in which a shell runs."""

    def __init__(self, directory: Path, environ: dict[str, str], columns: int, rows: int) -> None:
        self._socket = str(directory / "tmux")
        self._environ = environ
        self.home = environ["HOME"]
        self.run(
            "new-session", "-d", "-x", str(columns), "-y", str(rows), "-s", "call", "env", "PS1=ready> ", "sh"
        )
        self.run("set-option", "-g", "status", "off")
        self.wait_for(lambda rows: rows[-1] == "ready>")

    def run(self, *arguments: str) -> str:
        command = ["tmux", "-S", self._socket, "-f", os.devnull, *arguments]
        return subprocess.run(command, env=self._environ, capture_output=True, text=True, check=True).stdout

    def type(self, *keys: str) -> None:
        """Keys as tmux names them, or text."""
        self.run("send-keys", "-t", "call", *keys)

    def screen(self) -> list[str]:
        """The rows of the screen, without those below the last that has something."""
        return [row.rstrip() for row in self.run("capture-pane", "-p", "-t", "call").rstrip("\n").split("\n")]

    def resize(self, columns: int, rows: int) -> None:
        self.run("resize-window", "-t", "call", "-x", str(columns), "-y", str(rows))

    def wait_for(self, holds: Callable[[list[str]], object], seconds: float = 20.0) -> list[str]:
        """Look until what stands on the screen is as it should be; its rows."""
        end = time.monotonic() + seconds
        while not holds(rows := self.screen()):
            assert time.monotonic() < end, "it never stood there; there was\n" + "\n".join(rows)
            time.sleep(0.03)
        return rows

    def is_of_the_shell(self) -> bool:
        """Nothing is left of a program that drew on it."""
        state = self.run("display-message", "-p", "-t", "call", "#{alternate_on} #{cursor_flag}")
        return state.split() == ["0", "1"]


@pytest.fixture
def tmux(home, tmp_path_factory) -> Iterator[Callable[[int, int], Tmux]]:
    """Start tmux with a window of some size."""
    started: list[Tmux] = []

    def start(columns: int = 80, rows: int = 24) -> Tmux:
        directory = tmp_path_factory.mktemp("tmux")  # tmp_path may be too long for a socket's name
        environ = {**home, "ASCIICHAT_TERMINAL_ANSWERS": "1"}  # as tmux does, however busy the computer is
        started.append(Tmux(directory, environ, columns, rows))
        return started[-1]

    yield start
    for window in started:
        window.run("kill-server")


def client(server, *options: str) -> str:
    command = [*PROGRAM, "client", f"127.0.0.1:{server.port}", "--no-audio", "--name", "Ada", *options]
    return f"{shlex.join(command)}; echo code $?"


def picture(rows: list[str]) -> list[str]:
    """All but the status line."""
    return rows[:-1] if "in the call" in rows[-1] else []


def fills(columns: int) -> Callable[[list[str]], bool]:
    return lambda rows: sum(len(row) > columns * 0.7 for row in picture(rows)) > 5


def test_a_resize_leaves_no_stale_and_no_torn_cells(tmux, server, bob):
    """After any number of resizes the screen is what a new client shows on a terminal of that size."""
    resized = tmux(100, 30)
    resized.type(client(server), "Enter")
    resized.wait_for(fills(100))
    for columns, rows in [(40, 12), (130, 44), (61, 33), (90, 26)]:
        resized.resize(columns, rows)
    fresh = tmux(90, 26)
    fresh.type(client(server), "Enter")
    fresh.wait_for(fills(90))

    def is_as_fresh(rows: list[str]) -> bool:
        return fills(90)(rows) and picture(rows) == picture(fresh.screen())

    # The two are in one call: nobody else's coming changes what the one shows and the other does not.
    resized.wait_for(lambda rows: "3 in the call" in rows[-1])
    resized.wait_for(is_as_fresh)
    # A box that opens and closes, and a line that is typed, leave nothing behind.
    for opened, closed, mark in [
        ("?", "?", "this help"),
        ("-", "-", "Statistics"),
        ("t", "Escape", "Text chat"),
    ]:
        resized.type(opened)
        resized.wait_for(lambda rows, mark=mark: any(mark in row for row in rows))
        resized.type(closed)
        resized.wait_for(is_as_fresh)
    resized.type("q")
    resized.wait_for(lambda rows: "code 0" in rows[-2:])
    assert resized.is_of_the_shell()


def test_ctrl_z_gives_the_shell_back_and_fg_the_call(tmux, server, bob):
    window = tmux(80, 24)
    window.type("set -m", "Enter")
    window.type(client(server), "Enter")
    window.wait_for(fills(80))
    window.type("C-z")
    window.wait_for(lambda rows: rows[-1] == "ready>")
    assert window.is_of_the_shell()
    window.type(
        "echo still", "a shell", "Enter"
    )  # typed, echoed and understood: the line discipline is the shell's
    window.wait_for(lambda rows: "stilla shell" in rows)
    window.type("fg", "Enter")
    window.wait_for(fills(80))
    window.type("q")
    window.wait_for(lambda rows: rows[-1] == "ready>")
    assert window.is_of_the_shell()


def test_after_kill_9_reset_and_tput_rmcup_put_everything_back(tmux, server, bob):
    """Nothing can run then: what a person does is what every other program of the screen needs, too."""
    if shutil.which("reset") is None:
        pytest.skip("reset (ncurses) is not installed")
    window = tmux(80, 24)
    start = client(server).split(";")[0]
    window.type(f"sh -c 'echo $$ >\"$HOME/pid\"; exec {start}'", "Enter")
    window.wait_for(fills(80))
    os.kill(int((Path(window.home) / "pid").read_text()), signal.SIGKILL)
    window.wait_for(lambda rows: rows[-1].startswith("ready>") and not window.is_of_the_shell())
    window.type("reset", "C-j")
    window.wait_for(
        lambda rows: rows == ["ready>"]
    )  # it clears the screen, and throws away what was typed meanwhile
    window.type("tput rmcup", "C-j")  # an emulator may stay on the alternate screen
    window.wait_for(lambda rows: rows[-1] == "ready>" and window.is_of_the_shell())
    window.type("stty -a", "C-j")
    window.wait_for(lambda rows: any("isig icanon iexten echo " in row for row in rows))


def test_text_is_typed_in_tmux_and_a_paste_is_text(tmux, server, bob):
    window = tmux(80, 24)
    window.type(client(server), "Enter")
    window.wait_for(fills(80))
    window.type("t")
    window.wait_for(lambda rows: rows[-1].startswith("> "))
    window.run("set-buffer", "quit\nq 日本")
    window.run("paste-buffer", "-p", "-t", "call")
    window.wait_for(lambda rows: rows[-1] == "> quit q 日本")
    window.type("Enter")
    window.wait_for(lambda rows: any("You: quit q 日本" in row for row in rows))
    window.type("Escape")
    window.wait_for(fills(80))


def server_in(window: Tmux, *options: object) -> int:
    port = free_port()
    command = " ".join(map(str, [*PROGRAM, "server", "127.0.0.1", "-p", port, *options]))
    window.type("set -m", "Enter")
    window.type(f"{command}; echo code $?", "Enter")
    window.wait_for(lambda rows: any("Nobody is in the call" in row for row in rows))
    return port


def test_a_servers_ticket_over_two_rows_is_copied_as_one_line(tmux, tmp_path):
    identity = Identity.generate()
    identity.save(tmp_path / "host")
    window = tmux(60, 24)
    server_in(window, "--key", tmp_path / "host")
    joined = window.run("capture-pane", "-p", "-J", "-t", "call")
    assert re.search(r"^Others join with: asciichat client 'asciichat://\S+\?key=[\w-]{43}' *$", joined, re.M)


def test_a_server_in_the_background_leaves_the_terminal_alone_until_it_is_back(tmux):
    window = tmux(80, 24)
    port = server_in(window)
    window.type("C-z")
    window.wait_for(lambda rows: rows[-1] == "ready>")
    assert window.is_of_the_shell()
    window.type("bg", "Enter")
    with connect("127.0.0.1", port, name="Ada"):
        window.wait_for(lambda rows: any("joined" in row for row in rows))  # in lines, below the prompt
        assert window.is_of_the_shell()
        window.type("clear; fg", "Enter")
        window.wait_for(lambda rows: any(row.startswith("Ada") for row in rows))
        assert not window.is_of_the_shell()
    window.type("C-c")
    window.wait_for(lambda rows: rows[-1] == "ready>")
    assert window.is_of_the_shell()


def test_a_server_started_in_the_background_draws_nothing(tmux):
    window = tmux(80, 24)
    window.type("set -m", "Enter")
    command = " ".join(map(str, [*PROGRAM, "server", "127.0.0.1", "-p", free_port()]))
    window.type(f"{command} &", "Enter")
    window.wait_for(lambda rows: any("A call is open" in row for row in rows))
    assert window.is_of_the_shell()
    window.type("kill %1", "Enter")
    window.wait_for(lambda rows: any("stopped" in row for row in rows))
