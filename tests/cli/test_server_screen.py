"""The status screen of ``asciichat server``: on terminals, and nowhere else."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from asciichat import CallError, connect
from asciichat.crypto.identity import Identity
from asciichat.terminal.width import cells
from ports import free_port
from program import PROGRAM
from pseudo_terminal import Terminal

ALTERNATE = b"\x1b[?1049h"

PATCHED = """
import sys, threading
from asciichat.cli import main
{patch}
sys.exit(main(["server", "127.0.0.1", "-p", sys.argv[1]]))
"""


class Shown:
    """A server on a terminal."""

    def __init__(self, terminal: Terminal, port: int) -> None:
        self.terminal, self.port = terminal, port

    def says(self, pattern: str) -> list[str]:
        """Wait until a row of the screen matches; all rows."""
        return self.terminal.wait_for_screen(lambda rows: any(re.search(pattern, row) for row in rows))


@pytest.fixture
def shown(on_terminal) -> Callable[..., Shown]:
    """Start a server on a terminal and wait for its status screen."""

    def start(*arguments: object, **options: object) -> Shown:
        port = free_port()
        terminal = on_terminal("server", "127.0.0.1", "-p", port, *arguments, **options)
        terminal.wait_for(b"Nobody is in the call")
        return Shown(terminal, port)

    return start


@pytest.fixture
def patched(home) -> Iterator[Callable[[str], Shown]]:
    """The same with a part of the program replaced."""
    with ExitStack() as stack:

        def start(patch: str) -> Shown:
            port = free_port()
            command = [sys.executable, "-c", PATCHED.format(patch=patch), str(port)]
            terminal = Terminal(command, **home)
            stack.callback(terminal.close)
            terminal.wait_for(b"Nobody is in the call")
            return Shown(terminal, port)

        yield start


def test_it_shows_who_is_in_the_call_and_what_goes_on(shown):
    server = shown("--max-clients", "5", columns=110)
    with connect("127.0.0.1", server.port, name="Ada", columns=40, rows=12) as ada:
        frame = bytes(range(256)) * 300
        import numpy as np

        picture = np.frombuffer(frame, np.uint8)[: 64 * 64 * 3].reshape(64, 64, 3)

        def moving(rows: list[str]) -> bool:
            nonlocal picture
            picture = np.roll(picture, 3, axis=1)
            ada.send_video(picture)
            return any(re.match(r"Ada +127\.0\.0\.1 +40x12 +[1-9]\d* +[1-9]\d* ", row) for row in rows)

        rows = server.terminal.wait_for_screen(moving)
        assert re.match(r" 1/5 clients   up 0:00:\d\d   CPU \d+%   in \d+ KB/s   out \d+ KB/s", rows[0])
        assert rows[1] == f"A call is open on 127.0.0.1:{server.port}. Ctrl-C ends it."
        assert re.search(r"joined in slot 0", "\n".join(rows[rows.index("── log " + "─" * 103) :]))
    server.says("Nobody is in the call")
    server.says(r"\(127\.0\.0\.1:\d+\) left: ")


def test_names_and_lines_steer_neither_the_terminal_nor_the_table(shown):
    server = shown("-VVV", columns=110)
    name = "[red]Eve[/] :smile: \x1b[2J\x1b]0;owned\x07\x9b31m"
    with connect("127.0.0.1", server.port, name=name):
        rows = server.says(r"^\[red\]Eve\[/\] smi")
    assert any("127.0.0.1" in row for row in rows)
    out = server.terminal.output
    assert b"\x1b]0" not in out
    assert b"\x9b" not in out.replace("\u2500".encode(), b"").replace("\u2026".encode(), b"")
    assert out.count(b"\x1b[2J") <= 3


def test_a_long_ticket_stays_whole_and_is_never_drawn_again(shown, tmp_path):
    """Drawn again, it would lose a selection that somebody is about to copy."""
    Identity.generate().save(tmp_path / "host")
    server = shown("--key", tmp_path / "host", columns=60)
    rows = server.says(r"up 0:\d\d:(0[2-9]|[1-5]\d)")  # it was drawn anew by then
    ticket = re.search(r"'(asciichat://.*)'", "".join(rows[2:4])).group(1)
    with connect("127.0.0.1", server.port, name="Ada"):
        server.says("^Ada")
    drawn = server.terminal.output.partition(ALTERNATE)[2]
    assert drawn.count(ticket.encode()) == 1
    assert server.terminal.output.count(ticket.encode()) == 2, "it stays when the screen has gone"


def test_sighup_keeps_the_screen_and_its_log(shown, tmp_path):
    config, path = tmp_path / "config.toml", tmp_path / "log"
    config.write_text("max_clients = 5\n")
    server = shown("--config", config, "-L", path)
    for most in (7, 8):
        config.write_text(f"max_clients = {most}\n")
        server.terminal.process.send_signal(signal.SIGHUP)
        server.says(f"^ 0/{most} clients")
        rows = server.says("changed: max_clients")
        assert rows[0].startswith(" 0/")
    config.write_text("max_clients = [\n")
    server.terminal.process.send_signal(signal.SIGHUP)
    rows = server.says("was not taken")
    assert rows[1].startswith("A call is open")
    # Nothing ran over the screen: every line of the log was drawn where it belongs.
    drawn = server.terminal.output.partition(ALTERNATE)[2]
    assert b"\n" not in drawn.replace(b"\r\n", b"")
    server.terminal.type(b"\x03")
    assert server.terminal.wait() == 0
    text = path.read_text()
    assert text.count("changed: max_clients") == 2
    assert "was not taken" in text


@pytest.mark.parametrize("ending", [b"\x03", signal.SIGTERM, signal.SIGQUIT])
def test_whatever_ends_it_the_terminal_is_as_before_and_has_the_log(shown, ending):
    server = shown()
    with connect("127.0.0.1", server.port, name="Ada"):
        server.says("^Ada")
        assert server.terminal.modes() == {"alternate screen"}
        assert not termios.tcgetattr(server.terminal.slave)[3] & termios.ECHO
        if isinstance(ending, bytes):
            server.terminal.type(ending)
        else:
            server.terminal.process.send_signal(ending)
        code = server.terminal.wait()
    assert code == (128 + signal.SIGQUIT if ending == signal.SIGQUIT else 0)
    assert server.terminal.is_as_before()
    after = server.terminal.output.rpartition(b"\x1b[?1049l")[2]
    assert b"joined in slot 0" in after
    assert b"stopped" in after


def test_an_exception_leaves_the_terminal_as_before_and_is_told(patched):
    server = patched(
        "import asciichat.cli.serving.reload\nasciichat.cli.serving.reload.reload = lambda server: 1 / 0",
    )
    server.terminal.process.send_signal(signal.SIGHUP)
    assert server.terminal.wait() == 1
    assert server.terminal.is_as_before()
    assert b"ZeroDivisionError" in server.terminal.output.rpartition(b"\x1b[?1049l")[2]


def test_a_second_ctrl_c_gives_the_terminal_back_whatever_hangs(patched):
    server = patched(
        "import asciichat.cli.serving.reload\n"
        "def hang(server):\n"
        "    print('it hangs', file=sys.__stderr__, flush=True)\n"
        "    threading.Event().wait()\n"
        "asciichat.cli.serving.reload.reload = hang",
    )
    server.terminal.process.send_signal(signal.SIGHUP)
    server.terminal.wait_for(b"it hangs")
    server.terminal.process.send_signal(signal.SIGTERM)
    server.terminal.type(b"\x03")
    assert server.terminal.wait() == 1
    assert server.terminal.is_as_before()


def test_a_terminal_that_takes_nothing_stops_neither_the_call_nor_its_end(shown):
    server = shown()
    server.terminal.type(b"\x13")  # Ctrl-S
    with connect("127.0.0.1", server.port, name="Ada") as ada, connect("127.0.0.1", server.port) as bob:
        assert ada.next_event(10) is not None
        assert bob.next_event(10) is not None
        server.terminal.type(b"\x11")  # Ctrl-Q
        server.says("^Ada")
        server.terminal.type(b"\x13")
    server.terminal.process.send_signal(signal.SIGTERM)
    assert server.terminal.wait() == 0
    assert termios.tcgetattr(server.terminal.slave) == server.terminal.modes_before


def hang_up(server: Shown) -> None:
    """The terminal's window is closed; the kernel sends SIGHUP."""
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, server.terminal.master)
    os.close(nothing)


