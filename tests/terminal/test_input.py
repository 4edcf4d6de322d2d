"""The thread that listens to keys, on real pseudo-terminals."""

from __future__ import annotations

import pytest

PROGRAM = """
import os, threading
from asciichat.terminal.guard import Guard
from asciichat.terminal.input import Input
def say(text):
    os.write(1, f"<{text}>".encode())
done = threading.Event()
def key(name):
    say(name)
    if name == "q":
        done.set()
with Guard() as guard, Input(guard, key):
    say("ready")
    done.wait()
"""


def test_keys_are_reported_at_once_and_not_shown(run_on_terminal):
    terminal = run_on_terminal(PROGRAM)
    terminal.wait_for(b"<ready>")
    terminal.type(b"m")
    terminal.wait_for(b"<m>")
    terminal.type(b"\x1b[A")
    terminal.wait_for(b"<up>")
    terminal.type(b"q")
    assert terminal.wait() == 0
    assert terminal.output == b"<ready><m><up><q>"
    assert terminal.is_as_before()


def test_escape_is_reported_after_a_moment(run_on_terminal):
    terminal = run_on_terminal(PROGRAM)
    terminal.wait_for(b"<ready>")
    terminal.type(b"\x1b")
    terminal.wait_for(b"<escape>", seconds=5)


def test_keys_come_from_the_terminal_although_standard_input_is_something_else(run_on_terminal):
    terminal = run_on_terminal("import os\nos.dup2(os.open('/dev/null', os.O_RDONLY), 0)\n" + PROGRAM)
    terminal.wait_for(b"<ready>")
    terminal.type(b"q")
    terminal.wait_for(b"<q>")
    assert terminal.wait() == 0
    assert terminal.is_as_before()


def test_a_terminal_that_goes_away_ends_no_program_that_ignores_the_hangup(run_on_terminal, tmp_path):
    """The input thread must not spin or die of the closed descriptor."""
    path = tmp_path / "after"
    script = f"""
import signal, threading, time
from pathlib import Path
from asciichat.terminal.guard import Guard
from asciichat.terminal.input import Input
signal.signal(signal.SIGHUP, signal.SIG_IGN)
with Guard() as guard, Input(guard, lambda key: None):
    print("ready", flush=True)
    signal.sigtimedwait([signal.SIGUSR1], 60)
    begun = time.thread_time(), time.process_time()
    time.sleep(0.2)
    used = time.process_time() - begun[1]
Path({str(path)!r}).write_text(f"{{used}}")
"""
    script = "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])\n" + script
    import os
    import signal

    terminal = run_on_terminal(script)
    terminal.wait_for(b"ready")
    os.close(terminal.slave)
    os.close(terminal.master)
    terminal.process.send_signal(signal.SIGUSR1)
    terminal.process.wait(15)
    terminal.master, terminal.slave = os.openpty()  # for the clean-up of the fixture
    assert float(path.read_text()) < 0.1


@pytest.mark.parametrize("times", [3])
def test_entering_and_leaving_repeatedly_leaves_no_descriptor_and_no_thread(run_on_terminal, times):
    script = f"""
import os, threading
from asciichat.terminal.guard import Guard
from asciichat.terminal.input import Input
def count():
    return len(os.listdir("/proc/self/fd")), threading.active_count()
before = count()
for _ in range({times}):
    with Guard() as guard, Input(guard, print):
        pass
print("equal" if count() == before else (before, count()), flush=True)
"""
    terminal = run_on_terminal(script)
    terminal.wait_for(b"equal")
    assert terminal.wait() == 0
