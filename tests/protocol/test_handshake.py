"""Our client against our server, in every mode there is."""

from __future__ import annotations

import gc

import pytest
from handshake_partners import (
    CLIENT,
    OTHER_PASSWORD_KEY,
    PASSWORD_KEY,
    SERVER,
    STRANGER,
    byte_by_byte,
    client_policy,
    converse,
    whole,
)

from asciichat.protocol import payloads as p
from asciichat.protocol.handshake import (
    ClientHandshake,
    HandshakeError,
    Proof,
    ServerHandshake,
    ServerPolicy,
)
from asciichat.protocol.types import AuthFailure, ErrorCode, Feature, PacketType

SPLITS = pytest.mark.parametrize("split", [whole, byte_by_byte])

T = PacketType
LISTED = frozenset({CLIENT.public_key, STRANGER.public_key})

SUCCESSES = {
    # name: (client, server, what the server knows of the client, what the client knows of the server)
    "encrypted, nobody authenticates": ({}, {}, Proof.NONE, Proof.NONE),
    "a password on both sides": (
        {"password_key": PASSWORD_KEY},
        {"password_key": PASSWORD_KEY},
        Proof.PASSWORD,
        Proof.PASSWORD,
    ),
    "a password typed when asked for": (
        {"password_key": lambda: bytearray(PASSWORD_KEY)},
        {"password_key": bytearray(PASSWORD_KEY)},
        Proof.PASSWORD,
        Proof.PASSWORD,
    ),
    "a password only the client has": ({"password_key": PASSWORD_KEY}, {}, Proof.NONE, Proof.NONE),
    "a server with an identity": ({}, {"identity": SERVER}, Proof.NONE, Proof.IDENTITY),
    "a server with an identity and a password": (
        {"password_key": PASSWORD_KEY, "require_password": True},
        {"identity": SERVER, "password_key": PASSWORD_KEY},
        Proof.PASSWORD,
        Proof.IDENTITY | Proof.PASSWORD,
    ),
    "a listed client": (
        {"identity": CLIENT},
        {"identity": SERVER, "client_keys": LISTED},
        Proof.IDENTITY,
        Proof.IDENTITY,
    ),
    "a listed client with a password": (
        {"identity": CLIENT, "password_key": PASSWORD_KEY},
        {"identity": SERVER, "client_keys": LISTED, "password_key": PASSWORD_KEY},
        Proof.IDENTITY | Proof.PASSWORD,
        Proof.IDENTITY | Proof.PASSWORD,
    ),
    "a client that shows its identity unasked": (
        {"identity": CLIENT},
        {"identity": SERVER},
        Proof.IDENTITY,
        Proof.IDENTITY,
    ),
    "a client that shows its identity unasked and has a password nobody wants": (
        {"identity": CLIENT, "password_key": PASSWORD_KEY},
        {"identity": SERVER},
        Proof.IDENTITY,
        Proof.IDENTITY,
    ),
    "a client key no server asked for": ({"identity": CLIENT}, {}, Proof.NONE, Proof.NONE),
    "a client with a key and a server with a password": (
        {"identity": CLIENT, "password_key": PASSWORD_KEY},
        {"identity": SERVER, "password_key": PASSWORD_KEY},
        Proof.IDENTITY | Proof.PASSWORD,
        Proof.IDENTITY | Proof.PASSWORD,
    ),
}


@SPLITS
@pytest.mark.parametrize(
    ("client", "server", "of_client", "of_server"), SUCCESSES.values(), ids=SUCCESSES.keys()
)
def test_both_sides_agree(client, server, of_client, of_server, split):
    talk = converse(client_policy(**client), ServerPolicy(**server), split)
    ours, theirs = talk.client.result, talk.server.result
    assert talk.client.failure is None and talk.server.failure is None
    assert ours is not None and theirs is not None
    assert ours.encrypted and theirs.encrypted
    assert ours.shared_key == theirs.shared_key and len(ours.shared_key) == 32
    assert theirs.proved == of_client and ours.proved == of_server
    assert ours.peer_identity == (SERVER.public_key if of_server & Proof.IDENTITY else None)
    assert theirs.peer_identity == (CLIENT.public_key if of_client & Proof.IDENTITY else None)
    assert (ours.leftover, theirs.leftover) == (b"", b"")


