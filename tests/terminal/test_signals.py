"""Signals that come to any thread, and a main thread that waits."""

from __future__ import annotations

import signal
import threading

import pytest

from asciichat.terminal.signals import SignalWatch

RESIZES = """
import os, signal, threading
from asciichat.terminal.signals import SignalWatch
def resized():
    size = os.get_terminal_size()
    os.write(1, f"<{size.columns}x{size.lines}>".encode())
with SignalWatch({signal.SIGWINCH: resized}):
    os.write(1, b"<ready>")
    threading.Event().wait()
"""

# The signal is given to a thread that is not the main one, which waits for a lock and is not told.
ELSEWHERE = """
import os, signal, threading, time
from asciichat.terminal.signals import SignalWatch
def other():
    main_waits.wait()
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
    time.sleep(60)
class Told(Exception):
    pass
def tell(*_):
    raise Told
signal.signal(signal.SIGTERM, tell)
main_waits = threading.Event()
threading.Thread(target=other, daemon=True).start()
with SignalWatch():
    try:
        main_waits.set()
        threading.Event().wait()
    except Told:
        os.write(1, b"<told>")
"""

# Handlers interrupt one another.
FLOOD = """
import os, queue, signal, sys, threading
from asciichat.terminal.signals import SignalWatch
signal.signal(signal.SIGUSR1, lambda *_: None)
words = queue.SimpleQueue()
over = threading.Event()
def flood():
    for _ in range(5000):
        os.kill(os.getpid(), signal.SIGWINCH)
        os.kill(os.getpid(), signal.SIGUSR1)
    over.set()
with SignalWatch({signal.SIGWINCH: lambda: words.put("resized")}):
    threading.Thread(target=flood).start()
    while not (over.is_set() and words.empty()):
        words.get()
        words.put("more")
        words.get()
os.write(1, b"<over>")
"""


def test_a_resize_is_reported_even_while_the_main_thread_waits(run_on_terminal):
    terminal = run_on_terminal(RESIZES)
    terminal.wait_for(b"<ready>")
    for columns, rows in [(100, 30), (40, 12)]:
        terminal.resize(columns, rows)
        terminal.wait_for(f"<{columns}x{rows}>".encode(), seconds=5)


def test_the_main_thread_notices_a_signal_another_thread_got(run_on_terminal):
    terminal = run_on_terminal(ELSEWHERE)
    terminal.wait_for(b"<told>", seconds=10)
    assert terminal.wait() == 0


def test_everything_is_as_it_was_after_the_block():
    before = [signal.getsignal(number) for number in (signal.SIGWINCH, signal.SIGURG)]
    threads = set(threading.enumerate())
    with SignalWatch({signal.SIGWINCH: lambda: None}):
        assert signal.getsignal(signal.SIGWINCH) is not signal.SIG_DFL
    assert [signal.getsignal(number) for number in (signal.SIGWINCH, signal.SIGURG)] == before
    assert set(threading.enumerate()) <= threads
    descriptor = signal.set_wakeup_fd(-1)
    assert descriptor == -1


def test_a_listener_is_called_for_each_signal():
    heard = threading.Semaphore(0)
    with SignalWatch({signal.SIGUSR2: heard.release}):
        for _ in range(3):
            signal.raise_signal(signal.SIGUSR2)
            assert heard.acquire(timeout=5)


def test_in_another_thread_it_leaves_signals_alone():
    outcome = []

    def run() -> None:
        with SignalWatch({signal.SIGWINCH: lambda: None}):
            outcome.append(signal.getsignal(signal.SIGWINCH))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert outcome == [signal.SIG_DFL]


@pytest.mark.parametrize("handler", [signal.SIG_IGN])
def test_a_signal_somebody_else_handles_stays_theirs(handler):
    old = signal.signal(signal.SIGUSR2, handler)
    try:
        with SignalWatch({signal.SIGUSR2: lambda: None}):
            assert signal.getsignal(signal.SIGUSR2) == handler
    finally:
        signal.signal(signal.SIGUSR2, old)


def test_a_flood_of_signals_stops_nobody(run_on_terminal):
    terminal = run_on_terminal(FLOOD)
    terminal.wait_for(b"<over>", seconds=30)
    assert terminal.wait() == 0
