"""Joins and leaves leave nothing behind, the end of a server is quick, and threads keep time meanwhile."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from callers import Frame, OwnCaller, Samples

import asciichat
from asciichat import Server

pytestmark = pytest.mark.realtime


def resident() -> int:
    """Bytes of memory this process has."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def open_descriptors() -> int:
    """How many file descriptors this process has open."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def visit(server: Server, frame: Frame) -> None:
    """Come, show something, say something, see something, go."""
    with asciichat.connect("127.0.0.1", server.port) as call:
        call.send_video(frame)
        call.send_audio(np.zeros(4800, np.float32))
        while not isinstance(call.next_event(5), asciichat.Picture):
            pass


def heard_by(people: list[OwnCaller]) -> int:
    """Bytes of what these have heard, which they keep: the longer it takes, the more."""
    return sum(person.ears.samples().nbytes for person in people)


def wait_for_clients(server: Server, count: int) -> None:
    """Until the server has noticed."""
    deadline = time.monotonic() + 10
    while len(server.clients()) != count:
        assert time.monotonic() < deadline, f"{len(server.clients())} clients, not {count}"
        time.sleep(0.005)


def test_fifty_visits_under_load_leave_nothing_behind(
    serve: Callable[..., Server], film: list[Frame], voices: dict[str, Samples]
) -> None:
    server = serve()
    regulars = [
        OwnCaller(server.port, film * 20, voices[name], columns=80, rows=24) for name in ("alice", "bob")
    ]
    try:
        for _ in range(10):  # caches and allocators reach their size
            visit(server, film[0])
        wait_for_clients(server, 2)
        gc.collect()
        threads = set(threading.enumerate())
        descriptors = open_descriptors()
        memory = resident() - heard_by(regulars)
        for _ in range(50):
            visit(server, film[0])
        wait_for_clients(server, 2)
        gc.collect()
        assert set(threading.enumerate()) <= threads
        assert open_descriptors() <= descriptors
        assert resident() - heard_by(regulars) - memory < 8 * 2**20
    finally:
        for person in regulars:
            person.close()


def test_a_server_with_people_in_it_ends_in_less_than_a_second(
    serve: Callable[..., Server], film: list[Frame], voices: dict[str, Samples]
) -> None:
    took: list[float] = []
    while not took or (took[-1] >= 1.0 and len(took) < 3):  # a busy machine may hold one up
        server = serve()
        people = [OwnCaller(server.port, film, voices["alice"]) for _ in range(3)]
        wait_for_clients(server, 3)
        begun = time.monotonic()
        server.stop()
        took.append(time.monotonic() - begun)
        assert not [
            t.name
            for t in threading.enumerate()
            if t.name.startswith(("client-", "herald", "listener", "reaper"))
        ]
        deadline = time.monotonic() + 10
        for person in people:
            while person.end is None:
                assert time.monotonic() < deadline, "a call whose server is gone must say so"
                time.sleep(0.005)
            person.close()
    assert min(took) < 1.0


def test_first_picture_comes_quickly(serve: Callable[..., Server], film: list[Frame]) -> None:
    server = serve()
    took: list[float] = []
    deadline = time.monotonic() + 20
    while len(took) < 5 or (min(took) >= 0.1 and time.monotonic() < deadline):
        begun = time.monotonic()
        visit(server, film[0])
        took.append(time.monotonic() - begun)
    assert min(took) < 0.1


def test_render_threads_keep_time_beside_a_busy_python_thread(
    serve: Callable[..., Server], film: list[Frame], voices: dict[str, Samples]
) -> None:
    server = serve()
    person = OwnCaller(server.port, film, voices["bob"], columns=80, rows=24)
    done = threading.Event()

    def spin() -> None:
        while not done.is_set():
            sum(range(1000))

    busy = threading.Thread(target=spin)
    busy.start()
    rates = {"video": 60, "audio": 172}

    def lateness() -> dict[str, dict[str, float]]:
        (client,) = server.clients()
        return {"video": client.video_lateness, "audio": client.audio_lateness}

    try:
        wait_for_clients(server, 1)
        deadline = time.monotonic() + 30
        late = True
        while late:  # what else the machine does may hold threads up for a while
            before, begun = lateness(), time.monotonic()
            time.sleep(3)
            took, after = time.monotonic() - begun, lateness()
            # A tick that had to come back to Python would be 5 ms late at the median: half of all ticks here.
            late = any(
                after[name]["p50_us"] >= 1000
                or after[name]["ticks"] - before[name]["ticks"] < 0.9 * rate * took
                for name, rate in rates.items()
            )
            assert not late or time.monotonic() < deadline, (before, after)
    finally:
        done.set()
        busy.join()
        person.close()
