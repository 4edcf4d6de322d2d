"""``asciichat client``: joining a real server, in a pipe and on a terminal."""

from __future__ import annotations

import signal
import time
from functools import partial

import numpy as np
import pytest

from asciichat import Picture, Server, connect
from asciichat.cli.display import choose_display
from asciichat.cli.exits import CommandError
from asciichat.cli.options.shared import PictureOptions
from asciichat.cli.recording import snapshot
from asciichat.cli.screen.session import Session
from asciichat.cli.uplink import Uplink
from asciichat.crypto.identity import Identity
from asciichat.crypto.ticket import Ticket
from asciichat.media.pattern import TestPattern
from asciichat.media.people import Person
from asciichat.video import render
from ports import free_port
from waiting import wait_until


def pictures_from(server: Server) -> list[int]:
    return [client.counts["pictures_in"] for client in server.clients()]


def test_a_snapshot_shows_what_is_sent(run, server):
    result = run(
        "client", f"127.0.0.1:{server.port}", "--test-pattern", "-S", "-D", "0.5", "-x", "60", "-y", "20"
    )
    assert result.returncode == 0
    rows = result.stdout.splitlines()
    expected = render(TestPattern().draw(0), 60, 20, color="none").splitlines()
    # The ball moves; most of the bars and the ramp do not.
    same = np.mean([a == b for a, b in zip("".join(rows), "".join(expected), strict=False)])
    assert len(rows) == len(expected)
    assert same > 0.75
    assert server.clients() == []


def test_a_film_is_sent_and_seen_by_others(start, server, talking_head):
    with connect("127.0.0.1", server.port, columns=60, rows=20, color="none", video=False) as viewer:
        start("client", f"127.0.0.1:{server.port}", "-f", talking_head, "-l", "-x", "20", "-y", "10")
        texts: set[str] = set()
        while len(texts) < 10:
            event = viewer.next_event(20)
            assert event is not None, "nothing more came"
            if isinstance(event, Picture):
                texts.add(event.text)
    assert all(len(text.splitlines()) > 5 for text in texts)


def test_in_a_pipe_every_frame_is_printed_as_plain_rows(start, server):
    process = start("client", f"127.0.0.1:{server.port}", "--test-pattern", "-x", "40", "-y", "12")
    rows = [process.stdout.readline() for _ in range(60)]
    assert not any("\x1b" in row for row in rows)
    assert all(len(row.rstrip("\n")) <= 40 for row in rows)
    process.send_signal(signal.SIGINT)
    process.stdout.read()
    assert process.wait(20) == 0


class SilentCall:
    """A call in which nothing is shown, as native servers hold it while nobody sends a picture."""

    ended = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def next_event(self, timeout):
        time.sleep(min(timeout, 0.01))

    def start_streams(self, **_):
        pass

    def stop_streams(self, **_):
        pass


def test_a_snapshot_of_a_call_that_shows_nothing_says_so(monkeypatch):
    monkeypatch.setattr(snapshot, "_FIRST_PICTURE_WITHIN", 0.1)
    display = choose_display(PictureOptions(), snapshot=True)
    silent = Session(lambda *_: SilentCall(), display, Uplink(None, None))
    with pytest.raises(CommandError, match="nobody in the call shows one") as caught:
        silent.run_snapshot(partial(snapshot.picture_after, 0.0))
    assert caught.value.code == 43


def test_on_a_terminal_the_call_is_drawn_in_place_with_a_status_line(on_terminal, server):
    terminal = on_terminal(
        "client", f"127.0.0.1:{server.port}", "--test-pattern", "--no-audio", columns=70, rows=22
    )
    terminal.wait_for(b"1 in the call")
    terminal.wait_for_screen(
        lambda rows: "🔒" in rows[-1] and sum(len(row.strip()) > 20 for row in rows[:-1]) > 15
    )
    assert terminal.modes() == {"alternate screen"}
    terminal.type(b"q")
    assert terminal.wait() == 0
    assert terminal.is_as_before()
    wait_until(lambda: server.clients() == [])


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGQUIT, 131), (signal.SIGINT, 0)],
)
def test_signals_hang_up_and_leave_the_terminal_as_it_was(on_terminal, server, number, code):
    terminal = on_terminal("client", f"127.0.0.1:{server.port}", "--test-pattern", "--no-audio")
    terminal.wait_for(b"1 in the call")
    terminal.process.send_signal(number)
    assert terminal.wait() == code
    assert terminal.is_as_before()
    wait_until(lambda: server.clients() == [])


