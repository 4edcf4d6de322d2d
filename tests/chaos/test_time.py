"""Time, and the many: the wall clock is set, hundreds come and go, and a server is told to end in the middle of it."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time

import pytest
from faults import FAULTS, storm
from faulty import library
from hostile_line import Line
from world import ROOT, world

from ports import free_port

pytestmark = [
    pytest.mark.timeout(1500),  # all of it, with --chaos-seconds=400, takes minutes
    pytest.mark.realtime,  # crowds take what processor there is: others that want it would seem to be harmed
]


def test_the_wall_clock_may_be_set() -> None:
    """By an hour forward, a day back, and so on: the call runs by the monotonic clock alone."""
    with world(env={**os.environ, "LD_PRELOAD": str(library())}) as call:

        def set_it() -> None:
            before = call.tell("step_clock", seconds=0)
            for step in (3600, -86400, 10**8, -(10**8)):
                assert abs(call.tell("step_clock", seconds=step) - before - step) < 60, "it was not set"
                before += step
                time.sleep(0.3)
                line = Line(call.port)  # somebody can join in such a time, and leave
                assert line.packet()
                line.sock.close()

        call.unharmed(set_it)


def test_joins_and_leaves_leave_nothing(chance: random.Random, effort: float) -> None:
    """10,000 of them, or some."""
    visits = max(200, int(10_000 * effort))
    with world() as call:
        for _ in range(20):
            Line(call.port).sock.close()

        def visit() -> None:
            for number in range(visits):
                line = Line(call.port)
                if number % 3 == 0:
                    assert line.packet()
                line.sock.close()
                if number % 20 == 0:  # those who leave need a moment, and there are 32 places
                    call.tell("state", guests=2)

        call.unharmed(visit)


def test_the_end_comes_in_the_middle_of_it(chance: random.Random) -> None:
    """SIGTERM while many join and leave: the server ends in order, soon, without a word of trouble."""
    took = []
    while not took or (took[-1] >= 3 and len(took) < 3):  # a machine that is busy may hold one up
        took.append(ended_in_the_middle(chance))
    assert min(took) < 3


def ended_in_the_middle(chance: random.Random) -> float:
    """A server in an orderly end; the seconds it took."""
    port = free_port()
    code = "import sys; from asciichat.cli import server_main; sys.exit(server_main())"
    server = subprocess.Popen(
        [sys.executable, "-c", code, "127.0.0.1", "--port", str(port), "--config", os.devnull, "--exempt", "127.0.0.0/8"],
        cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert server.stdout is not None
    lines = [server.stdout.readline()]
    while "listening on" not in lines[-1]:
        assert lines[-1], lines
        lines.append(server.stdout.readline())
    joined = threading.Event()

    def read() -> None:
        assert server.stdout is not None
        for line in server.stdout:
            lines.append(line)
            if "joined in slot" in line:
                joined.set()

    reader = threading.Thread(target=read)
    reader.start()
    stop = threading.Event()

    def come_and_go(number: int) -> None:
        own = random.Random(f"{chance.random()} {number}")
        while not stop.is_set():
            with contextlib.suppress(OSError, AssertionError):
                storm(port, own, 3)

    crowd = [threading.Thread(target=come_and_go, args=(number,)) for number in range(4)]
    for each in crowd:
        each.start()
    assert joined.wait(20), lines
    time.sleep(chance.uniform(0.2, 1.2))
    server.send_signal(signal.SIGTERM)
    begun = time.monotonic()
    code_of_end = server.wait(20)
    took = time.monotonic() - begun
    stop.set()
    for each in (*crowd, reader):
        each.join()
    assert code_of_end == 0, "".join(lines[-20:])
    said = "".join(lines)
    assert "Traceback" not in said and "left behind" not in said, said[-3000:]
    return took


def test_faults_at_random_leave_nothing(chance: random.Random, request: pytest.FixtureRequest) -> None:
    """For some seconds (`--chaos-seconds`)."""
    seconds = request.config.getoption("chaos_seconds")
    with world(3) as call:
        for fault in FAULTS.values():
            fault(call.port, chance)

        def at_random() -> None:
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                FAULTS[chance.choice(list(FAULTS))](call.port, chance)

        call.unharmed(at_random)
