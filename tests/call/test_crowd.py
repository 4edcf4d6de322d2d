"""A full call in which one does not read: the others notice nothing, and whoever reads in the end knows the truth."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from hostile_line import Line

import asciichat
from asciichat import Server, Text
from asciichat._core.packet import HEADER_SIZE
from asciichat.protocol.handshake import ClientPolicy
from asciichat.protocol.payloads import Presence, RemoteLog, TextLine, decode_payload
from asciichat.protocol.types import Feature, PacketType, PresenceFlag
from asciichat.server import Limits
from asciichat.server.herald import LINES, RESERVED

PATIENCE = 60.0
OTHERS = 31
POLICY = ClientPolicy(
    verify_server=lambda _: None,
    features=Feature.NOISE | Feature.PRESENCE | Feature.TEXT | Feature.VIEW_OPTIONS,
)


class Deaf(Line):
    """Sends signs of life and reads nothing, until it is asked to."""

    def __init__(self, server: Server) -> None:
        super().__init__(server.port, POLICY, room=4096)
        self._stopped = threading.Event()
        self._sending = threading.Lock()
        self._alive = threading.Thread(target=self._live)
        self._alive.start()

    def _live(self) -> None:
        try:
            while not self._stopped.wait(0.3):
                with self._sending:
                    self.sealed(PacketType.PING)
        except OSError:
            pass

    def packets(self, *kinds: int) -> Iterator[object]:
        """Read what there is of these types, until the server hangs up."""
        while True:
            packet = self.seal.open(self.packet()[HEADER_SIZE:])
            kind = int.from_bytes(packet[8:10], "big")
            if kind in kinds:
                yield decode_payload(kind, packet[HEADER_SIZE:])

    def close(self) -> None:
        """Hang up."""
        self._stopped.set()
        self._alive.join()
        self.sock.close()


class Crowd:
    """Many with our client, in one thread: small screens, no sound."""

    def __init__(self, server: Server, count: int) -> None:
        self.lines: list[list[str]] = [[] for _ in range(count)]
        self.calls = [
            asciichat.connect(
                "127.0.0.1", server.port, name=f"guest{n}", columns=8, rows=3, fps=1, audio=False
            )
            for n in range(count)
        ]

    def until(self, true: Callable[[], bool]) -> None:
        """Take what comes to everybody until it is so."""
        deadline = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < deadline, [len(lines) for lines in self.lines]
            for call, lines in zip(self.calls, self.lines, strict=True):
                while (event := call.next_event(0)) is not None:
                    if isinstance(event, Text):
                        lines.append(event.text)
            time.sleep(0.01)

    def close(self) -> None:
        """Hang up."""
        for call in self.calls:
            call.close()


@pytest.fixture
def gather() -> Iterator[Callable[..., tuple[Server, Deaf, Crowd]]]:
    """A server with somebody who does not read, and then the others."""
    closing: list[Callable[[], None]] = []

    def gather(limits: Limits, count: int) -> tuple[Server, Deaf, Crowd]:
        server = Server(("127.0.0.1",), 0, max_clients=32, limits=limits)
        server.start()
        closing.append(server.stop)
        deaf = Deaf(server)
        closing.append(deaf.close)
        crowd = Crowd(server, count)
        closing.append(crowd.close)
        return server, deaf, crowd

    yield gather
    for close in reversed(closing):
        close()


def test_who_does_not_read_while_a_crowd_comes_talks_and_goes_is_told_all_of_it_later(gather) -> None:
    server, deaf, crowd = gather(Limits(stall=PATIENCE, lines_burst=20), OTHERS)
    crowd.until(lambda: all(len(call.people()) == OTHERS + 1 for call in crowd.calls))
    for number in range(12):
        for each, call in enumerate(crowd.calls):
            call.send_text(f"{each} says {number}".ljust(500, "."))
    crowd.until(lambda: all(len(lines) == 12 * OTHERS for lines in crowd.lines))
    assert all(lines == crowd.lines[0] for lines in crowd.lines), "all read the same in the same order"
    for call in crowd.calls[10:]:
        call.close()
    del crowd.calls[10:], crowd.lines[10:]
    crowd.until(lambda: all(len(call.people()) == 11 for call in crowd.calls))
    crowd.calls[0].send_text("the last line")
    crowd.until(lambda: all(lines[-1] == "the last line" for lines in crowd.lines))
    (slow,) = [client for client in server._manager.clients() if client.slot == 0]
    assert slow.peer.control_room == RESERVED, "not all of it fits on the way to who does not read"

    present: dict[int, str] = {}
    lines: list[str] = []
    for told in deaf.packets(PacketType.PRESENCE, PacketType.TEXT):
        if isinstance(told, TextLine):
            lines.append(told.text)
            if told.text == "the last line":
                break
        elif isinstance(told, Presence):
            if PresenceFlag.PRESENT in told.flags:
                present[told.slot] = told.name
            else:
                present.pop(told.slot)
    assert lines == crowd.lines[0]
    assert present == {person.slot: person.name for person in crowd.calls[0].people()}


def test_who_does_not_read_is_let_go_and_nobody_else_waits(gather) -> None:
    server, deaf, crowd = gather(Limits(stall=1.0, lines=1000, lines_burst=1000), 3)
    crowd.until(lambda: all(len(call.people()) == 4 for call in crowd.calls))
    number = 0
    while server.counters()["ended_stalled"] == 0:
        begun = time.monotonic()
        crowd.calls[0].send_text(f"{number:0500}")
        crowd.until(lambda least=number: all(len(lines) > least for lines in crowd.lines))
        assert time.monotonic() - begun < 5.0
        number += 1
    crowd.until(lambda: all(len(call.people()) == 3 for call in crowd.calls))
    assert all(lines == [f"{n:0500}" for n in range(number)] for lines in crowd.lines)
    assert deaf.hung_up()


def test_who_falls_behind_by_too_much_hears_how_much_it_missed(gather) -> None:
    _, deaf, crowd = gather(Limits(stall=PATIENCE, lines=1e6, lines_burst=1e6, control=(0, 0)), 2)
    crowd.until(lambda: all(len(call.people()) == 3 for call in crowd.calls))
    total = 2000
    for number in range(total):
        crowd.calls[0].send_text(f"{number:0500}")
        if number % 50 == 49:
            crowd.until(lambda least=number: len(crowd.lines[1]) > least)
    missed: list[str] = []
    lines: list[int] = []
    for told in deaf.packets(PacketType.TEXT, PacketType.REMOTE_LOG):
        if isinstance(told, RemoteLog):
            missed.append(told.message)
        elif isinstance(told, TextLine):
            lines.append(int(told.text))
            if lines[-1] == total - 1:
                break
    assert lines == sorted(set(lines)) and len(lines) < total
    assert lines[-LINES:] == list(range(total - LINES, total))
    assert len(missed) == 1 and missed[0].startswith(f"{total - len(lines)} lines ")
