"""A server whose key an agent keeps, and an agent that does not answer: only those wait who need its signature."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bystanders import Bystanders
from callers import Frame, Samples
from hostile_line import ANYBODY, CAPABILITIES, Line

from asciichat import CallError, Server, connect
from asciichat._core.packet import pack
from asciichat.crypto.agent import AgentIdentity
from asciichat.crypto.identity import Identity
from asciichat.protocol.handshake import ClientHandshake, ClientPolicy
from asciichat.protocol.types import ErrorCode, Feature, PacketType
from asciichat.server import Limits
from played_agent import SleepyAgent
from waiting import wait_until

OWN = ClientPolicy(verify_server=lambda _: None, features=Feature.NOISE)
KEY = Identity.from_seed(b"\x11" * 32)


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[SleepyAgent]:
    agent = SleepyAgent(tmp_path / "agent", KEY)
    yield agent
    agent.stop()


@pytest.fixture
def asked(agent: SleepyAgent, serve: Callable[..., Server]) -> Callable[..., Server]:
    """Start servers whose key this agent keeps; they also let clients in that do not encrypt."""

    def start(**options: object) -> Server:
        options = {"identity": AgentIdentity(KEY.public, agent.path), "encrypt": False} | options
        return serve(**options)

    return start


class Caller:
    """Somebody whose handshake goes as far as it can: to the server's signature."""

    def __init__(self, port: int, policy: ClientPolicy = OWN) -> None:
        self.line = Line(port, None)
        self.handshake = ClientHandshake(policy)
        self.line.raw(self.handshake.start())

    def until_unsigned(self) -> Caller:
        """Say everything that can be said before the server has signed."""
        self.line.raw(self.handshake.feed(self.line.sock.recv(65536)))
        return self

    def gets_in(self) -> bool:
        """Go on to the end of the handshake."""
        while not self.handshake.done and self.handshake.failure is None:
            data = self.line.sock.recv(65536)
            if not data:
                return False
            self.line.raw(self.handshake.feed(data))
        return self.handshake.done


def in_clear(port: int) -> Line:
    """Somebody who needs no signature."""
    line = Line(port, None)
    line.raw(pack(PacketType.CLIENT_CAPABILITIES, CAPABILITIES))
    return line


@pytest.mark.parametrize("policy", [OWN, ANYBODY], ids=["own", "native"])
def test_a_handshake_waits_for_the_agent_and_then_goes_on(
    agent: SleepyAgent, asked: Callable[..., Server], policy: ClientPolicy
) -> None:
    server = asked()
    agent.sleep()
    caller = Caller(server.port, policy).until_unsigned()
    assert agent.asked.acquire(timeout=5)
    assert server.clients() == [] and server.half_open == 1
    agent.wake()
    assert caller.gets_in()
    wait_until(lambda: len(server.clients()) == 1)
    caller.line.sock.close()


def test_those_who_do_not_need_the_agent_notice_nothing(
    agent: SleepyAgent,
    asked: Callable[..., Server],
    talking_head: list[Frame],
    film: list[Frame],
    voices: dict[str, Samples],
) -> None:
    server = asked(limits=Limits(greeting=3.0))
    people = Bystanders(server, [film, talking_head], [voices["alice"], voices["bob"]], [{}, {}])
    agent.sleep()
    with people.unhurt():
        waiting = [Caller(server.port, policy).until_unsigned() for policy in (OWN, ANYBODY, OWN)]
        assert agent.asked.acquire(timeout=5)
        plain = in_clear(server.port)
        wait_until(lambda: len(server.clients()) == 3)
        silent = Line(server.port, None)
        assert silent.hung_up()  # its time to say something is over
        assert server.counters()["failed_late"] == 1
        assert server.half_open == 3
        agent.wake()
        assert all(caller.gets_in() for caller in waiting)
        wait_until(lambda: len(server.clients()) == 6)
        for line in (plain, *(caller.line for caller in waiting)):
            line.sock.close()
    people.close()


def test_a_place_is_taken_by_who_is_through_first_and_the_full_server_says_so(
    agent: SleepyAgent, asked: Callable[..., Server]
) -> None:
    server = asked(max_clients=1)
    agent.sleep()
    first = Caller(server.port).until_unsigned()
    assert agent.asked.acquire(timeout=5)
    plain = in_clear(server.port)
    wait_until(lambda: len(server.clients()) == 1)
    with pytest.raises(CallError, match="every place in the call is taken") as caught:
        connect("127.0.0.1", server.port)
    assert caught.value.exit_code == ErrorCode.SESSION_FULL
    agent.wake()
    first.gets_in()
    wait_until(lambda: server.counters()["failed_full"] == 1)
    plain.sock.close()