def test_a_resize_reaches_the_server(on_terminal, server):
    terminal = on_terminal(
        "client", f"127.0.0.1:{server.port}", "--test-pattern", "--no-audio", columns=70, rows=22
    )
    terminal.wait_for(b"1 in the call")
    before = len(terminal.output)
    terminal.resize(40, 12)
    terminal.wait_for(b"\x1b[2J", after=before)
    terminal.output = terminal.output[terminal.output.index(b"\x1b[2J", before) :]
    # A frame of the size before would be cut, and leave no margin.
    terminal.wait_for_screen(
        lambda rows: "1 in the call" in rows[11] and any(20 < len(row.strip()) <= 40 for row in rows[:11])
    )


def test_turning_the_camera_off_stops_the_pictures_and_on_sends_them_again(on_terminal, server):
    terminal = on_terminal("client", f"127.0.0.1:{server.port}", "--test-pattern", "--no-audio")
    terminal.wait_for(b"1 in the call")
    wait_until(lambda: pictures_from(server)[0] > 5)
    terminal.type(b"v")
    terminal.wait_for(b"camera off")
    counts = []

    def has_stopped() -> bool:
        time.sleep(0.15)  # five pictures' time
        terminal._read(0)
        counts.append(pictures_from(server)[0])
        return len(counts) > 1 and counts[-1] == counts[-2]

    wait_until(has_stopped)
    wait_until(lambda: not server.clients()[0].state.sends_video)  # the others are told
    terminal.type(b"v")
    wait_until(lambda: pictures_from(server)[0] > counts[-1] + 5)
    wait_until(lambda: server.clients()[0].state.sends_video)


def test_when_the_server_goes_the_client_calls_again_and_comes_back(on_terminal):
    port = free_port()
    with Server(("127.0.0.1",), port):
        terminal = on_terminal("client", f"127.0.0.1:{port}", "--test-pattern", "--no-audio", columns=100)
        terminal.wait_for(b"1 in the call")
    terminal.wait_for(b"Calling again (1)")
    with Server(("127.0.0.1",), port) as second:
        terminal.wait_for(b"Back in the call.")
        wait_until(lambda: pictures_from(second) != [] and pictures_from(second)[0] > 3)
        terminal.wait_for(b"1 in the call", after=terminal.output.rindex(b"Back in the call."))
        terminal.type(b"q")
        assert terminal.wait() == 0
    assert terminal.is_as_before()


def test_after_the_last_attempt_it_ends_with_the_reason(on_terminal):
    with Server(("127.0.0.1",), free_port()) as server:
        arguments = (
            "client",
            f"127.0.0.1:{server.port}",
            "--test-pattern",
            "--no-audio",
            "--reconnect-attempts",
            "2",
        )
        terminal = on_terminal(*arguments, columns=100)
        terminal.wait_for(b"1 in the call")
    assert terminal.wait() == 42
    assert b"Calling again (2)" in terminal.output
    assert b"Calling again (3)" not in terminal.output
    assert b"is a server running there?" in terminal.output[terminal.output.rindex(b"\x1b[?1049l") :]
    assert terminal.is_as_before()


def test_leaving_while_calling_again_leaves_at_once(on_terminal):
    with Server(("127.0.0.1",), free_port()) as server:
        terminal = on_terminal(
            "client", f"127.0.0.1:{server.port}", "--test-pattern", "--no-audio", columns=100
        )
        terminal.wait_for(b"1 in the call")
    terminal.wait_for(b"Calling again (3)")
    terminal.type(b"q")
    assert terminal.wait() == 0  # else it would call for ever
    assert terminal.is_as_before()


