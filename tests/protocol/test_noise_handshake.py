"""The handshake between asciichat peers: who gets in, what is bound, and what somebody in between can do."""

from __future__ import annotations

import gc

import pytest
from handshake_partners import (
    CLIENT,
    OTHER_PASSWORD_KEY,
    PASSWORD_KEY,
    SERVER,
    STRANGER,
    client_policy,
    converse,
)

from asciichat._core.packet import HEADER_SIZE, pack
from asciichat._core.seal import Seal, SealError
from asciichat.protocol import payloads as p
from asciichat.protocol.handshake import (
    ClientHandshake,
    HandshakeError,
    Proof,
    ServerHandshake,
    ServerPolicy,
)
from asciichat.protocol.types import AuthFailure, ErrorCode, Feature, Mode, PacketType

NOISE = Feature.NOISE
LISTED = frozenset({CLIENT.public_key})


def caller(**settings):
    return client_policy(**({"features": NOISE} | settings))


def host(**settings) -> ServerPolicy:
    return ServerPolicy(**({"features": NOISE} | settings))


def altered(client, server, change):
    """Let both talk, with somebody in between who may change each side's first packet."""
    client, server = ClientHandshake(client), ServerHandshake(server)
    server.start()
    to_client = server.feed(change("client", client.start()))
    to_server = client.feed(change("server", to_client))
    while to_server and client.failure is None and server.failure is None:
        to_client = server.feed(to_server)
        to_server = b""
        if to_client and client.failure is None and not client.done:
            to_server = client.feed(to_client)
    return client, server


def with_version(packet: bytes, position: int, flip: int) -> bytes:
    """Change a byte of PROTOCOL_VERSION and mend the CRC."""
    payload = bytearray(packet[HEADER_SIZE : HEADER_SIZE + 16])
    payload[position] ^= flip
    return pack(PacketType.PROTOCOL_VERSION, bytes(payload)) + packet[HEADER_SIZE + 16 :]


def without_offer(side: str, packet: bytes) -> bytes:
    return with_version(packet, 8, int(NOISE)) if side == "client" else packet


# Who gets in.


def test_two_asciichat_peers_get_a_key_for_each_direction():
    talk = converse(caller(), host())
    ours, theirs = talk.client.result, talk.server.result
    assert ours.shared_key is None and ours.keys == theirs.keys[::-1] and ours.keys[0] != ours.keys[1]
    assert (ours.records, theirs.records) == ((0, 1), (1, 0))
    assert ours.encrypted and theirs.encrypted and not ours.marked and not theirs.marked
    assert [len(packet.payload) for packet in talk.client_packets] == [16, 48, 160]
    assert [len(packet.payload) for packet in talk.server_packets] == [16, 193, 16]


@pytest.mark.parametrize("password", [None, PASSWORD_KEY])
@pytest.mark.parametrize("key", [False, True])
def test_who_has_what_is_demanded_gets_in_and_both_know_what_the_other_proved(password, key):
    server = host(identity=SERVER, password_key=password, client_keys=LISTED if key else None)
    talk = converse(caller(identity=CLIENT, password_key=password), server)
    expected = Proof.IDENTITY | (Proof.PASSWORD if password else Proof.NONE)
    assert talk.client.result.proved == talk.server.result.proved == expected
    assert talk.client.result.peer_identity == SERVER.public_key
    assert talk.server.result.peer_identity == CLIENT.public_key


@pytest.mark.parametrize(
    ("client", "server", "reason"),
    [
        ({"password_key": OTHER_PASSWORD_KEY}, {"password_key": PASSWORD_KEY}, AuthFailure.PASSWORD_WRONG),
        ({}, {"password_key": PASSWORD_KEY}, AuthFailure.PASSWORD_REQUIRED),
        ({}, {"identity": SERVER, "client_keys": LISTED}, AuthFailure.CLIENT_KEY_REQUIRED),
        (
            {"identity": STRANGER},
            {"identity": SERVER, "client_keys": LISTED},
            AuthFailure.CLIENT_KEY_REJECTED,
        ),
        ({"password_key": PASSWORD_KEY, "require_password": True}, {}, AuthFailure.NONE),
        ({"require_identity": True}, {}, AuthFailure.NONE),
    ],
)
def test_nobody_else_does(client, server, reason):
    talk = converse(caller(**client), host(**server))
    assert not talk.client.done and not talk.server.done
    assert talk.client.failure.reason == reason


def test_a_client_that_demands_a_proof_it_does_not_get_from_a_native_server_gives_up_too():
    talk = converse(client_policy(require_identity=True), ServerPolicy())
    assert talk.client.failure is not None and "identity" in str(talk.client.failure)


