"""A thread that makes no step is logged with where it is; its client is let go, the others go on, and neither the removal
nor the end of the server waits for it."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import pytest
from faulty import OPUS, SODIUM, ZSTD, stand_in
from hostile_line import Line
from invariants import broken

import asciichat
import waiting
from asciichat import Server
from asciichat.protocol.payloads import RemoteLog
from asciichat.protocol.types import LogDirection, LogLevel, PacketType
from asciichat.server import Limits, handlers
from asciichat.server.client import Client

wait_until = partial(waiting.wait_until, seconds=10.0)

LIMITS = Limits(stuck=1.2, ending=0.3)


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that is quick to lose patience."""
    with Server(("127.0.0.1",), 0, limits=LIMITS) as server:
        yield server


def held_up(
    server: Server, caplog: pytest.LogCaptureFixture, name: str, let_on: Callable[[], None], where: str
) -> None:
    """The first client's thread is stuck: follow it to its end, and free it."""
    caplog.set_level(logging.INFO, "asciichat")
    stuck, other = server._manager.clients()
    ended = server.counters()["ended_stuck"]
    wait_until(lambda: server._manager.clients() == [other])
    assert server.counters()["ended_stuck"] == ended + 1
    assert f"its {name} thread has made no step for 1." in caplog.text
    assert re.search(where, caplog.text)
    wait_until(lambda: f"its {name} thread did not end: slot {stuck.slot} stays taken" in caplog.text)
    # Its slot is not given away while the thread may still look at what belongs to it.
    with asciichat.connect("127.0.0.1", server.port) as call:
        wait_until(lambda: len(server._manager.clients()) == 2)
        newcomer = server._manager.clients()[1]
        assert newcomer.slot not in (stuck.slot, other.slot)
        while not isinstance(call.next_event(5), asciichat.Picture):
            pass
    wait_until(lambda: broken(server._manager, stuck=[stuck]) == [])
    let_on()
    wait_until(lambda: f"its threads have ended after all: slot {stuck.slot} is free" in caplog.text)
    wait_until(lambda: broken(server._manager) == [])
    assert other.active


def test_a_handler_that_hangs_costs_its_client_alone(
    server: Server, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def hang(client: Client, payload: bytes) -> None:
        go_on.wait()

    monkeypatch.setitem(handlers._HANDLERS, PacketType.REMOTE_LOG, hang)
    line = Line(server.port)
    wait_until(lambda: len(server.clients()) == 1)
    with asciichat.connect("127.0.0.1", server.port):
        wait_until(lambda: len(server.clients()) == 2)
        line.sealed(
            PacketType.REMOTE_LOG, RemoteLog(LogLevel.INFO, LogDirection.CLIENT_TO_SERVER, "x").encode()
        )
        try:
            held_up(server, caplog, "receive", go_on.set, r"in hang\n\s+go_on\.wait\(\)")
        finally:
            go_on.set()
    line.sock.close()


@pytest.mark.parametrize(
    ("name", "table", "member"),
    [("send", SODIUM, 3), ("receive", OPUS, 6), ("video", ZSTD, 2), ("audio", OPUS, 2)],
)
def test_a_body_that_is_kept_busy_costs_its_client_alone(
    server: Server, caplog: pytest.LogCaptureFixture, name: str, table: str, member: int
) -> None:
    # A screen of its own, so that nobody else draws its picture.
    with (
        stand_in(table, member) as faults,
        asciichat.connect("127.0.0.1", server.port, columns=100, rows=30, compress=True) as call,
    ):
        wait_until(lambda: len(server.clients()) == 1)
        picture = np.arange(3 * 64 * 48, dtype=np.uint8).reshape(48, 64, 3)
        said = np.sin(np.arange(4800, dtype=np.float32) / 10)
        with asciichat.connect("127.0.0.1", server.port) as other:
            wait_until(lambda: len(server.clients()) == 2)
            thread = server._manager.clients()[0].threads()[name]
            faults.faulty_keep_busy(thread.native_id)
            for person in (call, other):
                person.send_video(picture)
                person.send_audio(said)
            held_up(server, caplog, name, lambda: faults.faulty_keep_busy(0), r"in the core: state R")


def test_waiting_is_not_being_stuck(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    """Threads of a call in which nothing happens step, or say that they wait."""
    with asciichat.connect("127.0.0.1", server.port):
        time.sleep(3 * LIMITS.stuck)
        assert len(server.clients()) == 1
    assert "no step" not in caplog.text


def test_the_end_of_a_server_does_not_wait_for_a_thread_that_does_not_end(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    took = []
    while not took or (took[-1] >= LIMITS.ending + 1 and len(took) < 3):  # a busy machine may hold one up
        took.append(ended_with_a_stuck_thread(caplog, monkeypatch))
    assert min(took) < LIMITS.ending + 1


def ended_with_a_stuck_thread(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> float:
    """The seconds that a server took to end."""
    go_on = threading.Event()
    monkeypatch.setitem(handlers._HANDLERS, PacketType.REMOTE_LOG, lambda *_: go_on.wait())
    server = Server(("127.0.0.1",), 0, limits=LIMITS)
    server.start()
    line = Line(server.port)
    line.sealed(PacketType.REMOTE_LOG, RemoteLog(LogLevel.INFO, LogDirection.CLIENT_TO_SERVER, "x").encode())
    wait_until(lambda: len(server.clients()) == 1)
    (client,) = server._manager.clients()
    wait_until(lambda: client.peer.counts()["packets_in"] >= 3)
    begun = time.monotonic()
    server.stop()
    took = time.monotonic() - begun
    assert f"client {client.id} ({client.address}) is left behind: receive" in caplog.text
    go_on.set()
    line.sock.close()
    assert client.join(10)
    return took
