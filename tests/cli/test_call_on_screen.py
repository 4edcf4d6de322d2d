"""A call on a real terminal: waiting for it, who is in it, how it is protected, and every key."""

from __future__ import annotations

import os
import re
import socket
from dataclasses import replace

import pytest

from asciichat import Server, connect
from asciichat.cli.display import choose_display
from asciichat.cli.options.shared import PictureOptions
from asciichat.cli.screen.session import Session
from asciichat.cli.screen.stage import Stage
from asciichat.cli.uplink import Uplink
from asciichat.crypto import Identity
from asciichat.media.effects import Adjusted
from asciichat.media.pattern import TestPattern
from asciichat.terminal.guard import Guard
from asciichat.terminal.screen import Screen
from speech import speaking


@pytest.fixture
def silent_port():
    """A port at which somebody answers and says nothing."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_while_it_calls_the_screen_says_whom_and_ctrl_c_ends_it(on_terminal, silent_port):
    terminal = on_terminal("client", f"127.0.0.1:{silent_port}", "--test-pattern", "--no-audio")
    calling = f"Calling 127.0.0.1:{silent_port}…"
    rows = terminal.wait_for_screen(lambda rows: any(calling in row for row in rows))
    assert rows[-1].endswith("q leave")
    terminal.resize(50, 12)
    rows = terminal.wait_for_screen(
        lambda rows: rows[-1].endswith("q leave") and any(calling in row for row in rows)
    )
    (row,) = (row for row in rows if calling in row)
    assert abs(len(row) - (50 + len(calling)) // 2) <= 1  # in the middle again
    terminal.type(b"\x03")
    assert terminal.wait() == 0
    assert terminal.is_as_before()


def test_while_a_source_is_opened_the_screen_says_so(on_terminal, silent_port):
    terminal = on_terminal("client", "127.0.0.1:1", "--url", f"http://127.0.0.1:{silent_port}/film.mp4")
    terminal.wait_for_screen(lambda rows: any("Opening what you show…" in row for row in rows))
    terminal.type(b"\x03")
    assert terminal.wait() == 130
    assert terminal.is_as_before()


def test_a_question_is_asked_on_the_screen_of_the_shell_and_no_key_is_lost(on_terminal):
    with Server(("127.0.0.1",), 0, identity=Identity.generate()) as server:
        terminal = on_terminal("client", f"127.0.0.1:{server.port}", "--test-pattern", "--no-audio")
        terminal.wait_for(b"Go on, and remember it? [y/N] ")
        assert terminal.is_as_before()
        terminal.type(b"y\n")
        terminal.wait_for_screen(lambda rows: "🔒 verified" in rows[-1])
        terminal.type(b"q")
        assert terminal.wait() == 0
        assert terminal.is_as_before()


def test_the_splash_gives_way_to_the_picture(on_terminal, server, bob):
    terminal = on_terminal("client", f"127.0.0.1:{server.port}", "--no-audio")
    rows = terminal.wait_for_screen(lambda rows: sum(len(row) > 60 for row in rows) > 10)
    assert not any("█▄▄█" in row for row in rows)


@pytest.mark.parametrize(
    ("given", "arguments", "lock"),
    [
        ({}, (), "🔒 encrypted"),
        ({"password": "correct horse"}, ("--password", "correct horse"), "🔒 verified"),
        ({"encrypt": False}, ("--no-encrypt",), "🔓 in clear"),
    ],
)
def test_the_status_line_says_how_the_call_is_protected(on_terminal, given, arguments, lock):
    with Server(("127.0.0.1",), 0, **given) as server:
        terminal = on_terminal(
            "client", f"127.0.0.1:{server.port}", "--test-pattern", "--no-audio", *arguments
        )
        terminal.wait_for_screen(lambda rows: lock in rows[-1])
        terminal.type(b"-")
        terminal.wait_for(b"line       ")
        words = {"🔒 encrypted": "nobody has proved", "🔒 verified": "is verified", "🔓 in clear": "in clear"}
        terminal.wait_for_screen(lambda rows: any(words[lock] in row for row in rows))


def test_who_is_here_who_speaks_and_who_is_muted_stands_in_the_status_line(on_terminal, server, bob):
    terminal = on_terminal(
        "client", f"127.0.0.1:{server.port}", "--test-pattern", "--name", "Ada", "--no-audio", columns=100
    )
    terminal.wait_for_screen(lambda rows: "2 in the call: Bob, you" in rows[-1])
    with speaking(bob):
        terminal.wait_for_screen(lambda rows: "● Bob" in rows[-1])
    bob.stop_streams(video=False, audio=True)
    terminal.wait_for_screen(lambda rows: "Bob 🔇" in rows[-1])
    with connect("127.0.0.1", server.port, name="Cy", columns=20, rows=10, color="none", fps=1):
        terminal.wait_for(b"Cy has come.")  # which stands there for some seconds
    terminal.wait_for(b"Cy has left.")
    (ada,) = (person.slot for person in bob.people() if person.name == "Ada")
    (client,) = (client.id for client in server.clients() if client.slot == ada)
    server.mute(client)
    terminal.wait_for_screen(lambda rows: "muted by the operator" in rows[-1])


def test_statistics_tell_how_far_the_server_is(on_terminal, server):
    terminal = on_terminal("client", f"127.0.0.1:{server.port}", "--test-pattern", "--no-audio")
    terminal.wait_for(b"in the call")
    terminal.type(b"-")
    rows = terminal.wait_for_screen(
        lambda rows: any(re.search(r"pictures   [1-9][\d.]* a second", row) for row in rows)
    )
    text = "\n".join(rows)
    for line in (
        r"in +[\d.]+ [kM]bit/s",
        r"out +[\d.]+ [kM]bit/s",
        r"round trip [\d.]+ ms",
        r"jitter +[\d.]+ ms",
    ):
        assert re.search(line, text), text


def test_every_key_of_the_help_does_what_it_says(on_terminal, server, talking_head, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    terminal = on_terminal(
        "client", f"127.0.0.1:{server.port}", "-f", talking_head, "-l", "--no-audio", columns=110, rows=40,
        COLORTERM="truecolor",
    )  # fmt: skip
    terminal.wait_for(b"in the call: you")
    answers = {
        "m": "You send no sound.", "v": "Nobody sees you.", "c": "Colours: none.", "r": "Render mode: background.",
        "p": "Palette: blocks.", "f": "Filter: black.", "x": "Mirrored.", "y": "Upside down.",
        "g": "Everybody, in a grid.", "9": "Nobody is number 9: 1 You.", "1": "You are large.",
        "\x1b[6~": "Turned the page.", "\x1b[5~": "Turned the page.", "\x1b[A": "There is no loudspeaker.",
        "0": "It rains only in asciichat mirror.", "z": "z does nothing here; ? shows the keys.",
        "\x1b[200~q\x1b[201~": "What is pasted goes nowhere: t opens a line for it.",
        "n": "No names.", "e": "You do not see yourself.", " ": "Paused.", "\x1b[D": "At 0:00.",
        "s": "Saved as asciichat-", "R": "Recording into asciichat-", "t": "Enter sends",
    }  # fmt: skip
    for key, answer in answers.items():
        before = len(terminal.output)
        terminal.type(key.encode())
        terminal.wait_for(answer.encode(), after=before)
    terminal.type(b"\x1b")
    terminal.wait_for_screen(lambda rows: "Enter sends" not in rows[-1])
    terminal.type(b"?")
    help_text = "\n".join(terminal.wait_for_screen(lambda rows: any("this help" in row for row in rows)))
    labels = [
        "v",
        "t",
        "c",
        "r",
        "p",
        "f",
        "x y",
        "g",
        "1-9",
        "PgUp PgDn",
        "n e",
        "space",
        "← →",
        "s",
        "R",
    ]
    for label in [*labels, "-", "q Esc", "?"]:
        assert re.search(rf"[│ ] {re.escape(label)} ", help_text), label
    for absent in ("m", "↑ ↓"):  # there is neither sound to be muted nor a loudspeaker
        assert not re.search(rf"[│ ] {re.escape(absent)} ", help_text), absent
    terminal.type(b"\x1b")
    terminal.wait_for_screen(lambda rows: not any("this help" in row for row in rows))
    terminal.type(b"\x1b")
    assert terminal.wait() == 0
    assert terminal.is_as_before()


def test_who_has_neither_camera_nor_microphone_is_told_of_both_and_keys_say_so(on_terminal, server):
    """The one note after the other, long enough to be read, and no key tells what is not so."""
    terminal = on_terminal("client", f"127.0.0.1:{server.port}", PATH="/nowhere", columns=100)
    terminal.wait_for(b"in the call: you")
    notes = [b"No sound: ", b"There is no camera"]
    drawn = terminal.output.index(b"\x1b[?1049h")
    for note in notes:
        terminal.wait_for(note, after=drawn)
    for key, answer in {
        "m": "You send no sound.",
        "v": "You send no picture.",
        " ": "You send neither",
    }.items():
        before = len(terminal.output)
        terminal.type(key.encode())
        terminal.wait_for(answer.encode(), after=before)
    assert b"You are heard" not in terminal.output


def test_help_that_has_no_room_is_scrolled_and_leaves_nothing_out(on_terminal, server):
    terminal = on_terminal(
        "client", f"127.0.0.1:{server.port}", "--test-pattern", "--no-audio", columns=44, rows=8
    )
    terminal.wait_for(b"in the")
    terminal.type(b"?")
    rows = terminal.wait_for_screen(lambda rows: "this help" in "".join(rows))
    assert "Keys, ↑ ↓" in "".join(rows)
    for _ in range(30):
        terminal.type(b"\x1b[6~")
    rows = terminal.wait_for_screen(lambda rows: "leave" in "".join(rows[:-1]))
    assert "q Esc" in "".join(rows)
    terminal.type(b"\x1b[A")
    terminal.wait_for_screen(lambda rows: "statistics" in "".join(rows))
    terminal.resize(100, 40)
    terminal.wait_for_screen(lambda rows: "this help" in "".join(rows) and "↑ ↓" not in "".join(rows))


def test_ctrl_l_draws_what_something_else_has_written_over(on_terminal, talking_head):
    terminal = on_terminal("mirror", "-f", talking_head, "--pause", "--no-audio")
    terminal.wait_for(b"q leave")
    rows = terminal.wait_for_screen(lambda rows: sum(len(row) > 40 for row in rows) > 10)
    before = len(terminal.output)
    terminal.type(b"\x0c")
    terminal.wait_for(b"\x1b[2J", after=before)
    assert terminal.wait_for_screen(lambda now: now[:-1] == rows[:-1])


def test_a_disk_that_is_full_ends_the_recording_and_not_the_call(on_terminal, server, tmp_path):
    path = tmp_path / "call.cast"
    path.symlink_to("/dev/full")
    terminal = on_terminal(
        "client",
        f"127.0.0.1:{server.port}",
        "--test-pattern",
        "--no-audio",
        "--render-file",
        path,
        columns=250,
    )
    sentence = f"The recording is not whole: {path} cannot be written: No space left on device."
    terminal.wait_for(sentence.encode())
    terminal.wait_for_screen(lambda rows: "● rec" not in rows[-1])
    before = len(terminal.output)
    terminal.type(b"v")
    terminal.wait_for(b"Nobody sees you.", after=before)
    terminal.type(b"q")
    assert terminal.wait() == 105
    assert terminal.is_as_before()
    assert b"Traceback" not in terminal.output
    assert terminal.output.rstrip().endswith(f"asciichat: {sentence}".encode())


def test_without_a_file_space_pauses_what_is_sent(on_terminal, server):
    terminal = on_terminal("client", f"127.0.0.1:{server.port}", "--test-pattern", "--no-audio")
    terminal.wait_for(b"in the call: you")
    terminal.type(b" ")
    terminal.wait_for_screen(lambda rows: "camera off" in rows[-1])
    before = len(terminal.output)
    terminal.type(b" ")
    terminal.wait_for(b"Going on.", after=before)
    terminal.wait_for_screen(lambda rows: "camera off" not in rows[-1])


def test_a_terminal_that_goes_away_ends_the_call(on_terminal, server):
    terminal = on_terminal("client", f"127.0.0.1:{server.port}", "--test-pattern", "--no-audio")
    terminal.wait_for(b"in the call")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, terminal.master)  # the last descriptor of the master's side: the line is cut
    os.close(nothing)
    assert terminal.process.wait(20) == 129
    while server.clients():
        pass


ENVIRONMENTS = {
    "xterm, no answers, C": (
        {"TERM": "xterm", "LANG": "C"}, [], {"16"}, False),
    "the Linux console": (
        {"TERM": "linux", "LANG": "C.UTF-8"}, [(b"\x1b[c", b"\x1b[?6c")], {"16"}, True),
    "tmux": (
        {"TERM": "tmux-256color", "LANG": "C.UTF-8"},
        [(b"\x1b[?2026$p", b"\x1b[?2026;2$y"), (b"\x1b[6n", b"\x1b[1;2R"), (b"\x1b[>0q", b"\x1bP>|tmux 3.5a\x1b\\"),
         (b"\x1b[c", b"\x1b[?1;2;4c")], {"256"}, True),
    "kitty by way of ssh, which loses the locale": (
        {"TERM": "xterm-kitty", "LANG": "C"},
        [(b"\x1b[?2026$p", b"\x1b[?2026;2$y"), (b"\x1b[6n", b"\x1b[1;2R"),
         (b"\x1bP$qm\x1b\\", b"\x1bP1$r0;48:2:1:2:3m\x1b\\"), (b"\x1b[>0q", b"\x1bP>|kitty(0.35.2)\x1b\\"),
         (b"\x1b[c", b"\x1b[?62;c")], {"truecolor"}, True),
    "one that says it has no UTF-8 whatever the locale says": (
        {"TERM": "xterm-256color", "LANG": "C.UTF-8"},
        [(b"\x1b[6n", b"\x1b[1;3R"), (b"\x1b[c", b"\x1b[?62c")], {"256"}, False),
    "NO_COLOR": (
        {"TERM": "xterm-256color", "NO_COLOR": "1", "COLORTERM": "truecolor"}, [(b"\x1b[c", b"\x1b[?62c")], set(), True),
}  # fmt: skip

SGR = {
    "16": rb"\x1b\[(?:0;)?(?:3[0-7]|9[0-7])m",
    "256": rb"\x1b\[(?:\d+;)*38;5;\d+",
    "truecolor": rb"\x1b\[(?:\d+;)*38;2;\d+",
}


@pytest.mark.parametrize("where", ENVIRONMENTS)
def test_on_every_kind_of_terminal_no_more_is_used_than_it_has(on_terminal, where):
    environ, answers, levels, utf8 = ENVIRONMENTS[where]
    terminal = on_terminal("mirror", "--test-pattern", "--palette", "blocks", answers=answers, **environ)
    terminal.wait_for(b"q leave")
    drawn = terminal.output[terminal.output.index(b"\x1b[?1049h") :]
    assert {level for level, sequence in SGR.items() if re.search(sequence, drawn)} == levels
    assert drawn.isascii() != utf8
    held = dict(answers).get(b"\x1b[?2026$p") is not None
    assert (b"\x1b[?2026h" in drawn) == held  # only where the terminal said that it holds updates back
    terminal.type(b"q")
    assert terminal.wait() == 0
    assert terminal.is_as_before()


def test_the_option_color_false_takes_all_colours_away(on_terminal):
    terminal = on_terminal("mirror", "--test-pattern", "--color", "false", COLORTERM="truecolor")
    terminal.wait_for(b"q leave")
    assert not any(re.search(sequence, terminal.output.split(b"\x1b[?1049h")[1]) for sequence in SGR.values())


def test_the_help_of_everything_there_is_fits_on_80_by_24(monkeypatch):
    """With a file, a loudspeaker and push-to-talk there are the most keys."""

    class File:
        seekable = True

    class Loudspeaker:
        lost = None

    class Silence:
        def next(self, timeout):
            return None

    display = replace(choose_display(PictureOptions()), interactive=True, columns=80, rows=23)
    video = Adjusted(TestPattern())
    session = Session(
        lambda *_: None,
        display,
        Uplink(video, Silence()),
        video=video,
        file=File(),
        speaker=Loudspeaker(),
        push_to_talk=True,
    )
    stage = Stage(display, controls=session._controls(), chat=session._chat)
    stage._screen = Screen(Guard(), interactive=False)
    monkeypatch.setattr(stage._screen, "size", lambda: (80, 24))
    lines = stage._help()
    assert len(lines) + 2 + 1 <= 24
    assert any(line.startswith("q Esc") for line in lines)
    assert any(line.startswith("P ") for line in lines)
