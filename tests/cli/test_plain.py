"""A call told in lines."""

from __future__ import annotations

import subprocess

import pytest

from asciichat import Server, Text, connect
from asciichat.cli.screen.plain import PlainSession
from asciichat.cli.uplink import Uplink
from ports import free_port
from program import PROGRAM
from speech import speaking


@pytest.fixture
def told(home, server):
    """A client that tells the call in lines, with Bob in the call before it came."""
    with connect("127.0.0.1", server.port, name="Bob", color="none", fps=1) as bob:
        process = subprocess.Popen(
            [*PROGRAM, "client", f"127.0.0.1:{server.port}", "--plain", "--test-pattern", "--no-audio", "--name", "Ada"],
            env=home, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        process.bob = bob
        yield process
        process.kill()
        process.communicate()


def until(process: subprocess.Popen[str], line: str) -> list[str]:
    """Read lines up to one that begins so."""
    lines = []
    while not (lines and lines[-1].startswith(line)):
        read = process.stdout.readline()
        assert read, f"{line!r} never came; there was {lines}"
        lines.append(read)
    return lines


def type_line(process: subprocess.Popen[str], line: str) -> None:
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


def test_everything_that_happens_is_a_line(told, server):
    lines = until(told, "In the call with you: Bob")
    assert lines[0] == f"Calling 127.0.0.1:{server.port}.\n"
    assert "encrypted; nobody has proved who the server is" in "".join(lines)
    with connect("127.0.0.1", server.port, name="Cy", color="none", fps=1, video=False) as cy:
        until(told, "Cy has come.")
        cy.send_text("good morning\x1b[2J")
        until(told, "Cy: good morning[2J")
        with speaking(cy):
            until(told, "Cy speaks.")
        cy.stop_streams(video=False, audio=True)
        until(told, "Cy is muted.")
    until(told, "Cy has left.")
    (ada,) = (person.slot for person in told.bob.people() if person.name == "Ada")
    (client,) = (client.id for client in server.clients() if client.slot == ada)
    server.mute(client)
    until(told, "The operator has muted you.")
    server.mute(client, False)
    until(told, "The operator has let you be heard again.")


def test_what_is_typed_is_written_to_everybody_and_a_slash_is_a_command(told):
    until(told, "In the call with you: Bob")
    type_line(told, "hello, Bob")
    while not isinstance(event := told.bob.next_event(20), Text):
        assert event is not None
    assert (event.sender, event.text) == ("Ada", "hello, Bob")
    until(told, "You: hello, Bob")
    for command, answer in [
        ("/who", "In the call with you: Bob."),
        ("/mute", "You send no sound."),
        ("/camera", "Nobody sees you."),
        ("/camera", "You are seen."),
        ("/what", "There is no command /what."),
        ("x" * 600, "Not sent: "),
    ]:
        type_line(told, command)
        until(told, answer)
    type_line(told, "/leave")
    until(told, "You have left the call.")
    assert told.wait(20) == 0


def test_mute_and_camera_tell_what_is_so(capsys):
    class Silence:
        def next(self, timeout):
            return None

    def answers(uplink, *commands):
        session = PlainSession(lambda _: None, uplink, speaker=None, place="nowhere")
        for command in commands:
            session._take(command)
        return capsys.readouterr().out.splitlines()

    heard = Uplink(None, Silence())
    assert answers(heard, "/mute", "/mute", "/camera") == [
        "Nobody hears you.", "You are heard.", "You send no picture.",
    ]  # fmt: skip
    assert not heard.muted


def test_no_line_holds_anything_that_a_terminal_would_act_on(told):
    until(told, "In the call with you: Bob")
    type_line(told, "/leave")
    assert "\x1b" not in told.stdout.read()


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_terminal_that_cannot_draw_is_told_in_lines_at_once(on_terminal, server, term):
    terminal = on_terminal("client", f"127.0.0.1:{server.port}", "--test-pattern", TERM=term)
    terminal.wait_for(b"the call is told in lines.")
    terminal.wait_for(b"Nobody else is here yet.")
    terminal.type(b"\x04")
    terminal.wait_for(b"You have left the call.")
    assert terminal.wait() == 0
    assert b"\x1b" not in terminal.output
    assert terminal.is_as_before()


@pytest.mark.parametrize(
    ("command", "term"),
    [(["mirror", "--test-pattern"], "dumb"), (["mirror", "--test-pattern"], ""), (["demo"], "dumb")],
)
def test_without_a_call_such_a_terminal_gets_one_picture(on_terminal, command, term):
    terminal = on_terminal(*command, TERM=term)
    assert terminal.wait(30) == 0
    assert b"one picture is printed." in terminal.output
    assert b"\x1b" not in terminal.output
    assert terminal.output.count(b"\n") > 15


def test_when_the_server_goes_that_is_told_and_the_call_comes_back(on_terminal):
    port = free_port()
    with Server(("127.0.0.1",), port):
        terminal = on_terminal("client", f"127.0.0.1:{port}", "--test-pattern", "--plain")
        terminal.wait_for(b"Nobody else is here yet.")
    terminal.wait_for(b"Calling again (1)")
    with Server(("127.0.0.1",), port):
        terminal.wait_for(b"The call is open", after=terminal.output.rindex(b"Calling again"))
        terminal.type(b"\x03")
        assert terminal.wait() == 0


def test_plain_and_a_snapshot_exclude_each_other(run):
    result = run("client", "--plain", "--snapshot")
    assert result.returncode == 2
    assert "exclude each other" in result.stderr
