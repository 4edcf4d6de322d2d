"""Drawing on real pseudo-terminals, and what is left on them afterwards."""

from __future__ import annotations

import os
import re
import signal
import threading

import pytest

from asciichat.terminal.guard import Guard
from asciichat.terminal.screen import Screen

PROGRAM = """
import os, signal, sys, threading, time
from asciichat.terminal.guard import Guard
from asciichat.terminal.input import Input
from asciichat.terminal.screen import Screen
from asciichat.terminal.signals import SignalWatch
keys = []
try:
    # The watch first, as in the commands: there are threads here, and a signal may come to any of them.
    with SignalWatch(), Guard() as guard, Input(guard, keys.append), Screen(guard) as screen:
        screen.draw("hello\\nworld")
        {body}
except KeyboardInterrupt:
    print("interrupted")
print("goodbye", flush=True)
"""


def program(body: str) -> str:
    return PROGRAM.replace("{body}", body)


def test_a_frame_is_drawn_at_the_top_left_of_the_alternate_screen(run_on_terminal):
    terminal = run_on_terminal(program("time.sleep(60)"))
    terminal.wait_for(b"\x1b[?2026l")
    assert terminal.modes() == {"alternate screen"}
    assert terminal.screen()[:3] == ["hello", "world", ""]


def test_a_screen_that_is_put_aside_draws_nothing_and_listens_to_no_key(run_on_terminal):
    terminal = run_on_terminal(
        program(
            """with guard.aside():
            screen.draw("not now")
            print("name?", flush=True)
            name = sys.stdin.readline().strip()
        screen.draw(f"{name} {keys}")
        time.sleep(60)"""
        )
    )
    terminal.wait_for(b"name?")
    assert terminal.is_as_before()
    terminal.type(b"quentin\n")
    terminal.wait_for(b"\x1b[?2026l", after=terminal.output.index(b"name?"))
    terminal.wait_for(b"quentin []")
    assert terminal.screen()[:2] == ["quentin []", ""]
    assert b"not now" not in terminal.output[: terminal.output.index(b"name?")]


def test_the_cursor_stands_where_somebody_types_and_is_hidden_afterwards(run_on_terminal):
    terminal = run_on_terminal(
        program(
            """screen.set_footer("> abc", 4)
        screen.draw("a frame", footer="> abc", cursor=4, changes="\x1b[2;2HX")
        print("\x1b]0;typing\x07", end="", flush=True)
        while not keys: time.sleep(0.01)
        screen.set_footer("done")
        time.sleep(60)"""
        )
    )
    terminal.wait_for(b"typing")
    assert terminal.modes() == {"alternate screen", "cursor"}
    assert terminal.cursor() == (4, 23)
    terminal.type(b"k")
    terminal.wait_for(b"done")
    terminal.wait_for(b"\x1b[?2026l", after=terminal.output.rindex(b"done"))
    assert terminal.modes() == {"alternate screen"}


def test_what_an_overlay_no_longer_covers_is_drawn_again(run_on_terminal):
    terminal = run_on_terminal(
        program(
            """screen.draw("\\n".join(["." * 80] * 23), footer="foot")
        screen.set_overlay(["wide and", "high    "], "bottom")
        screen.set_overlay(["BOX"], "middle")
        while not keys: time.sleep(0.01)
        screen.set_overlay(["wide"], "bottom")
        screen.set_footer("second")
        while len(keys) < 2: time.sleep(0.01)
        screen.set_overlay([], "bottom")
        screen.set_overlay([])
        screen.set_footer("third")
        time.sleep(60)"""
        )
    )
    terminal.wait_for(b"BOX")
    terminal.wait_for(b"\x1b[?2026l", after=terminal.output.index(b"BOX"))
    rows = terminal.screen()
    assert [rows[21], rows[22], rows[23]] == ["wide and" + "." * 72, "high    " + "." * 72, "foot"]
    assert "".join(rows).count("BOX") == 1
    terminal.type(b"1")
    terminal.wait_for(b"second")
    rows = terminal.screen()
    assert (rows[21], rows[22]) == ("." * 80, "wide" + "." * 76)
    terminal.type(b"2")
    terminal.wait_for(b"third")
    assert terminal.screen()[:23] == ["." * 80] * 23


def test_a_frame_is_held_until_it_is_whole(run_on_terminal):
    terminal = run_on_terminal(program("pass"))
    terminal.wait()
    start, end = terminal.output.index(b"\x1b[?2026h"), terminal.output.index(b"\x1b[?2026l")
    assert start < re.search(rb"hello[\r\n]+world", terminal.output).start() < end


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("pass", 0),
        ("raise RuntimeError('broken')", 1),
        ("sys.exit(7)", 7),
        ("os.kill(os.getpid(), signal.SIGTERM); time.sleep(60)", 143),
        ("os.kill(os.getpid(), signal.SIGHUP); time.sleep(60)", 129),
        ("threading.Thread(target=lambda: 1 / 0).start(); time.sleep(0.1)", 0),
    ],
    ids=["end", "exception", "exit", "SIGTERM", "SIGHUP", "exception in a thread"],
)
def test_the_terminal_is_as_it_was_after(run_on_terminal, body, code):
    terminal = run_on_terminal(program(body))
    terminal.wait_for(b"hello")
    assert terminal.wait() == code
    assert terminal.is_as_before()


