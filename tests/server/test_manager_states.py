"""The client table, whatever comes after what: compared with a table that a child could keep."""

from __future__ import annotations

import socket
import threading
import time

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from asciichat._core.packet import pack
from asciichat._core.peer import Packet
from asciichat.protocol.handshake import HandshakeResult
from asciichat.protocol.types import PacketType
from asciichat.server.client import Client
from asciichat.server.config import ServerConfig
from asciichat.server.manager import ClientManager, ServerFullError

PLACES = 3


class ClientTable(RuleBasedStateMachine):
    """Clients come, are kicked, hang up, break the rules, and ask for what is not there, in any order."""

    present = Bundle("present")
    gone = Bundle("gone")

    def __init__(self) -> None:
        super().__init__()
        self.before = set(threading.enumerate())
        self.manager = ClientManager(ServerConfig(max_clients=PLACES), self._ignore)
        self.manager.start()
        self.lines: dict[int, socket.socket] = {}
        self.slots: dict[int, int] = {}
        self.seen: set[int] = set()

    @staticmethod
    def _ignore(client: Client, packet: Packet) -> None:
        pass

    @rule(target=present, port=st.sampled_from([1, 40000, 65535]))
    def come(self, port: int) -> object:
        ours, theirs = socket.socketpair()
        try:
            client = self.manager.add(ours, "127.0.0.1", port, HandshakeResult())
        except ServerFullError:
            assert len(self.slots) == PLACES
            theirs.close()
            return multiple()
        assert len(self.slots) < PLACES
        assert client.id not in self.seen, "an id was used again"
        assert client.slot == min(set(range(PLACES)) - set(self.slots.values()))
        self.seen.add(client.id)
        self.slots[client.id] = client.slot
        self.lines[client.id] = theirs
        return client.id

    @rule(target=gone, client_id=consumes(present))
    def kick(self, client_id: int) -> int:
        assert self.manager.remove(client_id)
        self._left(client_id)
        return client_id

    @rule(target=gone, client_id=consumes(present))
    def hang_up(self, client_id: int) -> int:
        self.lines[client_id].close()
        self._until_removed(client_id)
        return client_id

    @rule(target=gone, client_id=consumes(present), half=st.booleans())
    def break_the_rules(self, client_id: int, half: bool) -> int:
        line = self.lines[client_id]
        line.sendall(
            b"GET / HTTP/1.1\r\n\r\n" + bytes(10) if half else pack(PacketType.SERVER_STATE, bytes(32))
        )
        line.settimeout(10)
        while line.recv(4096):
            pass
        self._until_removed(client_id)
        return client_id

    @rule(client_id=gone)
    def ask_for_one_who_left(self, client_id: int) -> None:
        assert self.manager.find(client_id) is None
        assert not self.manager.remove(client_id)

    @rule(client_id=st.integers(-1, 2**40))
    def ask_for_anybody(self, client_id: int) -> None:
        found = self.manager.find(client_id)
        assert (found is not None) == (client_id in self.slots)

    @invariant()
    def the_table_is_what_it_should_be(self) -> None:
        assert len(self.manager) == len(self.slots)
        assert {client.id: client.slot for client in self.manager.clients()} == self.slots
        assert self.manager.room.joined == set(self.slots.values())
        assert self.manager.full() == (len(self.slots) == PLACES)

    def _until_removed(self, client_id: int) -> None:
        deadline = time.monotonic() + 10
        # A slot is free after the client is out of the table; the last step of a removal.
        while self.manager.find(client_id) is not None or client_id in self.manager._slots:
            assert time.monotonic() < deadline
            time.sleep(0.001)
        self._left(client_id)

    def _left(self, client_id: int) -> None:
        self.lines.pop(client_id).close()
        del self.slots[client_id]

    def teardown(self) -> None:
        self.manager.close()
        for line in self.lines.values():
            line.close()
        assert set(threading.enumerate()) <= self.before


ClientTable.TestCase.settings = settings(
    max_examples=25, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
)
TestClientTable = ClientTable.TestCase
