"""Our server, with clients that are native, old, broken or hostile."""

from __future__ import annotations

import pytest
from handshake_partners import CLIENT, PASSWORD_KEY, SERVER, STRANGER

from asciichat._core.packet import pack
from asciichat.protocol import payloads as p
from asciichat.protocol.framing import PacketReader
from asciichat.protocol.handshake import Proof, ServerHandshake, ServerPolicy
from asciichat.protocol.handshake.proof import EphemeralKey, prove
from asciichat.protocol.types import (
    AuthFailure,
    AuthRequirement,
    ErrorCode,
    Feature,
    Mode,
    PacketType,
)

EPHEMERAL = EphemeralKey(b"\x77" * 32)
PUBLIC = EPHEMERAL.public
NO_SIGNATURE = bytes(64)


class Client:
    """A client played by hand against a server of ours."""

    def __init__(self, **policy) -> None:
        self.server = ServerHandshake(ServerPolicy(**policy))
        self.heard: list = []
        self.server.start()

    def say(self, *payloads: p.Payload) -> list[p.Payload]:
        """Send packets in one piece, and return what the server answers."""
        answer = self.server.feed(b"".join(payload.packet() for payload in payloads))
        self.heard = [packet.decode() for packet in PacketReader().feed(answer)]
        return self.heard

    def until_init(self, mode: int = 1) -> p.KeyExchangeInit:
        _, _, init = self.say(p.ProtocolVersion(Mode(mode)), p.CryptoCapabilities())
        return init

    def exchange(self, response: p.KeyExchangeResp) -> tuple[bytearray, p.Payload]:
        key = EPHEMERAL.agree(self.until_init().ephemeral)
        [challenge] = self.say(response)
        return key, challenge

    @property
    def failure(self) -> str:
        assert self.server.result is None
        return str(self.server.failure)


def signed(person=CLIENT) -> p.KeyExchangeResp:
    return p.KeyExchangeResp(PUBLIC, person.public_key, person.sign(PUBLIC))


# What native clients do, and what is passed over.


@pytest.mark.parametrize(
    "between",
    [
        [],
        [p.Ping()],
        [p.CryptoClientHello(SERVER.public_key)],
        [p.CryptoClientHello(STRANGER.public_key)],
        [p.Ping()] * 7 + [p.CryptoClientHello(bytes(32))],
    ],
    ids=["nothing", "PING", "HELLO for us", "HELLO for another", "eight"],
)
def test_hello_and_ping_before_resp_are_passed_over(between):
    client = Client(identity=SERVER)
    client.until_init()
    assert client.say(*between, p.KeyExchangeResp(PUBLIC)) == [p.HandshakeComplete()]
    assert client.server.done


def test_a_client_that_only_pings_is_let_go():
    client = Client()
    client.until_init()
    client.say(*[p.Ping()] * 9)
    assert "does not get on" in client.failure


@pytest.mark.parametrize("early", [p.Ping(), p.CryptoClientHello(bytes(32))])
@pytest.mark.parametrize("before", [[], [p.ProtocolVersion(Mode.ENCRYPT)]])
def test_hello_and_ping_have_no_place_before_the_parameters(early, before):
    client = Client()
    client.say(*before, early)
    assert "belongs" in client.failure


@pytest.mark.parametrize(
    "response",
    [
        p.KeyExchangeResp(PUBLIC),
        p.KeyExchangeResp(PUBLIC, bytes(32), NO_SIGNATURE),
        p.KeyExchangeResp(PUBLIC, bytes(32), NO_SIGNATURE, b"0123456789ABCDEF"),
    ],
    ids=["short", "zero identity", "zero identity with a GPG id"],
)
def test_a_client_without_an_identity_may_use_every_form(response):
    client = Client(identity=SERVER)
    client.until_init()
    assert client.say(response) == [p.HandshakeComplete()]
    assert client.server.result.peer_identity is None


def test_a_response_of_128_bytes_is_taken():
    client = Client(identity=SERVER)
    client.until_init()
    answer = client.server.feed(pack(PacketType.KEY_EXCHANGE_RESP, signed().encode()[:128]))
    [packet] = PacketReader().feed(answer)
    assert packet.decode().required == AuthRequirement.NONE