def test_a_server_ends_with_its_terminal(shown, tmp_path):
    server = shown("-L", tmp_path / "log")
    with connect("127.0.0.1", server.port, name="Ada") as ada:
        hang_up(server)
        assert server.terminal.wait() == 0
        with pytest.raises(CallError):
            list(ada)
    assert (tmp_path / "log").read_text().rstrip().endswith("stopped")


def test_a_server_outlives_its_terminal_where_hangups_mean_nothing(home):
    port = free_port()
    ignored = [
        "sh",
        "-c",
        "trap '' HUP; exec \"$@\"",
        "sh",
    ]  # as nohup does it, which takes standard error away too
    terminal = Terminal([*ignored, *PROGRAM, "server", "127.0.0.1", "-p", str(port)], **home)
    try:
        terminal.wait_for(b"Nobody is in the call")
        hang_up(Shown(terminal, port))
        with connect("127.0.0.1", port, name="Ada") as ada:
            assert ada.next_event(10) is not None
            terminal.process.send_signal(signal.SIGTERM)
            assert terminal.wait() == 0
    finally:
        terminal.close()


def test_every_size_is_filled_anew(shown):
    server = shown(columns=100, rows=30)
    with connect("127.0.0.1", server.port, name="Ada"):
        for columns, rows in [(40, 12), (120, 40), (20, 5), (80, 24), (3, 2), (1, 1), (90, 20)]:
            drawn = len(server.terminal.output)
            server.terminal.resize(columns, rows)
            server.terminal.wait_for(b"\x1b[2J", after=drawn)
        rows = server.terminal.wait_for_screen(lambda rows: rows[6].startswith("── log ─"))
        assert rows[0].startswith(" 1/9 clients   up")
        assert rows[1].startswith("A call is open on")
        assert rows[2].startswith("Only this computer can join")
        assert rows[3].startswith("name")
        assert [row for row in rows if row.startswith("Ada")] == [rows[5]]