def wrong_host(_identity):
    raise HandshakeError("This is not the server it was last time.", ErrorCode.VERIFICATION)


FAILURES = {
    # name: (client, server, where it fails first, AUTH_FAILED reason, client's code)
    "a wrong password": (
        {"password_key": OTHER_PASSWORD_KEY},
        {"password_key": PASSWORD_KEY},
        AuthFailure.PASSWORD_WRONG,
        ErrorCode.AUTHENTICATION,
    ),
    "no password": ({}, {"password_key": PASSWORD_KEY}, None, ErrorCode.AUTHENTICATION),
    "a password nobody typed": (
        {"password_key": lambda: None},
        {"password_key": PASSWORD_KEY},
        None,
        ErrorCode.AUTHENTICATION,
    ),
    "a key but no password": (
        {"identity": CLIENT},
        {"identity": SERVER, "password_key": PASSWORD_KEY},
        None,
        ErrorCode.AUTHENTICATION,
    ),
    "a key that is not listed": (
        {"identity": CLIENT},
        {"identity": SERVER, "client_keys": {STRANGER.public_key}},
        AuthFailure.CLIENT_KEY_REJECTED,
        ErrorCode.AUTHENTICATION,
    ),
    "a key that is not listed, with the right password": (
        {"identity": CLIENT, "password_key": PASSWORD_KEY},
        {"identity": SERVER, "client_keys": set(), "password_key": PASSWORD_KEY},
        AuthFailure.CLIENT_KEY_REJECTED,
        ErrorCode.AUTHENTICATION,
    ),
    "a listed key with a wrong password": (
        {"identity": CLIENT, "password_key": OTHER_PASSWORD_KEY},
        {"identity": SERVER, "client_keys": LISTED, "password_key": PASSWORD_KEY},
        AuthFailure.PASSWORD_WRONG,
        ErrorCode.AUTHENTICATION,
    ),
    "no key": ({}, {"identity": SERVER, "client_keys": LISTED}, None, ErrorCode.AUTHENTICATION),
    "no key, with the right password": (
        {"password_key": PASSWORD_KEY},
        {"identity": SERVER, "client_keys": LISTED, "password_key": PASSWORD_KEY},
        None,
        ErrorCode.AUTHENTICATION,
    ),
    "a server that is not the one that was meant": (
        {"verify_server": wrong_host},
        {"identity": SERVER},
        None,
        ErrorCode.VERIFICATION,
    ),
    "a server that need not know the password although it must": (
        {"password_key": PASSWORD_KEY, "require_password": True},
        {},
        None,
        ErrorCode.AUTHENTICATION,
    ),
    "a server that asks for a key where it must know the password": (
        {"password_key": PASSWORD_KEY, "require_password": True, "identity": CLIENT},
        {"identity": SERVER},
        None,
        ErrorCode.AUTHENTICATION,
    ),
}


@SPLITS
@pytest.mark.parametrize(("client", "server", "reason", "code"), FAILURES.values(), ids=FAILURES.keys())
def test_neither_side_gets_through(client, server, reason, code, split):
    talk = converse(client_policy(**client), ServerPolicy(**server), split)
    assert talk.client.failure is not None and talk.client.failure.code is code
    if reason is not None:
        assert talk.server_packets[-1].decode() == p.AuthFailed(reason)
        assert talk.client.failure.reason == reason
        assert talk.server.failure.reason == reason
        assert talk.server.result is None
    elif not talk.server.done:
        assert talk.server.failure.code is ErrorCode.NETWORK
    assert talk.client.result is None
    assert str(talk.client.failure).endswith(".")


