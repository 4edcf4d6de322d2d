"""What it costs to get packets in and out: framing, envelope, one connection, the room, the manager's lock.

Through the public doors of the core, so each figure includes one call from Python (some 50 ns).
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from asciichat._core import packet
from asciichat._core.peer import End, Packet, Peer
from asciichat._core.room import SLOTS, Room
from asciichat._core.rwlock import RWLock
from asciichat._core.seal import OVERHEAD, Seal
from asciichat.protocol.types import PacketType

sizes = pytest.mark.parametrize("size", [64, 1024, 65536], ids=["64_bytes", "1_KiB", "64_KiB"])
ENVELOPES = 100


def payload_of(size: int) -> bytes:
    return os.urandom(size)


# --- Framing ------------------------------------------------------------------------------------------------


@sizes
def test_pack_a_packet_with_its_crc(benchmark: BenchmarkFixture, size: int) -> None:
    payload = payload_of(size)
    packed = benchmark(packet.pack, PacketType.ASCII_FRAME, payload)
    assert packed[packet.HEADER_SIZE :] == payload
    assert packet.unpack_header(packed).length == size


def test_unpack_a_header(benchmark: BenchmarkFixture) -> None:
    packed = packet.pack(PacketType.ASCII_FRAME, payload_of(1024))
    header = benchmark(packet.unpack_header, packed)
    assert (header.type, header.length) == (PacketType.ASCII_FRAME, 1024)


@sizes
def test_check_the_crc_of_a_payload(benchmark: BenchmarkFixture, size: int) -> None:
    payload = payload_of(size)
    header = packet.unpack_header(packet.pack(PacketType.ASCII_FRAME, payload))
    benchmark(packet.check_payload, header, payload)
    damaged = bytes([payload[0] ^ 1]) + payload[1:]
    with pytest.raises(packet.PacketError):
        packet.check_payload(header, damaged)


# --- The envelope -------------------------------------------------------------------------------------------


@pytest.fixture
def key() -> bytes:
    return os.urandom(32)


# Towards a native peer, and after a Noise handshake.
kinds = pytest.mark.parametrize("records", [None, (0, 0)], ids=["native", "noise"])


@kinds
@sizes
def test_seal_100_packets(
    benchmark: BenchmarkFixture, key: bytes, size: int, records: tuple[int, int] | None
) -> None:
    inner = packet.pack(PacketType.ASCII_FRAME, payload_of(size))
    sender = Seal(key, key, records=records)

    def seal_all() -> bytes:
        for _ in range(ENVELOPES - 1):
            sender.seal(inner)
        return sender.seal(inner)

    sealed = benchmark(seal_all)
    assert len(sealed) == (OVERHEAD if records is None else OVERHEAD - 24) + len(inner)
    first = Seal(key, key, records=records).seal(inner)
    assert Seal(key, key, records=records).open(first[packet.HEADER_SIZE :]) == inner


@kinds
@sizes
def test_open_100_envelopes(
    benchmark: BenchmarkFixture, key: bytes, size: int, records: tuple[int, int] | None
) -> None:
    # An envelope opens once: a second time it is a replay. So each round has its own.
    inner = packet.pack(PacketType.ASCII_FRAME, payload_of(size))
    sender, receiver = Seal(key, key, records=records), Seal(key, key, records=records)

    def fresh() -> tuple[tuple[Any, ...], dict[str, Any]]:
        return ([sender.seal(inner)[packet.HEADER_SIZE :] for _ in range(ENVELOPES)],), {}

    def open_all(envelopes: list[bytes]) -> list[bytes]:
        return [receiver.open(envelope) for envelope in envelopes]

    opened = benchmark.pedantic(open_all, setup=fresh, rounds=50)
    assert opened == [inner] * ENVELOPES


# --- One connection -----------------------------------------------------------------------------------------


@contextmanager
def connection(keys: tuple[bytes, bytes] | None) -> Iterator[tuple[Peer, Peer]]:
    """A server's and a client's end of one connection, their send threads running."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        server = Peer(ours.fileno(), server=True, keys=keys)
        client = Peer(theirs.fileno(), server=False, keys=keys)
        threads = [threading.Thread(target=peer.send) for peer in (server, client)]
        for thread in threads:
            thread.start()
        try:
            yield server, client
        finally:
            for peer in (server, client):
                peer.stop()
            for thread in threads:
                thread.join()