def test_ctrl_c_is_an_interrupt_and_leaves_the_terminal_as_it_was(run_on_terminal):
    terminal = run_on_terminal(program("time.sleep(60)"))
    terminal.wait_for(b"hello")
    assert not terminal.is_as_before()
    terminal.type(b"\x03")
    assert terminal.wait() == 0
    assert b"interrupted" in terminal.output
    assert terminal.is_as_before()


def test_a_signal_while_the_program_is_deep_in_c_restores_the_terminal(run_on_terminal):
    terminal = run_on_terminal(program("threading.Event().wait()"))
    terminal.wait_for(b"hello")
    terminal.process.send_signal(signal.SIGTERM)
    assert terminal.wait() == 143
    assert terminal.is_as_before()


def test_a_second_signal_ends_a_clean_up_that_hangs(run_on_terminal):
    terminal = run_on_terminal(
        program(
            """try:
            screen.draw("begun")
            time.sleep(60)
        finally:
            os.write(1, b"hanging")
            while True:
                try:
                    time.sleep(60)
                except BaseException:
                    pass"""
        )
    )
    terminal.wait_for(b"begun")
    terminal.process.send_signal(signal.SIGTERM)
    terminal.wait_for(b"hanging")
    terminal.process.send_signal(signal.SIGTERM)
    assert terminal.wait() == 143
    assert terminal.is_as_before()


def test_what_is_printed_afterwards_stands_on_the_main_screen(run_on_terminal):
    terminal = run_on_terminal(program("pass"))
    terminal.wait()
    after = terminal.output[terminal.output.rindex(b"\x1b[?1049l") :]
    assert b"goodbye" in after  # leaving twice would move the cursor back over it


SHELL = """
import os, signal, sys
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
child = os.fork()
if child == 0:
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpid())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    exec({program!r})
    os._exit(0)
_, status = os.waitpid(child, os.WUNTRACED)
assert os.WIFSTOPPED(status), status
os.tcsetpgrp(0, os.getpgrp())
print("stopped", flush=True)
sys.stdin.readline()
os.tcsetpgrp(0, child)
os.kill(child, signal.SIGCONT)
_, status = os.waitpid(child, 0)
os.tcsetpgrp(0, os.getpgrp())
sys.exit(os.waitstatus_to_exitcode(status))
"""


def test_ctrl_z_gives_the_terminal_back_and_fg_takes_it_again(run_on_terminal):
    terminal = run_on_terminal(SHELL.format(program=program("time.sleep(60)")))
    terminal.wait_for(b"world\x1b[0m\x1b[?2026l")
    terminal.type(b"\x1a")
    terminal.wait_for(b"stopped")
    assert terminal.is_as_before()
    before = len(terminal.output)
    terminal.type(b"fg\n")
    terminal.wait_for(b"\x1b[?1049h", after=before)
    terminal.wait_for(b"world\x1b[0m\x1b[?2026l", after=before)
    assert terminal.modes() == {"alternate screen"}
    terminal.type(b"\x03")
    assert terminal.wait() == 0
    assert b"interrupted" in terminal.output
    assert terminal.is_as_before()


def test_clearing_wipes_what_a_smaller_frame_would_leave(run_on_terminal):
    terminal = run_on_terminal(
        program("screen.draw('x' * 60); screen.draw('new', clear=True); time.sleep(60)")
    )
    terminal.wait_for(b"new")
    terminal.wait_for(b"new\x1b[0m\x1b[?2026l")
    assert terminal.screen()[:2] == ["new", ""]


def test_the_last_row_belongs_to_the_footer(run_on_terminal):
    body = "screen.draw('\\n'.join('abcdefgh'), footer='status', clear=True); screen.set_footer('news'); time.sleep(60)"
    terminal = run_on_terminal(program(body), 20, 6)
    terminal.wait_for(b"news\x1b[0m\x1b[?2026l")
    assert terminal.screen() == ["a", "b", "c", "d", "e", "news"]


def test_a_footer_that_says_the_same_is_not_written_again(run_on_terminal):
    body = "screen.set_footer('news'); screen.set_footer('news'); screen.draw('end'); time.sleep(60)"
    terminal = run_on_terminal(program(body))
    terminal.wait_for(b"end")
    assert terminal.output.count(b"news") == 1
    assert terminal.screen()[-1] == "news"