def test_where_there_is_little_room_who_is_there_comes_before_what_was_said(shown):
    server = shown("--metrics-port", free_port(), columns=40, rows=8)
    with connect("127.0.0.1", server.port, name="Ada"):
        rows = server.says("^Ada")
        assert not any(row.startswith("Only this computer") for row in rows)
        server.terminal.resize(20, 3)
        server.terminal.wait_for_screen(lambda rows: " 1 in the call" in rows)


def test_a_line_of_the_log_that_is_longer_than_the_terminal_is_broken(shown):
    """Why somebody left stands at its end."""
    server = shown(columns=45)
    with connect("127.0.0.1", server.port, name="Ada"):
        rows = server.terminal.wait_for_screen(
            lambda rows: "is called 'Ada'" in " ".join(row.strip() for row in rows)
        )
    assert any(row.startswith("  ") for row in rows)
    assert all(cells(row) <= 45 for row in rows)


def test_a_crowd_on_a_small_terminal_is_counted(shown):
    server = shown("--max-clients", "32", "--max-connects", "1000")
    with ExitStack() as stack:
        for number in range(32):
            stack.enter_context(connect("127.0.0.1", server.port, name=f"client-{number}"))

        def counted(rows: list[str]) -> bool:
            """Who came first stands first, and who has no row is counted."""
            names = [row.split()[0] for row in rows if row.startswith("client-")]
            return (
                rows[0].startswith(" 32/32 clients")
                and len(names) > 10
                and names == [f"client-{number}" for number in range(len(names))]
                and f" and {32 - len(names)} more" in rows
            )

        server.terminal.wait_for_screen(counted)
        server.terminal.resize(80, 60)
        rows = server.says("^client-31")
        assert not any("more" in row for row in rows)


def test_a_plain_terminal_gets_plain_characters(shown):
    server = shown("--ticket-host", "bücher.example", LANG="C", LC_ALL="C", PYTHONUTF8="1")
    with connect("127.0.0.1", server.port, name="Zoë Ångström"):
        server.says(r"^Zo\? \?ngstr\?m")
    assert server.terminal.output.partition(ALTERNATE)[2].isascii()


def test_no_color_means_none(shown):
    server = shown(NO_COLOR="1")
    with connect("127.0.0.1", server.port, name="Ada"):
        server.says("^Ada")
    drawn = server.terminal.output.partition(ALTERNATE)[2]
    used = {int(n) for found in re.findall(rb"\x1b\[([\d;]*)m", drawn) for n in found.split(b";") if n}
    assert not {n for n in used if 30 <= n <= 49 or n >= 90}


@pytest.mark.parametrize(
    ("arguments", "environ"),
    [(["--no-status-screen"], {}), (["--json"], {}), ([], {"TERM": "dumb"}), (["--quiet"], {})],
)
def test_where_it_is_not_wanted_there_are_lines_as_ever(on_terminal, arguments, environ):
    port = free_port()
    terminal = on_terminal("server", "127.0.0.1", "-p", port, *arguments, **environ)
    terminal.wait_for(b"Ctrl-C ends it.\r\n")
    with connect("127.0.0.1", port):
        if "--quiet" not in arguments:
            terminal.wait_for(b"joined")
    terminal.type(b"\x03")
    assert terminal.wait() == 0
    assert b"\x1b" not in terminal.output


def test_the_option_can_stand_in_the_configuration(on_terminal, tmp_path):
    (tmp_path / "c.toml").write_text("[server]\nstatus_screen = false\n")
    terminal = on_terminal("server", "127.0.0.1", "-p", free_port(), "--config", tmp_path / "c.toml")
    terminal.wait_for(b"Ctrl-C ends it.\r\n")
    terminal.type(b"\x03")
    assert terminal.wait() == 0
    assert ALTERNATE not in terminal.output


def test_a_server_in_a_pipe_neither_draws_nor_imports_what_draws(home):
    script = """
import sys
from asciichat.cli import main
code = main(["server", "127.0.0.1", "-p", sys.argv[1]])
print(*({"asciichat.cli.serving.held_lines", "asciichat.cli.serving.status_screen", "rich"} & sys.modules.keys()))
sys.exit(code)
"""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(port)],
        env=home, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    lines = []
    while not lines or "A call is open" not in lines[-1]:
        lines.append(process.stderr.readline())
        assert lines[-1], lines
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 0
    assert out == "\n"
    said = "".join(lines) + err
    assert f"A call is open on 127.0.0.1:{port}. Ctrl-C ends it.\n" in said
    assert "\x1b" not in said
