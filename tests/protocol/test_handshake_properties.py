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
)
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from protocol_strategies import BY_CLASS

from asciichat._core.packet import pack
from asciichat.protocol import payloads as p
from asciichat.protocol.handshake import (
    ClientHandshake,
    Handshake,
    HandshakeError,
    Proof,
    ServerHandshake,
    ServerPolicy,
)
from asciichat.protocol.types import PacketType

people = st.sampled_from([None, CLIENT, STRANGER])
passwords = st.sampled_from([None, PASSWORD_KEY, OTHER_PASSWORD_KEY])
clients = st.builds(client_policy, identity=people, password_key=passwords)


@st.composite
def servers(draw) -> ServerPolicy:
    identity = draw(st.sampled_from([None, SERVER]))
    listed = st.sampled_from([None, frozenset(), frozenset({CLIENT.public_key})])
    return ServerPolicy(
        identity=identity,
        password_key=draw(passwords),
        client_keys=draw(listed) if identity is not None else None,
    )


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
        assert talk.client.result.shared_key == talk.server.result.shared_key
        assert bool(talk.server.result.proved & Proof.PASSWORD) == (server.password_key is not None)
        shown = client.identity if server.identity is not None else None
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
        assert talk.client.result.shared_key == talk.server.result.shared_key


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
        self.keys_of_the_partner: set[bytes] = set()
        self.partner: Handshake = ServerHandshake(server) if side == "client" else ClientHandshake(client)
        self.honest = self.machine.start(), self.partner.start()
        self.sent = len(self.honest[0])

    def hear(self, data: bytes) -> None:
        if not over(self.machine):
            answer = self.machine.feed(data)
            self.sent += len(answer)
            if not over(self.partner):
                self.honest = self.honest[0] + answer, self.honest[1]

    @rule()
    def the_partner_goes_on(self):
        to_partner, to_machine = self.honest
        self.honest = b"", b""
        if not over(self.partner) and to_partner:
            to_machine += self.partner.feed(to_partner)
            key = self.partner.result.shared_key if self.partner.done else self.partner._shared_key
            if key is not None:
                self.keys_of_the_partner.add(bytes(key))
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
            assert self.machine._reader.pending <= 22 + 520
            assert self.sent < 1000

    @invariant()
    def who_proved_something_has_the_key(self):
        if hasattr(self, "machine") and self.machine.done and self.machine.result.proved:
            assert bytes(self.machine.result.shared_key) in self.keys_of_the_partner

    @invariant()
    def nobody_gets_in_without_what_is_demanded(self):
        if hasattr(self, "machine") and self.machine.done and self.demanded:
            assert self.demanded & ~self.machine.result.proved == 0


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=150, stateful_step_count=20, deadline=None)