def test_the_server_is_asked_about_once_and_only_after_its_signature_was_checked():
    seen = []
    converse(client_policy(verify_server=seen.append), ServerPolicy(identity=SERVER))
    assert seen == [SERVER.public_key]
    converse(client_policy(verify_server=seen.append), ServerPolicy())
    assert seen == [SERVER.public_key, None]


def test_what_a_callback_raises_passes_through_and_ends_the_handshake():
    def ctrl_c(_identity):
        raise KeyboardInterrupt

    client, server = ClientHandshake(client_policy(verify_server=ctrl_c)), ServerHandshake(ServerPolicy())
    server.start()
    hello = server.feed(client.start())
    offer = server.feed(client.feed(hello))
    with pytest.raises(KeyboardInterrupt):
        client.feed(offer)
    assert client.failure is not None
    with pytest.raises(RuntimeError, match="over"):
        client.feed(b"")


@pytest.mark.parametrize(
    ("client", "server", "client_types", "server_types"),
    [
        (
            {},
            {},
            [T.PROTOCOL_VERSION, T.CRYPTO_CAPABILITIES, T.KEY_EXCHANGE_RESP],
            [T.PROTOCOL_VERSION, T.CRYPTO_PARAMETERS, T.KEY_EXCHANGE_INIT, T.HANDSHAKE_COMPLETE],
        ),
        (
            {"identity": CLIENT},
            {"identity": SERVER},
            [T.PROTOCOL_VERSION, T.CRYPTO_CAPABILITIES, T.PING, T.KEY_EXCHANGE_RESP, T.AUTH_RESPONSE],
            [
                T.PROTOCOL_VERSION,
                T.CRYPTO_PARAMETERS,
                T.KEY_EXCHANGE_INIT,
                T.AUTH_CHALLENGE,
                T.SERVER_AUTH_RESP,
            ],
        ),
    ],
)
def test_the_packets_go_in_the_order_of_the_wire(client, server, client_types, server_types):
    talk = converse(client_policy(**client), ServerPolicy(**server))
    assert [packet.type for packet in talk.client_packets] == client_types
    assert [packet.type for packet in talk.server_packets] == server_types


@pytest.mark.parametrize(
    ("client", "mode"),
    [
        ({}, 1),
        ({"password_key": PASSWORD_KEY}, 3),
        ({"identity": CLIENT}, 3),
        ({"password_key": lambda: PASSWORD_KEY}, 1),
    ],
)
def test_the_mode_says_whether_the_client_has_something_to_authenticate_with(client, mode):
    talk = converse(client_policy(**client), ServerPolicy())
    assert talk.client_packets[0].payload[4] == talk.server_packets[0].payload[4] == mode
    assert talk.client_packets[1].payload[-2:] == bytes([mode >> 1, 1])


# Features.


@pytest.mark.parametrize(
    ("offered", "wanted", "agreed"),
    [
        (Feature.ZSTD_FRAMES, Feature.ZSTD_FRAMES, Feature.ZSTD_FRAMES),
        (Feature.ZSTD_FRAMES, Feature.NONE, Feature.NONE),
        (Feature.NONE, Feature.ZSTD_FRAMES, Feature.NONE),
        (Feature(0xFFFF & ~Feature.UNAUTHENTICATED), Feature.ZSTD_FRAMES, Feature.ZSTD_FRAMES),
        (Feature.NOISE, Feature.NOISE, Feature.NOISE),
        (Feature.UNAUTHENTICATED, Feature.UNAUTHENTICATED, Feature.UNAUTHENTICATED),
    ],
)
def test_what_both_sides_want_is_agreed_on(offered, wanted, agreed):
    talk = converse(client_policy(features=offered), ServerPolicy(features=wanted))
    assert talk.client.result.features == talk.server.result.features == agreed


def test_towards_a_client_that_offers_nothing_the_answer_is_that_of_a_native_server():
    talk = converse(client_policy(), ServerPolicy(features=Feature.ZSTD_FRAMES))
    assert talk.said_by_server[:38] == talk.said_by_client[:38]
    assert talk.said_by_client[:38].hex() == (
        "0000000a5c11c4a1000100000010148fb3db0000000000010000010000000000000000000000"
    )