def test_a_password_answer_may_have_bytes_after_its_nonce():
    client = Client(password_key=PASSWORD_KEY)
    key, challenge = client.exchange(p.KeyExchangeResp(PUBLIC))
    answer = prove(PASSWORD_KEY, challenge.nonce, key) + b"\xb0" * 32 + bytes(41)
    reply = client.server.feed(pack(PacketType.AUTH_RESPONSE, answer))
    [packet] = PacketReader().feed(reply)
    assert packet.decode() == p.ServerAuthResp(prove(PASSWORD_KEY, b"\xb0" * 32, key))
    assert client.server.result.proved == Proof.PASSWORD


def test_what_follows_the_handshake_in_the_same_piece_is_handed_on():
    client = Client()
    client.until_init()
    client.server.feed(p.KeyExchangeResp(PUBLIC).packet() + b"sealed bytes")
    assert client.server.result.leftover == b"sealed bytes"


@pytest.mark.parametrize("mode", [1, 3, 5, 0x81])
def test_the_mode_comes_back_as_it_was_sent(mode):
    [answer] = Client().say(p.ProtocolVersion(Mode(mode), Feature.ZSTD_FRAMES, version=7, revision=9))
    assert answer == p.ProtocolVersion(Mode(mode))


def test_a_volunteered_identity_is_challenged_and_the_server_answers_with_the_session_key():
    client = Client(identity=SERVER)
    key, challenge = client.exchange(signed())
    assert challenge.required == AuthRequirement.NONE
    [proof] = client.say(p.KeyResponse(CLIENT.sign(challenge.nonce), b"\xb0" * 32))
    assert proof == p.ServerAuthResp(prove(key, b"\xb0" * 32, key))
    assert client.server.result.peer_identity == CLIENT.public_key


# Clients that are refused.


@pytest.mark.parametrize(
    "first",
    [p.Ping(), p.CryptoCapabilities(), p.KeyExchangeResp(PUBLIC), p.ClientCapabilities(width=80, height=24)],
    ids=lambda payload: payload.TYPE.name,
)
def test_whoever_does_not_begin_with_protocol_version_is_dropped_in_silence(first):
    client = Client()
    assert client.say(first) == []
    assert client.failure


def test_a_client_in_clear_must_begin_with_its_terminal():
    client = Client(allow_plaintext=True)
    assert client.say(p.Ping()) == []
    assert "PROTOCOL_VERSION belongs" in client.failure


def test_a_session_packet_is_refused_before_its_payload_has_come():
    client = Client(allow_plaintext=True)
    assert client.server.feed(p.ImageFrame(640, 480, bytes(640 * 480 * 3)).packet()[:22]) == b""
    assert "IMAGE_FRAME is not allowed here" in client.failure