def test_nothing_that_depends_on_the_password_is_said_before_the_server_is_accepted():
    asked = []

    def refuse(_identity):
        raise HandshakeError("not this one", ErrorCode.VERIFICATION)

    client = caller(verify_server=refuse, password_key=lambda: asked.append(1) or PASSWORD_KEY)
    talk = converse(client, host(identity=SERVER, password_key=PASSWORD_KEY))
    assert talk.client.failure.code == ErrorCode.VERIFICATION and not asked
    assert [packet.type for packet in talk.client_packets] == [PacketType.PROTOCOL_VERSION, PacketType.NOISE]


def test_a_server_that_does_not_know_the_password_does_not_get_past_the_client():
    """It takes whatever the client says, and confirms."""
    talk = converse(caller(password_key=PASSWORD_KEY), host(identity=SERVER, password_key=OTHER_PASSWORD_KEY))
    assert talk.client.failure is not None and talk.server.failure is not None
    client, server = (
        ClientHandshake(caller(password_key=PASSWORD_KEY)),
        ServerHandshake(host(password_key=OTHER_PASSWORD_KEY)),
    )
    server.start()
    client.feed(server.feed(client.feed(server.feed(client.start()))))
    client.feed(p.NoiseMessage(bytes(16)).packet())
    assert client.failure is not None and client.failure.code == ErrorCode.AUTHENTICATION


def test_no_authentication_needs_both_to_say_so():
    both = Feature.UNAUTHENTICATED | NOISE
    assert converse(caller(features=both), host(features=both)).client.done
    assert converse(caller(), host(features=both)).client.done
    for server in (host(), host(identity=SERVER), ServerPolicy()):
        talk = converse(caller(features=both), server)
        assert talk.client.failure is not None and "--no-auth" in str(talk.client.failure)
    with pytest.raises(ValueError, match="nobody"):
        host(features=both, identity=SERVER)
    with pytest.raises(ValueError, match="nobody"):
        caller(features=both, password_key=PASSWORD_KEY)


# What somebody in between sees and can do.


def test_no_identity_goes_over_the_line_in_clear():
    talk = converse(caller(identity=CLIENT), host(identity=SERVER, client_keys=LISTED))
    assert talk.client.done
    for identity in (CLIENT, SERVER):
        assert identity.public_key not in talk.said_by_client + talk.said_by_server