def test_a_server_that_claims_more_than_was_offered_is_refused():
    client = ClientHandshake(client_policy())
    client.start()
    assert client.feed(p.ProtocolVersion(1, Feature.ZSTD_FRAMES).packet()) == b""
    assert "not offered" in str(client.failure)


# Without encryption.


@SPLITS
def test_a_client_in_clear_says_nothing_and_a_willing_server_hands_its_first_packet_on(split):
    client = ClientHandshake(client_policy(encrypt=False))
    assert client.start() == b"" and client.done and not client.result.encrypted
    server = ServerHandshake(ServerPolicy(allow_plaintext=True))
    server.start()
    first, rest = p.ClientCapabilities(width=80, height=24).packet(), p.StreamStart(1).packet()
    for chunk in split(first):
        assert server.feed(chunk) == b""
    assert server.done and not server.result.encrypted
    assert server.result.first_packet.pack() == first

    server = ServerHandshake(ServerPolicy(allow_plaintext=True))
    server.start()
    server.feed(first + rest[:9])
    assert server.result.first_packet.pack() == first and server.result.leftover == rest[:9]


def test_a_client_that_skips_the_handshake_is_refused():
    server = ServerHandshake(ServerPolicy(features=Feature.ZSTD_FRAMES))
    server.start()
    assert server.feed(p.ClientCapabilities(width=80, height=24).packet()) == b""
    assert server.result is None and "does not encrypt" in str(server.failure)


def test_a_server_that_takes_clients_in_clear_still_encrypts_with_those_that_want_to():
    talk = converse(client_policy(), ServerPolicy(allow_plaintext=True))
    assert talk.client.result.encrypted and talk.server.result.encrypted


@pytest.mark.parametrize(
    "settings",
    [
        {"allow_plaintext": True, "password_key": PASSWORD_KEY},
        {"allow_plaintext": True, "identity": SERVER, "client_keys": LISTED},
        {"client_keys": LISTED},
        {"password_key": b"not derived"},
    ],
)
def test_a_server_policy_that_would_leave_a_hole_cannot_be_made(settings):
    with pytest.raises(ValueError, match=r"\w+"):
        ServerPolicy(**settings)


@pytest.mark.parametrize(
    "settings",
    [
        {"encrypt": False, "password_key": PASSWORD_KEY},
        {"encrypt": False, "identity": CLIENT},
        {"require_password": True},
        {"password_key": b"not derived"},
    ],
)
def test_a_client_policy_that_would_leave_a_hole_cannot_be_made(settings):
    with pytest.raises(ValueError, match=r"\w+"):
        client_policy(**settings)


# Secrets.


def reachable(root: object) -> list[object]:
    found, queue = {id(root): root}, [root]
    while queue:
        for child in gc.get_referents(queue.pop()):
            if id(child) not in found and not isinstance(child, type) and not hasattr(child, "__globals__"):
                found[id(child)] = child
                queue.append(child)
    return list(found.values())


@pytest.mark.parametrize("succeeds", [True, False])
def test_nothing_secret_stays_in_a_machine_that_is_through(succeeds):
    password = bytearray(PASSWORD_KEY if succeeds else OTHER_PASSWORD_KEY)
    talk = converse(
        client_policy(identity=CLIENT, password_key=password),
        ServerPolicy(identity=SERVER, client_keys=LISTED, password_key=bytearray(PASSWORD_KEY)),
    )
    assert talk.client.done is talk.server.done is succeeds
    for machine in (talk.client, talk.server):
        if succeeds:
            key, machine.result = bytes(machine.result.shared_key), None
        held = reachable(machine)
        assert CLIENT not in held and SERVER not in held
        secrets = [PASSWORD_KEY, OTHER_PASSWORD_KEY] + ([key] if succeeds else [])
        for thing in held:
            if isinstance(thing, (bytes, bytearray)):
                assert not any(secret in thing for secret in secrets)


