"""Framing, whatever is sent in whatever pieces: the core's receiver, with and without encryption, hands out exactly the
packets that were sent, until the first fault; and then nothing more."""

from __future__ import annotations

import socket
import struct

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from asciichat._core.packet import pack
from asciichat._core.peer import End, Packet, Peer
from asciichat._core.seal import Seal
from asciichat.protocol.types import PacketType

KEY = bytes(range(32))
# Types that are handed to Python as they are, with the sizes they may have.
KINDS = {
    PacketType.STREAM_START: (4, 4),
    PacketType.REMOTE_LOG: (8, 520),
    PacketType.CLIENT_LEAVE: (0, 256),
    PacketType.CLIENT_CAPABILITIES: (168, 168),
    PacketType.CLIENT_JOIN: (40, 40),
}


class Framing(RuleBasedStateMachine):
    """One sender with a mind of its own; one receiver."""

    def __init__(self) -> None:
        super().__init__()
        ours, self.wire = socket.socketpair()
        self.ours = ours
        self.pending = b""
        self.expected: list[Packet] = []
        self.fault = False

    @initialize(encrypted=st.booleans())
    def connect(self, encrypted: bool) -> None:
        self.seal = Seal(KEY, KEY) if encrypted else None
        self.peer = Peer(
            self.ours.fileno(), server=True, keys=(KEY, KEY) if encrypted else None, idle=0.05, whole=0.05
        )

    def _wrap(self, packet: bytes) -> bytes:
        return packet if self.seal is None else self.seal.seal(packet)

    @precondition(lambda self: not self.fault)
    @rule(kind=st.sampled_from(list(KINDS)), data=st.data())
    def say(self, kind: PacketType, data: st.DataObject) -> None:
        payload = data.draw(st.binary(min_size=KINDS[kind][0], max_size=KINDS[kind][1]))
        self.pending += self._wrap(pack(kind, payload))
        self.expected.append(Packet(kind, payload))

    @precondition(lambda self: not self.fault)
    @rule()
    def ping(self) -> None:
        self.pending += self._wrap(pack(PacketType.PING))

    @precondition(lambda self: not self.fault)
    @rule(at=st.integers(0, 7), flip=st.integers(1, 255))
    def damage(self, at: int, flip: int) -> None:
        """In the magic, where any change is a fault (in clear, another type may be as good as the one that was sent)."""
        packet = bytearray(self._wrap(pack(PacketType.STREAM_START, bytes(4))))
        packet[at] ^= flip
        self.pending += bytes(packet)
        self.fault = True

    @precondition(lambda self: not self.fault)
    @rule(extra=st.integers(1, 2**31))
    def announce_too_much(self, extra: int) -> None:
        self.pending += struct.pack(
            ">QHIII", 0x0000000A5C11C4A1, 1200 if self.seal else 5005, 5 * 2**20 + extra, 0, 0
        )
        self.fault = True

    @rule(share=st.floats(0, 1))
    def deliver_some(self, share: float) -> None:
        self._deliver(int(len(self.pending) * share))

    @precondition(lambda self: self.expected)
    @rule()
    def deliver_and_hear(self) -> None:
        self._deliver(len(self.pending))
        while self.expected:
            event = self.peer.receive()
            assert event == self.expected.pop(0)

    def _deliver(self, count: int) -> None:
        self.wire.sendall(self.pending[:count])
        self.pending = self.pending[count:]

    def teardown(self) -> None:
        if hasattr(self, "peer"):
            self._deliver(len(self.pending))
            self.wire.shutdown(socket.SHUT_WR)
            while not isinstance(event := self.peer.receive(), End):
                assert event == self.expected.pop(0)
            assert self.expected == []
            assert event.violation == self.fault, event
            self.peer.stop()
        self.wire.close()
        self.ours.close()


Framing.TestCase.settings = settings(max_examples=150, stateful_step_count=20, deadline=None)
TestFraming = Framing.TestCase