@pytest.mark.parametrize("side", ["client", "server"])
@pytest.mark.parametrize("bit", range(128))
def test_a_bit_changed_in_either_offer_or_answer_never_goes_unnoticed(side, bit):
    """It ends the handshake; or, where it removes the offer, it ends the session with its first envelope."""
    client, server = altered(
        caller(),
        host(),
        lambda who, packet: with_version(packet, bit // 8, 1 << bit % 8) if who == side else packet,
    )
    if client.done and server.done:
        assert (side, bit) == ("client", 8 * 8 + Feature.NOISE.bit_length() - 1)
        assert client.result.marked and server.result.marked
    else:
        assert client.failure is not None or server.failure is not None


def test_an_offer_that_was_removed_is_found_out_by_both_sides():
    client, server = altered(
        caller(identity=CLIENT), host(identity=SERVER, client_keys=LISTED), without_offer
    )
    ours = Seal(*client.result.keys, marked=client.result.marked)
    theirs = Seal(*server.result.keys, marked=server.result.marked)
    for sender, receiver in ((ours, theirs), (theirs, ours)):
        with pytest.raises(SealError, match="removed"):
            receiver.open(sender.seal(p.Ping().packet())[HEADER_SIZE:])


def test_a_mark_means_nothing_to_a_peer_that_does_not_speak_noise():
    for client, server in ((client_policy(), host()), (caller(), ServerPolicy())):
        talk = converse(client, server)
        ours = Seal(*talk.client.result.keys, marked=talk.client.result.marked)
        theirs = Seal(*talk.server.result.keys, marked=talk.server.result.marked)
        assert talk.client.result.marked != talk.server.result.marked
        for sender, receiver in ((ours, theirs), (theirs, ours)):
            assert receiver.open(sender.seal(p.Ping().packet())[HEADER_SIZE:]) == pack(PacketType.PING, b"")


def test_towards_native_peers_not_a_byte_of_the_handshake_changes():
    said = set()
    for features in (Feature.NONE, NOISE):
        secret = iter(range(100))
        random = lambda size, secret=secret: bytes([next(secret)]) * size  # noqa: E731
        server = ServerHandshake(
            ServerPolicy(identity=SERVER, password_key=PASSWORD_KEY, features=features), random=random
        )
        client = ClientHandshake(client_policy(password_key=PASSWORD_KEY), random=random)
        talk = converse(client, server)
        assert talk.client.done and talk.server.done
        said.add((talk.said_by_client, talk.said_by_server))
    assert len(said) == 1


@pytest.mark.parametrize("signed", ["ephemeral", "nonce"])
def test_a_signature_made_in_the_native_handshake_is_of_no_use_here(signed):
    """There a server chooses 32 bytes for the client to sign; here 64 are signed."""
    messages = []

    class Watched:
        public_key = CLIENT.public_key

        def sign(self, message):
            messages.append(message)
            return CLIENT.sign(message)

    converse(client_policy(identity=Watched()), ServerPolicy(identity=SERVER, client_keys=LISTED))
    native = {len(message) for message in messages}
    messages.clear()
    converse(caller(identity=Watched()), host(identity=SERVER, client_keys=LISTED))
    assert native == {32} and {len(message) for message in messages} == {64}


def test_a_signature_from_another_connection_is_refused():
    seen = []

    class Watched:
        public_key = CLIENT.public_key

        def sign(self, message):
            seen.append(CLIENT.sign(message))
            return seen[0]

    server = host(identity=SERVER, client_keys=LISTED)
    assert converse(caller(identity=Watched()), server).server.done
    talk = converse(caller(identity=Watched()), server)
    assert talk.server.failure.reason == AuthFailure.SIGNATURE_INVALID


def test_the_servers_signature_does_not_pass_for_the_clients():
    seen = []

    class Host:
        public_key = SERVER.public_key

        def sign(self, message):
            seen.append(SERVER.sign(message))
            return seen[-1]

    class Mirror:
        public_key = SERVER.public_key

        def sign(self, message):
            return seen[-1]

    talk = converse(
        caller(identity=Mirror()), host(identity=Host(), client_keys=frozenset({SERVER.public_key}))
    )
    assert talk.server.failure.reason == AuthFailure.SIGNATURE_INVALID


def test_a_server_that_did_not_sign_is_refused_before_anybody_is_asked():
    asked = []

    class Impostor:
        public_key = SERVER.public_key

        def sign(self, message):
            return STRANGER.sign(message)

    talk = converse(caller(verify_server=asked.append), host(identity=Impostor()))
    assert talk.client.failure.code == ErrorCode.CRYPTO and not asked


def test_a_key_whose_signatures_are_worth_something_elsewhere_signs_nothing_a_server_chose():
    class Documents:
        public_key = CLIENT.public_key
        signs_for_others = False

        def sign(self, message):
            return CLIENT.sign(message)

    refused = converse(client_policy(identity=Documents()), ServerPolicy(identity=SERVER, client_keys=LISTED))
    assert refused.client.failure.code == ErrorCode.KEY
    assert converse(caller(identity=Documents()), host(identity=SERVER, client_keys=LISTED)).server.done


# Order, and what is left behind.


def test_no_step_can_be_left_out_or_said_in_the_other_handshakes_words():
    for packet in (
        p.CryptoCapabilities().packet(),
        p.KeyExchangeResp(bytes(32)).packet(),
        p.ClientCapabilities(width=80, height=24).packet(),
        p.Ping().packet(),
    ):
        server = ServerHandshake(host())
        server.start()
        server.feed(p.ProtocolVersion(Mode.ENCRYPT, NOISE).packet())
        server.feed(packet)
        assert server.failure is not None
    for packet in (p.CryptoParameters().packet(), p.HandshakeComplete().packet()):
        client = ClientHandshake(caller())
        client.start()
        client.feed(p.ProtocolVersion(Mode.ENCRYPT, NOISE).packet() + packet)
        assert client.failure is not None


@pytest.mark.parametrize("succeeds", [True, False])
def test_nothing_secret_stays_in_a_machine_that_is_through(succeeds):
    password = bytearray(PASSWORD_KEY if succeeds else OTHER_PASSWORD_KEY)
    talk = converse(
        caller(identity=CLIENT, password_key=password),
        host(identity=SERVER, client_keys=LISTED, password_key=bytearray(PASSWORD_KEY)),
    )
    assert talk.client.done is talk.server.done is succeeds
    for machine in (talk.client, talk.server):
        secrets = [PASSWORD_KEY, OTHER_PASSWORD_KEY]
        if succeeds:
            secrets += [bytes(key) for key in machine.result.keys]
            assert not any(repr(secret) in repr(machine.result) for secret in secrets)
            machine.result = None
        queue, held = [machine], {}
        while queue:
            for child in gc.get_referents(queue.pop()):
                if (
                    id(child) not in held
                    and not isinstance(child, type)
                    and not hasattr(child, "__globals__")
                ):
                    held[id(child)] = child
                    queue.append(child)
        assert CLIENT not in held.values() and SERVER not in held.values()
        for thing in held.values():
            assert "PrivateKey" not in type(thing).__name__
            if isinstance(thing, (bytes, bytearray)):
                assert not any(secret in thing for secret in secrets)


def test_wiping_a_result_wipes_both_keys():
    result = converse(caller(), host()).client.result
    keys = result.keys
    result.wipe()
    assert not any(keys[0]) and not any(keys[1])
