"""The client manager: found by id, added and removed without a trace, whatever fails."""

from __future__ import annotations

import gc
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from asciichat._core.peer import Packet
from asciichat.protocol.framing import PacketReader
from asciichat.protocol.handshake import HandshakeResult
from asciichat.protocol.payloads import ErrorMessage
from asciichat.protocol.types import ErrorCode
from asciichat.server import client as client_module
from asciichat.server.client import Client
from asciichat.server.config import ServerConfig
from asciichat.server.manager import ClientManager, ServerFullError


def ignore(client: Client, packet: Packet) -> None:
    """Do nothing with a packet."""


@pytest.fixture
def manager() -> Iterator[ClientManager]:
    """A manager for three clients."""
    manager = ClientManager(ServerConfig(max_clients=3), ignore)
    manager.start()
    yield manager
    manager.close()


def open_descriptors() -> int:
    """How many file descriptors this process has open."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def add(manager: ClientManager, port: int = 5000) -> tuple[Client, socket.socket]:
    """Let a client in without encryption, and keep its end of the line."""
    ours, theirs = socket.socketpair()
    return manager.add(ours, "127.0.0.1", port, HandshakeResult()), theirs


def test_clients_are_found_by_id(manager: ClientManager) -> None:
    client, line = add(manager)
    assert manager.find(client.id) is client
    assert manager.find(client.id + 1) is None
    line.close()


def test_ids_hold_the_port_and_are_never_used_again(manager: ClientManager) -> None:
    seen = set()
    for _ in range(5):
        client, line = add(manager, port=40000)
        assert client.id & 0xFFFF == 40000
        assert client.id not in seen
        seen.add(client.id)
        assert manager.remove(client.id)
        line.close()


def test_the_slot_of_one_who_left_is_used_again(manager: ClientManager) -> None:
    first, _line = add(manager)
    second, _other = add(manager)
    assert (first.slot, second.slot) == (0, 1)
    manager.remove(first.id)
    third, _third = add(manager)
    assert third.slot == 0


def test_a_full_call_takes_nobody_else(manager: ClientManager) -> None:
    lines = [add(manager)[1] for _ in range(3)]
    assert manager.full()
    ours, theirs = socket.socketpair()
    with pytest.raises(ServerFullError):
        manager.add(ours, "127.0.0.1", 1, HandshakeResult())
    (told,) = PacketReader().feed(theirs.recv(1000))
    assert ErrorMessage.decode(told.payload).code == ErrorCode.SESSION_FULL
    assert theirs.recv(1) == b""  # and hung up
    assert len(manager) == 3
    for line in lines:
        line.close()


def test_a_client_has_four_threads_named_after_it(manager: ClientManager) -> None:
    before = set(threading.enumerate())
    client, _line = add(manager)
    names = [thread.name for thread in threading.enumerate() if thread not in before]
    assert names == [f"client-{client.id}-{thread}" for thread in ("send", "receive", "video", "audio")]


def test_who_hangs_up_is_removed(manager: ClientManager, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = threading.Event()
    monkeypatch.setattr(manager.herald, "wake", gone.set)
    client, line = add(manager)
    gone.clear()
    line.close()
    assert gone.wait(5)
    assert manager.find(client.id) is None
    assert not client.active


def test_only_the_first_removal_counts(manager: ClientManager) -> None:
    client, _line = add(manager)
    results: list[bool] = []
    threads = [threading.Thread(target=lambda: results.append(manager.remove(client.id))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False] * 7 + [True]


def test_clean_up_runs_in_its_fixed_order(manager: ClientManager, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []

    def watch(owner: object, name: str) -> None:
        original = getattr(owner, name)

        def watched(*args: object) -> object:
            steps.append(name)
            return original(*args)

        monkeypatch.setattr(owner, name, watched)

    client, _line = add(manager)
    join = threading.Thread.join

    def watched_join(thread: threading.Thread, timeout: float | None = None) -> None:
        steps.append(f"join {thread.name.rpartition('-')[2]}")
        join(thread, timeout)

    monkeypatch.setattr(threading.Thread, "join", watched_join)
    for owner, name in (
        (client, "deactivate"),
        (client, "close"),
        (manager, "_forget"),
        (manager, "_release"),
    ):
        watch(owner, name)
    manager.remove(client.id)
    assert steps == [
        "deactivate", "join send", "join receive", "join video", "join audio", "close", "_forget", "_release",
    ]  # fmt: skip


@pytest.mark.parametrize("failing", [0, 1, 2, 3])
def test_a_thread_that_cannot_start_leaves_nothing_behind(
    manager: ClientManager, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    start = threading.Thread.start
    started = 0

    def start_or_fail(thread: threading.Thread) -> None:
        nonlocal started
        if thread.name.startswith("client-"):
            if started == failing:
                raise RuntimeError("can't start new thread")
            started += 1
        start(thread)

    gc.collect()  # what others left open is closed now, and not later
    threads, descriptors = set(threading.enumerate()), open_descriptors()
    ours, theirs = socket.socketpair()
    with monkeypatch.context() as patch:
        patch.setattr(client_module.threading.Thread, "start", start_or_fail)
        with pytest.raises(RuntimeError, match="new thread"):
            manager.add(ours, "127.0.0.1", 1, HandshakeResult())
    assert theirs.recv(1) == b""
    theirs.close()
    assert set(threading.enumerate()) <= threads
    assert open_descriptors() == descriptors
    assert len(manager) == 0
    assert manager.room.joined == set()
    assert add(manager)[0].slot == 0


def test_a_room_without_memory_leaves_nothing_behind(
    manager: ClientManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    class FullRoom:
        def join(self, *_: int) -> None:
            raise MemoryError("no memory for another source")

    room = manager.room
    ours, theirs = socket.socketpair()
    monkeypatch.setattr(manager, "room", FullRoom())
    with pytest.raises(MemoryError):
        manager.add(ours, "127.0.0.1", 1, HandshakeResult())
    monkeypatch.setattr(manager, "room", room)
    assert theirs.recv(1) == b""
    assert add(manager)[0].slot == 0


def test_memory_that_ends_when_a_place_was_just_taken_leaves_it_free(
    manager: ClientManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    reserve = manager._reserve

    def reserve_and_fail(port: int, place: list[int]) -> None:
        reserve(port, place)
        raise MemoryError("no memory to return")

    ours, theirs = socket.socketpair()
    with monkeypatch.context() as patch:
        patch.setattr(manager, "_reserve", reserve_and_fail)
        with pytest.raises(MemoryError):
            manager.add(ours, "127.0.0.1", 1, HandshakeResult())
    assert theirs.recv(1) == b""
    theirs.close()
    assert manager._slots == [None] * len(manager._slots)
    assert add(manager)[0].slot == 0


def test_a_snapshot_does_not_change(manager: ClientManager) -> None:
    client, _line = add(manager)
    before = client.snapshot()
    client.update(name="somebody else", columns=132)
    assert before.state.name != "somebody else"
    assert client.snapshot().state.columns == 132


def test_closing_removes_everybody(manager: ClientManager) -> None:
    clients = [add(manager)[0] for _ in range(3)]
    manager.close()
    assert len(manager) == 0
    assert not any(client.active for client in clients)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("client-")]