def test_the_deadline_holds_and_is_no_fault_of_the_callers(
    agent: SleepyAgent, asked: Callable[..., Server], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "asciichat")
    server = asked(limits=Limits(handshake=3.0, greeting=3.0, penalty_least=0.1, penalty_late=60))
    agent.sleep()
    late = [Caller(server.port).until_unsigned() for _ in range(3)]
    assert all(caller.line.hung_up() for caller in late)
    assert server.counters()["failed_unsigned"] == 3
    assert f"{late[0].line.address} let go in the handshake: the server's key did not sign" in caplog.text
    assert agent.left.acquire(timeout=5)  # it is not waited for any more
    agent.wake()
    assert Caller(server.port).gets_in()
    assert server.counters()["refused_penalty"] == 0


def test_who_hangs_up_makes_room_for_the_next(agent: SleepyAgent, asked: Callable[..., Server]) -> None:
    server = asked()
    agent.sleep()
    callers = [Caller(server.port).until_unsigned() for _ in range(3)]
    wait_until(lambda: server._listener._desk.waiting == 2)
    for number, caller in enumerate(callers[:2]):
        assert agent.asked.acquire(timeout=5)
        caller.line.sock.close()
        assert agent.left.acquire(timeout=5)
        wait_until(lambda left=1 - number: server._listener._desk.waiting == left)
    assert agent.asked.acquire(timeout=5)
    agent.wake()
    assert callers[2].gets_in()
    assert server.counters()["failed_unsigned"] == 2


def test_whoever_waits_cannot_talk_for_ever(agent: SleepyAgent, asked: Callable[..., Server]) -> None:
    server = asked()
    agent.sleep()
    caller = Caller(server.port).until_unsigned()
    assert agent.asked.acquire(timeout=5)
    caller.line.raw(bytes(9000))
    assert caller.line.hung_up()
    assert server.counters()["failed_bytes"] == 1
    assert agent.left.acquire(timeout=5)


def test_there_are_never_more_requests_than_half_open_connections(
    agent: SleepyAgent, asked: Callable[..., Server]
) -> None:
    server = asked(limits=Limits(half_open=12, half_open_start=12, half_open_per_source=12))
    agent.sleep()
    callers = []
    for _ in range(60):
        try:
            callers.append(Caller(server.port).until_unsigned())
        except OSError:
            continue  # it was not even looked at
        assert server._listener._desk.waiting <= 12
    wait_until(lambda: server.half_open <= 12)
    agent.wake()
    for caller in callers:
        caller.line.sock.close()
    wait_until(lambda: server.half_open == 0 and server._listener._desk.waiting == 0)


def test_an_agent_that_refuses_costs_one_handshake(
    agent: SleepyAgent, asked: Callable[..., Server], tmp_path: Path
) -> None:
    server = asked()
    path = tmp_path / "agent"
    path.rename(tmp_path / "away")
    assert not Caller(server.port).gets_in()
    (tmp_path / "away").rename(path)
    assert Caller(server.port).gets_in()
    assert server.counters()["failed_unsigned"] == 1


def test_the_server_stops_at_once_whatever_the_agent_does(
    agent: SleepyAgent, asked: Callable[..., Server]
) -> None:
    server = asked()
    agent.sleep()
    callers = [Caller(server.port).until_unsigned() for _ in range(3)]
    assert agent.asked.acquire(timeout=5)
    assert "signing" in {thread.name for thread in threading.enumerate()}
    begun = time.monotonic()
    server.stop()
    assert time.monotonic() - begun < 5  # the agent would have had 30
    assert "signing" not in {thread.name for thread in threading.enumerate()}
    assert all(caller.line.hung_up() for caller in callers)
    assert agent.left.acquire(timeout=5)


def test_a_key_in_memory_needs_no_thread(serve: Callable[..., Server]) -> None:
    server = serve(identity=KEY)
    assert "signing" not in {thread.name for thread in threading.enumerate()}
    assert Caller(server.port).gets_in()