def expect(peer: Peer, kind: PacketType) -> bytes:
    """The payload of the next packet of this kind."""
    while True:
        event = peer.receive()
        if isinstance(event, End):
            raise ConnectionError(event.reason)
        if isinstance(event, Packet) and event.type == kind:
            return event.payload


wires = pytest.mark.parametrize("wire", ["clear", "sealed"])


def keys_for(wire: str, key: bytes) -> tuple[bytes, bytes] | None:
    return (key, key) if wire == "sealed" else None


@wires
def test_50_control_packets_from_one_peer_to_the_other(
    benchmark: BenchmarkFixture, key: bytes, wire: str
) -> None:
    messages = [i.to_bytes(4, "big") * 16 for i in range(50)]
    with connection(keys_for(wire, key)) as (server, client):

        def all_across() -> list[bytes]:
            for message in messages:
                server.control(PacketType.REMOTE_LOG, message)
            return [expect(client, PacketType.REMOTE_LOG) for _ in messages]

        assert benchmark(all_across) == messages


@wires
def test_one_control_packet_there_and_one_back(benchmark: BenchmarkFixture, key: bytes, wire: str) -> None:
    message = payload_of(64)
    with connection(keys_for(wire, key)) as (server, client):

        def there_and_back() -> bytes:
            server.control(PacketType.REMOTE_LOG, message)
            client.control(PacketType.REMOTE_LOG, expect(client, PacketType.REMOTE_LOG))
            return expect(server, PacketType.REMOTE_LOG)

        assert benchmark(there_and_back) == message


@wires
def test_one_64_KiB_picture_from_one_peer_to_the_other(  # noqa: N802  the unit is written so
    benchmark: BenchmarkFixture, key: bytes, wire: str
) -> None:
    picture = payload_of(65536)
    with connection(keys_for(wire, key)) as (server, client):

        def across() -> bytes:
            server.picture(PacketType.ASCII_FRAME, picture)
            return expect(client, PacketType.ASCII_FRAME)

        assert benchmark(across) == picture


# --- The room and the lock ----------------------------------------------------------------------------------


def test_join_a_room_and_leave_it(benchmark: BenchmarkFixture) -> None:
    room = Room()

    def join_and_leave() -> None:
        room.join(0, 1)
        room.leave(0)

    benchmark(join_and_leave)
    assert room.joined == set()


def test_fill_a_room_and_empty_it(benchmark: BenchmarkFixture) -> None:
    room = Room()

    def fill_and_empty() -> int:
        for slot in range(SLOTS):
            room.join(slot, slot + 1)
        most = len(room.joined)
        for slot in range(SLOTS):
            room.leave(slot)
        return most

    assert benchmark(fill_and_empty) == SLOTS
    assert room.joined == set()


def take_and_give_back(acquire: Callable[[], None], release: Callable[[], None]) -> None:
    acquire()
    release()


def is_free(lock: RWLock) -> bool:
    """Can another thread have it alone?"""
    writer = threading.Thread(target=take_and_give_back, args=(lock.acquire_write, lock.release), daemon=True)
    writer.start()
    writer.join(5)
    return not writer.is_alive()


def test_take_the_lock_as_a_reader_and_give_it_back(benchmark: BenchmarkFixture) -> None:
    lock = RWLock()
    benchmark(take_and_give_back, lock.acquire_read, lock.release)
    assert is_free(lock)


def test_take_the_lock_as_a_writer_and_give_it_back(benchmark: BenchmarkFixture) -> None:
    lock = RWLock()
    benchmark(take_and_give_back, lock.acquire_write, lock.release)
    assert is_free(lock)


def test_take_the_lock_as_the_second_reader_and_give_it_back(benchmark: BenchmarkFixture) -> None:
    lock = RWLock()
    lock.acquire_read()
    benchmark(take_and_give_back, lock.acquire_read, lock.release)
    lock.release()
    assert is_free(lock)