def test_a_password_opens_the_call_and_a_wrong_one_does_not(run):
    with Server(("127.0.0.1",), 0, password="correct horse") as server:
        arguments = ("client", f"127.0.0.1:{server.port}", "--test-pattern", "-SD0", "-x", "20", "-y", "10")
        right = run(*arguments, ASCII_CHAT_PASSWORD="correct horse")
        assert right.returncode == 0
        assert right.stdout.count("\n") >= 5
        wrong = run(*arguments, "--password", "battery staple")
        assert "password is wrong" in wrong.stderr
        assert wrong.returncode in (49, 62)
        none = run(*arguments)
        assert "password" in none.stderr
        assert none.returncode in (49, 62)


def test_a_person_is_asked_for_the_password(on_terminal):
    with Server(("127.0.0.1",), 0, password="correct horse") as server:
        terminal = on_terminal("client", f"127.0.0.1:{server.port}", "--test-pattern", "--no-audio")
        terminal.wait_for(b"This call has a password: ")
        terminal.type(b"correct horse\n")
        terminal.wait_for(b"1 in the call")
        assert b"correct horse" not in terminal.output
        terminal.type(b"q")
        assert terminal.wait() == 0


def test_without_encryption_the_lock_is_open(on_terminal):
    with Server(("127.0.0.1",), 0, encrypt=False) as server:
        terminal = on_terminal(
            "client", f"127.0.0.1:{server.port}", "--test-pattern", "--no-audio", "--no-encrypt"
        )
        terminal.wait_for("🔓".encode())
        terminal.type(b"q")
        assert terminal.wait() == 0


def test_a_server_that_insists_on_encryption_refuses_one_without(run, server):
    result = run("client", f"127.0.0.1:{server.port}", "--test-pattern", "--no-encrypt", "-SD0")
    assert "Traceback" not in result.stderr
    assert result.stderr.splitlines()[-1].endswith(".")
    assert result.returncode not in (0, 1, 2)


def test_what_a_hostile_server_sends_cannot_command_the_terminal():
    """Frames full of commands: none of them reaches the terminal."""
    shown = []

    class Stage:
        def show(self, text, **_options):
            shown.append(text)

        def set_facts(self, *_facts):
            pass

    class HostileCall:
        encrypted = True
        verified = False
        ended = False

        def counts(self):
            return {"bytes_in": 0, "bytes_out": 0}

        def start_streams(self, **_):
            pass

        def stop_streams(self, **_):
            pass

        def next_event(self, _timeout):
            if shown:
                self.ended = True
                return None
            return Picture("\x1b]52;c;cm0gLXJm\x07\x1b[6n\x1b[?1049l\x1b[1mhello", 10, 1)

    session = Session(lambda *_: None, choose_display(PictureOptions()), Uplink(None, None))
    session._show(HostileCall(), Stage())
    assert shown == ["]52;c;cm0gLXJm[6n[?1049l\x1b[1mhello"]


def test_everybody_in_the_call_is_on_the_snapshot(run, server):
    """Two callers of our own library and the program: three cells."""
    with connect("127.0.0.1", server.port) as alice, connect("127.0.0.1", server.port) as bob:
        for _ in range(3):
            alice.send_video(Person("alice").draw(0, 0))
            bob.send_video(Person("bob").draw(0, 0))
        wait_until(lambda: [count > 0 for count in pictures_from(server)] == [True, True])
        result = run("client", f"127.0.0.1:{server.port}", "--test-pattern", "-SD1", "-x", "80", "-y", "24")
    # Three cells in two rows and two columns: what stands in them is shown by the test of the demo.
    rows = result.stdout.splitlines()
    assert 20 < len(rows) <= 24
    assert 60 < max(map(len, rows)) <= 80


@pytest.mark.parametrize(
    "contradiction", [["--no-encrypt"], ["--no-auth"], ["--server-key", "github:somebody"]]
)
def test_a_ticket_that_names_a_key_is_not_contradicted(run, contradiction):
    ticket = Ticket("127.0.0.1", 5, Identity.generate().public)
    result = run("client", ticket, "--test-pattern", *contradiction)
    assert result.returncode == 2
    assert "The ticket says whose server it is" in result.stderr
    assert "Traceback" not in result.stderr