def test_a_box_lies_over_the_middle_of_every_frame_until_it_is_taken_away(run_on_terminal):
    body = """screen.draw('\\n'.join(['x' * 20] * 6), clear=True)
        screen.set_overlay(['+--+', '|ab|', '+--+'])
        screen.draw('\\n'.join(['y' * 20] * 6))
        while not keys:
            time.sleep(0.01)
        screen.set_overlay(())
        os.write(1, b"gone")
        time.sleep(60)"""
    terminal = run_on_terminal(program(body), 20, 6)
    terminal.wait_for(b"yyyy\x1b[0m")
    terminal.wait_for(b"\x1b[?2026l", after=terminal.output.index(b"yyyy"))
    y = "y" * 20
    middle = [f"{'y' * 8}{row}{'y' * 8}" for row in ("+--+", "|ab|", "+--+")]
    assert terminal.screen() == [y, *middle, y, y]
    terminal.type(b"k")
    terminal.wait_for(b"gone")
    terminal.output = terminal.output.replace(b"gone", b"")
    assert terminal.screen() == [y] * 6


def test_a_frame_larger_than_the_terminal_is_cut_and_does_not_scroll(run_on_terminal):
    body = "screen.draw('\\n'.join(f'{row:02}' + '.' * 38 for row in range(20))); time.sleep(60)"
    terminal = run_on_terminal(program(body), 20, 10)
    terminal.wait_for(b"\x1b[?2026l")
    terminal.wait_for(b"09......................................\x1b[0m\x1b[?2026l")
    rows = terminal.screen()
    assert [row[:2] for row in rows] == [f"{row:02}" for row in range(10)]


def test_without_a_terminal_frames_are_plain_rows(tmp_path):
    path = tmp_path / "out"
    with path.open("wb") as file, Guard() as guard:
        screen = Screen(guard, descriptor=file.fileno(), interactive=False)
        with screen:
            screen.draw("one\ntwo")
            screen.draw("three", clear=True, footer="no room here")
            screen.set_footer("nor here")
    assert path.read_bytes() == b"one\ntwo\nthree\n"


def test_everything_is_written_even_through_a_pipe_that_does_not_block_and_a_slow_reader():
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    text = "0123456789" * 100_000
    received = bytearray()

    def read() -> None:
        while data := os.read(reader, 4096):
            received.extend(data)

    thread = threading.Thread(target=read)
    thread.start()
    with Guard() as guard, Screen(guard, descriptor=writer, interactive=False) as screen:
        screen.draw(text)
    os.close(writer)
    thread.join()
    os.close(reader)
    assert received == text.encode() + b"\n"


def test_a_terminal_that_takes_nothing_is_waited_for_no_longer_than_was_said():
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with Guard() as guard:
        screen = Screen(guard, descriptor=writer, interactive=False, patience=0.05)
        with pytest.raises(TimeoutError):
            screen.draw("0123456789" * 100_000)
    os.close(reader)
    os.close(writer)


def test_nothing_is_drawn_between_leaving_and_entering_again(run_on_terminal):
    terminal = run_on_terminal(
        program(
            "screen.draw('one'); screen.leave(); screen.draw('two'); print('mine', flush=True); screen.enter()"
        )
    )
    assert terminal.wait() == 0
    away = terminal.output.split(b"\x1b[?1049l")[1]
    assert away.startswith(b"mine\r\n\x1b[?1049h")
    assert b"two" in away.partition(b"\x1b[?1049h")[2], "what was drawn meanwhile"
    assert terminal.is_as_before()


def test_a_reader_that_had_enough_is_reported():
    reader, writer = os.pipe()
    os.close(reader)
    with (
        Guard() as guard,
        Screen(guard, descriptor=writer, interactive=False) as screen,
        pytest.raises(BrokenPipeError),
    ):
        screen.draw("nobody reads this")
    os.close(writer)


def test_the_handlers_of_before_are_back_after_the_block():
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGTSTP)]
    with Guard():
        assert signal.getsignal(signal.SIGTERM) != before[0]
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGTSTP)] == before


def test_a_guard_leaves_signals_alone_that_have_another_use():
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)]
    with Guard(ending=(signal.SIGQUIT,)):
        assert signal.getsignal(signal.SIGQUIT) != signal.SIG_DFL
        assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)] == before


def test_a_guard_in_another_thread_leaves_signals_alone():
    outcomes = []

    def run() -> None:
        before = signal.getsignal(signal.SIGTERM)
        with Guard() as guard:
            guard.make(lambda: outcomes.append("made"), lambda: outcomes.append("undone"))
            outcomes.append(signal.getsignal(signal.SIGTERM) == before)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert outcomes == ["made", True, "undone"]


def test_an_ignored_hangup_stays_ignored(run_on_terminal):
    """As nohup wants it."""
    body = "os.kill(os.getpid(), signal.SIGHUP); screen.draw('still here')"
    script = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n" + program(body)
    terminal = run_on_terminal(script)
    assert terminal.wait() == 0
    assert b"still here" in terminal.output
