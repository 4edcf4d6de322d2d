"""Whatever arrives, in whatever order and cut wherever: a handshake ends in a key both have, or in words."""

from __future__ import annotations

from handshake_partners import (
    CLIENT,
    OTHER_PASSWORD_KEY,
    PASSWORD_KEY,
    SERVER,
    STRANGER,
    client_policy,
    converse,
    over,
    sign_for,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from protocol_strategies import BY_CLASS

from asciichat._core.packet import HEADER_SIZE, pack
from asciichat.protocol import payloads as p
from asciichat.protocol.handshake import (
    ClientHandshake,
    Handshake,
    HandshakeError,
    Proof,
    ServerHandshake,
    ServerPolicy,
)
from asciichat.protocol.types import Feature, PacketType

people = st.sampled_from([None, CLIENT, STRANGER])
passwords = st.sampled_from([None, PASSWORD_KEY, OTHER_PASSWORD_KEY])
features = st.sampled_from([Feature.NONE, Feature.NOISE])
clients = st.builds(client_policy, identity=people, password_key=passwords, features=features)


@st.composite
def servers(draw) -> ServerPolicy:
    identity = draw(st.sampled_from([None, SERVER]))
    listed = st.sampled_from([None, frozenset(), frozenset({CLIENT.public_key})])
    return ServerPolicy(
        identity=identity,
        password_key=draw(passwords),
        client_keys=draw(listed) if identity is not None else None,
        sign_elsewhere=draw(st.booleans()),
        features=draw(features),
    )


def keys_of(machine: Handshake) -> frozenset[bytes]:
    """The keys of the session, or what a machine that still waits for the last word has of them."""
    if machine.done:
        keys = machine.result.keys
    elif machine._channel is not None and machine._channel._state.finished:
        keys = [state.key for state in machine._channel._state.split()]
    else:
        keys = [machine._shared_key] if machine._shared_key is not None else []
    return frozenset(map(bytes, keys))


def bytes_read(packets) -> set[int]:
    """Where in a stream stands what its receiver reads: all but the client ids in the headers."""
    positions, at = set(), 0
    for packet in packets:
        end = at + HEADER_SIZE + len(packet.payload)
        positions |= {*range(at, end)} - {*range(at + HEADER_SIZE - 4, at + HEADER_SIZE)}
        at = end
    return positions


def pieces_of(sizes: list[int]):
    """Cut what is said into pieces of these sizes, in turn."""

    def split(data: bytes):
        at, turn = 0, 0
        while at < len(data):
            size = sizes[turn % len(sizes)]
            yield data[at : at + size]
            at, turn = at + size, turn + 1

    return split


def may_enter(client, server) -> bool:
    if server.password_key is not None and client.password_key != server.password_key:
        return False
    return server.client_keys is None or (
        client.identity is not None and client.identity.public_key in server.client_keys
    )


@given(clients, servers(), st.lists(st.integers(1, 60), min_size=1, max_size=6))
def test_exactly_those_get_in_that_have_what_is_demanded_however_the_stream_is_cut(client, server, sizes):
    talk = converse(client, server, pieces_of(sizes))
    assert talk.server.done == talk.client.done == may_enter(client, server)
    if talk.server.done:
        assert talk.client.result.keys == talk.server.result.keys[::-1]
        noise = Feature.NOISE in client.features & server.features
        assert (talk.client.result.records is not None) == noise
        assert bool(talk.server.result.proved & Proof.PASSWORD) == (server.password_key is not None)
        # A native server without an identity does not announce room for the client's.
        shown = client.identity if server.identity is not None or noise else None
        assert talk.server.result.peer_identity == (shown.public_key if shown else None)
    else:
        assert talk.client.failure is not None and talk.server.failure is not None


@given(
    clients, servers(), st.sampled_from(["client", "server"]), st.integers(0, 1 << 16), st.integers(1, 255)
)
def test_one_damaged_byte_never_leaves_the_two_with_different_keys(client, server, whose, position, flip):
    """Nor with anything but a result or a failure; and a byte that is read at all ends the handshake."""
    length = {"client": 0, "server": 0}

    def split(data: bytes):
        # converse asks for the client's words first, then for the server's, in turn.
        side = "client" if split.turn % 2 == 0 else "server"
        split.turn += 1
        begin, length[side] = length[side], length[side] + len(data)
        damaged = bytearray(data)
        if side == whose and begin <= position % 400 < length[side]:
            damaged[position % 400 - begin] ^= flip
        return [bytes(damaged)] if damaged else []

    split.turn = 0
    talk = converse(client, server, split)
    for machine in (talk.client, talk.server):
        assert machine.result is None or machine.failure is None
        assert isinstance(machine.failure, HandshakeError | None)
    if talk.client.done and talk.server.done:
        assert talk.client.result.keys == talk.server.result.keys[::-1]
        if talk.client.result.records is not None:
            # Noise binds everything that is read: whoever gets through saw what the other said.
            packets = talk.client_packets if whose == "client" else talk.server_packets
            assert position % 400 not in bytes_read(packets)


handshake_classes = [kind for kind in BY_CLASS if kind.TYPE < PacketType.ENCRYPTED]
said = st.one_of(
    st.one_of(*[BY_CLASS[kind] for kind in handshake_classes]).map(lambda payload: payload.packet()),
    st.sampled_from([p.Ping(), p.Pong(), p.NoEncryption(), p.ErrorMessage(48, "full")]).map(
        lambda payload: payload.packet()
    ),
    st.binary(min_size=64, max_size=137).map(lambda data: pack(PacketType.AUTH_RESPONSE, data)),
    st.tuples(st.sampled_from(list(PacketType)), st.binary(max_size=200)).map(lambda pair: pack(*pair)),
    st.binary(max_size=64),
)


class AnyOrder(RuleBasedStateMachine):
    """A machine of ours against somebody who says anything at any time."""

    @initialize(side=st.sampled_from(["client", "server"]), client=clients, server=servers())
    def begin(self, side, client, server):
        self.machine: Handshake = ClientHandshake(client) if side == "client" else ServerHandshake(server)
        # AuthRequirement and Proof have the same bits.
        self.demanded = Proof(server.required) if side == "server" else Proof.NONE
        self.keys_of_the_partner: set[frozenset[bytes]] = set()
        self.partner: Handshake = ServerHandshake(server) if side == "client" else ClientHandshake(client)
        self.honest = self.machine.start(), self.partner.start()
        self.sent = len(self.honest[0])

    def hear(self, data: bytes) -> None:
        if not over(self.machine):
            self.say(self.machine.feed(data))

    def say(self, answer: bytes) -> None:
        self.sent += len(answer)
        if not over(self.partner):
            self.honest = self.honest[0] + answer, self.honest[1]

    @rule()
    def the_agent_signs(self):
        self.say(sign_for(self.machine))

    @rule()
    def the_partner_goes_on(self):
        to_partner, to_machine = self.honest
        self.honest = b"", b""
        if not over(self.partner) and to_partner:
            to_machine += self.partner.feed(to_partner) + sign_for(self.partner)
            self.keys_of_the_partner.add(keys_of(self.partner))
        if to_machine:
            self.hear(to_machine)

    @rule(data=said, seldom=st.integers(0, 3))
    def something_is_slipped_in(self, data, seldom):
        if not seldom:
            self.hear(data)

    @rule(seldom=st.integers(0, 3))
    def somebody_pings(self, seldom):
        if not seldom:
            self.hear(p.Ping().packet())

    @rule(seldom=st.integers(0, 7))
    def the_line_goes_dead(self, seldom):
        if not seldom and not over(self.machine):
            self.machine.eof()
            assert self.machine.failure is not None

    @invariant()
    def it_is_in_one_state(self):
        if hasattr(self, "machine"):
            assert self.machine.result is None or self.machine.failure is None
            assert isinstance(self.machine.failure, HandshakeError | None)
            assert self.machine.to_sign is not None or self.machine._reader.pending <= 22 + 520
            assert self.sent < 1000

    @invariant()
    def who_proved_something_has_the_key(self):
        if hasattr(self, "machine") and self.machine.done and self.machine.result.proved:
            assert keys_of(self.machine) in self.keys_of_the_partner

    @invariant()
    def nobody_gets_in_without_what_is_demanded(self):
        if hasattr(self, "machine") and self.machine.done and self.demanded:
            assert self.demanded & ~self.machine.result.proved == 0


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=150, stateful_step_count=20, deadline=None)
