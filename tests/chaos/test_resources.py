"""No descriptor, memory or thread for a newcomer: it is refused, nothing of it is left, the others notice nothing."""

from __future__ import annotations

import contextlib
import os
import random
import socket
import time
from collections.abc import Iterator

import pytest
from faults import talk
from faulty import library
from hostile_line import Line
from world import World, world

from asciichat.protocol.payloads import RemoteLog
from asciichat.protocol.types import LogDirection, LogLevel, PacketType

pytestmark = pytest.mark.timeout(1500)  # all of it, with --chaos-seconds=400, takes minutes


def try_to_join(port: int) -> bool:
    """Come and go; False when it was refused."""
    try:
        line = Line(port)
    except (OSError, AssertionError):
        return False
    # It is through its handshake; it is in the call when something comes.
    line.sock.settimeout(5)
    with contextlib.suppress(OSError):
        came = bool(line.sock.recv(1))
        line.sock.close()
        return came
    line.sock.close()
    return False


def test_without_a_descriptor_callers_are_refused_at_once(chance: random.Random) -> None:
    with world() as call:
        assert try_to_join(call.port)

        def run_out() -> None:
            call.tell("limit", descriptors=0)
            begun = call.tell("cpu")
            lines = [socket.create_connection(("127.0.0.1", call.port), 5) for _ in range(20)]
            for line in lines:
                assert line.recv(1) == b"", "who cannot be let in is hung up on, and does not hang"
                line.close()
            time.sleep(0.5)
            # The callers that cannot be accepted must not keep the listener busy.
            assert call.tell("cpu") - begun < 0.1
            call.tell("limit", descriptors=-1)

        call.unharmed(run_out)
        assert try_to_join(call.port)


@pytest.mark.parametrize("number", range(4))
def test_a_thread_that_cannot_start_leaves_nothing(call: World, number: int) -> None:
    def cannot_start() -> None:
        call.tell("fail_thread", number=number)
        assert not try_to_join(call.port)
        call.tell("fail_thread", number=-1)

    call.unharmed(cannot_start)
    assert try_to_join(call.port)


@pytest.fixture(scope="module")
def call() -> Iterator[World]:
    """Two people in a call, for several tests."""
    with world() as made:
        yield made


def test_an_exception_in_a_handler_ends_its_client_alone(call: World, chance: random.Random) -> None:
    def break_it() -> None:
        call.tell("break_handlers")
        line = Line(call.port)
        talk(line, chance, 0.1)
        message = RemoteLog(LogLevel.INFO, LogDirection.CLIENT_TO_SERVER, "hello")
        line.sealed(PacketType.REMOTE_LOG, message.encode())
        assert line.hung_up()
        call.tell("mend_handlers")

    before = call.tell("state")["counters"]["ended_failure"]
    call.unharmed(break_it)
    assert call.tell("state")["counters"]["ended_failure"] > before


def test_any_allocation_on_the_way_in_may_fail(chance: random.Random, effort: float) -> None:
    """Of all that are made on the way from a handshake to a place in the call: each in turn, or some."""
    environment = {**os.environ, "LD_PRELOAD": str(library()), "PYTHONMALLOC": "malloc"}
    environment.pop("ASCIICHAT_CHECK_LOCKS", None)  # a check takes memory that a server does not
    with world(env=environment) as call:
        for _ in range(3):  # what is made once is made
            assert try_to_join(call.port)
        call.tell("state", guests=2)
        call.tell("fail_allocation", number=-1)
        assert try_to_join(call.port)
        count = call.tell("allocations")
        assert count > 50

        let_in = 0
        tried = max(12, int(effort * count))

        def fail_each() -> None:
            nonlocal let_in
            let_in = 0
            for number in sorted(chance.sample(range(count), tried)):
                call.tell("fail_allocation", number=number)
                let_in += try_to_join(call.port)
                state = call.tell("state", guests=2)
                assert state["wrong"] == [], f"allocation {number} of {count}"

        call.unharmed(fail_each)
        # Some can be done without (a name for the log, a hint for the others); most cannot.
        assert let_in < tried / 2
        call.tell("fail_allocation", number=-1)
        assert try_to_join(call.port)