@pytest.mark.parametrize(
    "noise", [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01\x02\x00", b"SSH-2.0-OpenSSH\r\n", b"\xff"]
)
def test_other_protocols_are_recognised_as_such(noise):
    client = Client()
    assert client.server.feed(noise) == b""
    assert "does not speak this protocol" in client.failure


@pytest.mark.parametrize("mode", [0, 2])
def test_a_mode_without_encryption_is_dropped(mode):
    client = Client()
    version = p.ProtocolVersion(Mode.ENCRYPT).encode()
    payload = version[:4] + bytes([mode]) + version[5:]
    assert client.server.feed(pack(PacketType.PROTOCOL_VERSION, payload)) == b""
    assert client.failure


@pytest.mark.parametrize("masks", [(0, 1, 1), (1, 1, 0), (2, 1, 1), (1, 1, 6)])
def test_a_client_without_our_algorithms_is_dropped(masks):
    client = Client()
    assert len(client.say(p.ProtocolVersion(Mode.ENCRYPT), p.CryptoCapabilities(*masks))) == 1
    assert client.server.failure.code is ErrorCode.CRYPTO


@pytest.mark.parametrize("step", range(4))
def test_a_wish_not_to_encrypt_is_refused_at_every_step(step):
    client = Client(password_key=PASSWORD_KEY)
    steps = [p.ProtocolVersion(Mode.ENCRYPT), p.CryptoCapabilities(), p.KeyExchangeResp(PUBLIC)]
    client.say(*steps[:step], p.NoEncryption())
    assert client.heard[-1] == p.AuthFailed(AuthFailure.NONE)
    assert "not to encrypt" in client.failure


def test_an_ephemeral_key_that_forces_the_session_key_is_refused():
    client = Client()
    client.until_init()
    assert client.say(p.KeyExchangeResp(bytes(32))) == []
    assert client.server.failure.code is ErrorCode.CRYPTO


def test_somebody_elses_signature_in_resp_is_refused():
    client = Client(identity=SERVER)
    client.until_init()
    forged = p.KeyExchangeResp(PUBLIC, CLIENT.public_key, STRANGER.sign(PUBLIC))
    assert client.say(forged) == [p.AuthFailed(AuthFailure.SIGNATURE_INVALID)]


def test_a_signature_over_somebody_elses_ephemeral_key_is_refused():
    client = Client(identity=SERVER, client_keys={CLIENT.public_key})
    client.until_init()
    seen_on_the_wire = CLIENT.sign(EphemeralKey(b"\x55" * 32).public)
    replayed = p.KeyExchangeResp(PUBLIC, CLIENT.public_key, seen_on_the_wire)
    assert client.say(replayed) == [p.AuthFailed(AuthFailure.SIGNATURE_INVALID)]


@pytest.mark.parametrize("client_keys", [None, {CLIENT.public_key}])
def test_a_wrong_signature_over_the_challenge_is_refused(client_keys):
    client = Client(identity=SERVER, client_keys=client_keys)
    _, challenge = client.exchange(signed())
    wrong = CLIENT.sign(challenge.nonce[::-1])
    assert client.say(p.KeyResponse(wrong, bytes(32))) == [p.AuthFailed(AuthFailure.SIGNATURE_INVALID)]


def test_an_answer_without_a_signature_is_refused():
    client = Client(identity=SERVER, client_keys={CLIENT.public_key})
    client.exchange(signed())
    reply = client.server.feed(pack(PacketType.AUTH_RESPONSE, bytes(33)))
    assert reply == p.AuthFailed(AuthFailure.SIGNATURE_INVALID).packet()


@pytest.mark.parametrize("length", [33, 63, 106, 137])
def test_something_other_than_a_password_where_one_is_required_is_refused(length):
    client = Client(password_key=PASSWORD_KEY)
    client.exchange(p.KeyExchangeResp(PUBLIC))
    reply = client.server.feed(pack(PacketType.AUTH_RESPONSE, bytes(length)))
    assert reply == p.AuthFailed(AuthFailure.PASSWORD_REQUIRED).packet()


def test_a_client_that_shows_no_key_where_one_is_required_is_told_so():
    client = Client(identity=SERVER, client_keys={CLIENT.public_key})
    client.exchange(p.KeyExchangeResp(PUBLIC))
    answer = p.KeyResponse(CLIENT.sign(bytes(32)), bytes(32))
    assert client.say(answer) == [p.AuthFailed(AuthFailure.CLIENT_KEY_REQUIRED)]


def test_the_right_password_does_not_replace_a_key():
    client = Client(identity=SERVER, client_keys={CLIENT.public_key}, password_key=PASSWORD_KEY)
    key, challenge = client.exchange(p.KeyExchangeResp(PUBLIC))
    answer = p.PasswordResponse(prove(PASSWORD_KEY, challenge.nonce, key), bytes(32))
    assert client.say(answer) == [p.AuthFailed(AuthFailure.CLIENT_KEY_REQUIRED)]


def test_a_listed_key_does_not_replace_the_password():
    client = Client(identity=SERVER, client_keys={CLIENT.public_key}, password_key=PASSWORD_KEY)
    _, challenge = client.exchange(signed())
    answer = p.KeyResponse(CLIENT.sign(challenge.nonce), bytes(32))
    [refusal] = client.say(answer)
    assert refusal == p.AuthFailed(AuthFailure.PASSWORD_WRONG)


def test_a_proof_from_another_connection_is_worth_nothing():
    first, second = Client(password_key=PASSWORD_KEY), Client(password_key=PASSWORD_KEY)
    key, challenge = first.exchange(p.KeyExchangeResp(PUBLIC))
    second.exchange(p.KeyExchangeResp(PUBLIC))
    seen = p.PasswordResponse(prove(PASSWORD_KEY, challenge.nonce, key), bytes(32))
    assert second.say(seen) == [p.AuthFailed(AuthFailure.PASSWORD_WRONG)]


@pytest.mark.parametrize("step", range(1, 4))
def test_a_client_that_hangs_up_is_a_network_failure(step):
    client = Client(password_key=PASSWORD_KEY)
    client.say(*[p.ProtocolVersion(Mode.ENCRYPT), p.CryptoCapabilities(), p.KeyExchangeResp(PUBLIC)][:step])
    client.server.eof()
    assert client.server.failure.code is ErrorCode.NETWORK