def test_a_failure_wipes_the_session_key():
    client, server = (
        ClientHandshake(client_policy()),
        ServerHandshake(ServerPolicy(password_key=PASSWORD_KEY)),
    )
    server.start()
    server.feed(client.feed(server.feed(client.feed(server.feed(client.start())))))
    key = server._shared_key
    assert any(key)
    server.eof()
    assert not any(key)


def test_results_and_policies_do_not_show_secrets():
    talk = converse(client_policy(password_key=PASSWORD_KEY), ServerPolicy(password_key=PASSWORD_KEY))
    key = talk.client.result.shared_key
    shown = repr(talk.client.result) + repr(client_policy(password_key=PASSWORD_KEY))
    shown += repr(ServerPolicy(password_key=PASSWORD_KEY))
    assert repr(PASSWORD_KEY) not in shown and repr(bytes(key)) not in shown and repr(key) not in shown
    talk.client.result.wipe()
    assert not any(key)


# Misuse.


def test_a_machine_is_started_once_and_fed_only_while_it_runs():
    server = ServerHandshake(ServerPolicy())
    with pytest.raises(RuntimeError, match="not been started"):
        server.feed(b"")
    server.start()
    with pytest.raises(RuntimeError, match="before"):
        server.start()
    server.eof()
    with pytest.raises(RuntimeError, match="over"):
        server.feed(b"")
    with pytest.raises(RuntimeError, match="over"):
        server.eof()


# --- a key that somebody else signs with --------------------------------------------------------------------------------


@pytest.mark.parametrize("features", [Feature.NONE, Feature.NOISE], ids=["native", "own"])
def test_a_handshake_that_does_not_sign_itself_waits_for_the_signature_and_keeps_what_comes_meanwhile(
    features,
):
    client = ClientHandshake(client_policy(identity=CLIENT, features=features))
    server = ServerHandshake(ServerPolicy(identity=SERVER, sign_elsewhere=True, features=features))
    server.start()
    said = client.feed(server.feed(client.start()))
    before = server.feed(said)  # in the native handshake something comes before what is signed
    assert server.to_sign is not None and not server.done
    assert server.feed(p.Ping().packet()[:10]) == b"" == server.feed(p.Ping().packet()[10:])
    to_sign = server.to_sign
    answer = server.signed(SERVER.sign(to_sign))
    assert server.to_sign is None
    if features:
        assert "PING" in str(
            server.failure
        )  # it was looked at once there was a signature, and has no place there
        return
    while answer or before:
        said, before = client.feed(before + answer), b""
        answer = server.feed(said) if said else b""
    assert client.done and server.done
    assert client.result.peer_identity == SERVER.public_key


def test_a_signature_that_nobody_waits_for_is_a_fault_of_the_caller():
    server = ServerHandshake(ServerPolicy(identity=SERVER))
    server.start()
    with pytest.raises(RuntimeError, match="nothing to sign"):
        server.signed(bytes(64))


def test_a_wrong_signature_ends_the_call_at_the_client():
    server = ServerHandshake(ServerPolicy(identity=SERVER, sign_elsewhere=True, features=Feature.NOISE))
    client = ClientHandshake(client_policy(features=Feature.NOISE))
    server.start()
    server.feed(client.feed(server.feed(client.start())))
    client.feed(server.signed(STRANGER.sign(server.to_sign)))
    assert "could not prove" in str(client.failure)


def test_who_gives_up_waiting_for_a_signature_leaves_nothing_to_sign():
    client = ClientHandshake(client_policy(features=Feature.NOISE))
    server = ServerHandshake(ServerPolicy(identity=SERVER, sign_elsewhere=True, features=Feature.NOISE))
    server.start()
    server.feed(client.feed(server.feed(client.start())))
    server.eof()
    assert server.to_sign is None and server.failure is not None
    with pytest.raises(RuntimeError):
        server.signed(bytes(64))
