"""Our client, with servers that are native, full, broken or hostile."""

from __future__ import annotations

import pytest
from handshake_partners import CLIENT, PASSWORD_KEY, SERVER, STRANGER, client_policy

from asciichat._core.packet import pack
from asciichat.protocol import payloads as p
from asciichat.protocol.framing import PacketReader
from asciichat.protocol.handshake import ClientHandshake, Proof
from asciichat.protocol.handshake.proof import EphemeralKey, prove
from asciichat.protocol.types import (
    AuthFailure,
    AuthRequirement,
    ErrorCode,
    Mode,
    PacketType,
)

EPHEMERAL = EphemeralKey(b"\x55" * 32)
PUBLIC = EPHEMERAL.public
NONCE = b"\xa0" * 32
PLAIN = p.CryptoParameters()
WITH_IDENTITY = p.CryptoParameters(has_identity=True)
LIST_ONLY = p.CryptoParameters(demands_client_key=True)


class Server:
    """A server played by hand against a client of ours."""

    def __init__(self, **policy) -> None:
        self.asked: list[bytes | None] = []
        settings = {"verify_server": self.asked.append} | policy
        self.client = ClientHandshake(client_policy(**settings))
        [hello] = PacketReader().feed(self.client.start())
        self.mode = hello.decode().mode

    def say(self, *payloads: p.Payload) -> list:
        """Send packets in one piece, and return what the client answers."""
        answer = self.client.feed(b"".join(payload.packet() for payload in payloads))
        return list(PacketReader().feed(answer))

    def until_response(
        self, parameters: p.CryptoParameters = PLAIN, init: p.KeyExchangeInit | None = None
    ) -> p.KeyExchangeResp:
        self.say(p.ProtocolVersion(self.mode))
        self.say(parameters)
        [response] = self.say(init or p.KeyExchangeInit(PUBLIC))
        self.response = response.decode()
        self.key = EPHEMERAL.agree(self.response.ephemeral)
        return self.response

    def challenge(self, required: AuthRequirement) -> bytes:
        [answer] = self.say(p.AuthChallenge(required, NONCE))
        return answer.payload

    @property
    def failure(self) -> str:
        assert self.client.result is None
        return str(self.client.failure)


def signed(person=SERVER) -> p.KeyExchangeInit:
    return p.KeyExchangeInit(PUBLIC, person.public_key, person.sign(PUBLIC))


# Native servers.


def test_a_native_server_with_a_key_gets_the_ping_it_waits_for_before_its_init():
    server = Server()
    server.say(p.ProtocolVersion(server.mode))
    assert [packet.type for packet in server.say(WITH_IDENTITY)] == [PacketType.PING]
    [response] = server.say(signed())
    assert response.decode().identity == bytes(32) and len(response.payload) == 129
    assert server.asked == [SERVER.public_key]


def test_no_ping_goes_to_a_server_without_an_identity():
    server = Server()
    server.say(p.ProtocolVersion(server.mode))
    assert server.say(PLAIN) == []


@pytest.mark.parametrize(
    ("parameters", "init", "length"),
    [(PLAIN, None, 32), (WITH_IDENTITY, signed(), 129), (LIST_ONLY, None, 129)],
    ids=["plain", "identity", "list without identity"],
)
def test_the_long_response_goes_to_servers_that_announced_an_identity_or_demand_keys(
    parameters, init, length
):
    server = Server(identity=CLIENT)
    server.until_response(parameters, init)
    assert len(server.response.encode()) == length
    assert server.response.identity == (CLIENT.public_key if length > 32 else None)


def test_towards_a_server_that_announced_empty_signatures_ours_is_sent_whole_and_either_nonce_will_do():
    for reads_nonce_at in (64, 0):
        server = Server(identity=CLIENT)
        server.until_response(LIST_ONLY)
        answer = server.challenge(AuthRequirement.CLIENT_KEY)
        assert answer[:64] == CLIENT.sign(NONCE) and len(answer) == 97
        nonce = answer[reads_nonce_at : reads_nonce_at + 32]
        server.say(p.ServerAuthResp(prove(server.key, nonce, server.key)))
        assert server.client.done


def test_towards_a_server_that_announced_whole_signatures_only_the_nonce_will_do():
    server = Server(identity=CLIENT)
    server.until_response(WITH_IDENTITY, signed())
    answer = server.challenge(AuthRequirement.CLIENT_KEY)
    server.say(p.ServerAuthResp(prove(server.key, answer[:32], server.key)))
    assert "could not prove" in server.failure


def test_a_server_that_has_no_password_proves_itself_with_the_session_key_whatever_the_client_has():
    server = Server(identity=CLIENT, password_key=PASSWORD_KEY)
    server.until_response(WITH_IDENTITY, signed())
    nonce = server.challenge(AuthRequirement.NONE)[64:96]
    server.say(p.ServerAuthResp(prove(server.key, nonce, server.key)))
    assert server.client.result.proved == Proof.IDENTITY


def test_both_password_and_key_are_answered_by_password_after_the_response_showed_the_key():
    server = Server(identity=CLIENT, password_key=PASSWORD_KEY)
    server.until_response(WITH_IDENTITY, signed())
    assert server.response.identity == CLIENT.public_key
    answer = server.challenge(AuthRequirement.PASSWORD | AuthRequirement.CLIENT_KEY)
    assert answer[:32] == prove(PASSWORD_KEY, NONCE, server.key) and len(answer) == 64


def test_an_identity_of_zeros_is_none():
    server = Server()
    server.until_response(WITH_IDENTITY, p.KeyExchangeInit(PUBLIC, bytes(32), b"\7" * 64))
    server.say(p.HandshakeComplete())
    assert server.asked == [None] and server.client.result.peer_identity is None


def test_a_pong_in_between_is_passed_over():
    server = Server()
    server.say(p.Pong(), p.ProtocolVersion(server.mode), p.Pong())
    server.say(PLAIN, p.Pong(), p.KeyExchangeInit(PUBLIC), p.Pong(), p.HandshakeComplete())
    assert server.client.done


def test_what_follows_the_handshake_in_the_same_piece_is_handed_on():
    server = Server()
    server.until_response()
    sealed = pack(PacketType.ENCRYPTED, bytes(62))
    server.client.feed(p.HandshakeComplete().packet() + sealed)
    assert server.client.result.leftover == sealed


def test_the_password_is_asked_for_only_if_the_server_wants_one():
    asked = []
    server = Server(password_key=lambda: asked.append("password") or PASSWORD_KEY)
    server.until_response()
    server.say(p.HandshakeComplete())
    assert server.client.done and asked == []
    server = Server(password_key=lambda: asked.append("password") or PASSWORD_KEY)
    server.until_response()
    server.challenge(AuthRequirement.PASSWORD)
    assert asked == ["password"]


# Servers that do not let the client in.


@pytest.mark.parametrize(
    "line",
    [b"SERVER_FULL: Maximum client limit reached\n", b"SERVER_FULL: Slot reassigned, try again\n"],
)
@pytest.mark.parametrize("size", [1, 5, 100])
def test_a_full_server_is_recognised_however_its_line_arrives(line, size):
    server = Server()
    for at in range(0, len(line), size):
        if server.client.failure is None:
            assert server.client.feed(line[at : at + size]) == b""
    assert server.client.failure.code is ErrorCode.SESSION_FULL
    assert line.decode().strip() in server.failure


def test_a_full_server_that_hangs_up_within_its_line_is_still_full():
    server = Server()
    server.client.feed(b"SERVER_FULL: Maxi")
    server.client.eof()
    assert server.client.failure.code is ErrorCode.SESSION_FULL


def test_a_line_without_end_is_not_collected_for_ever():
    server = Server()
    server.client.feed(b"SERVER_FULL" + b"x" * 117)
    assert server.client.failure.code is ErrorCode.SESSION_FULL


def test_a_server_that_hangs_up_in_the_middle_of_the_word_just_hung_up():
    server = Server()
    server.client.feed(b"SERVER_")
    server.client.eof()
    assert server.client.failure.code is ErrorCode.NETWORK


def test_what_a_full_server_says_cannot_steer_the_terminal():
    server = Server()
    server.client.feed(b"SERVER_FULL: \x1b[2J\x07\n")
    assert server.failure.isprintable()


def test_the_words_of_a_full_server_mean_nothing_later():
    server = Server()
    server.say(p.ProtocolVersion(server.mode))
    server.client.feed(b"SERVER_FULL: \n")
    assert "magic" in server.failure


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (AuthFailure.PASSWORD_REQUIRED, "--password"),
        (AuthFailure.PASSWORD_WRONG, "password is wrong"),
        (AuthFailure.CLIENT_KEY_REQUIRED, "--key"),
        (AuthFailure.CLIENT_KEY_REJECTED, "ask its operator"),
        (AuthFailure.SIGNATURE_INVALID, "signature"),
        (AuthFailure.PASSWORD_REQUIRED | AuthFailure.CLIENT_KEY_REQUIRED, "--key"),
        (AuthFailure.NONE, "did not say why"),
        (AuthFailure(0x80), "did not say why"),
    ],
)
def test_the_reason_of_a_refusal_is_put_in_words(reason, words):
    server = Server()
    server.until_response()
    assert server.say(p.AuthFailed(reason)) == []
    assert server.client.failure.reason == reason
    assert server.client.failure.code is ErrorCode.AUTHENTICATION and words in server.failure


def test_a_refusal_may_come_at_once():
    server = Server()
    server.say(p.AuthFailed(AuthFailure.NONE))
    assert server.client.failure.code is ErrorCode.AUTHENTICATION


@pytest.mark.parametrize(("code", "ours"), [(48, ErrorCode.SESSION_FULL), (4711, ErrorCode.HANDSHAKE)])
def test_an_error_message_in_the_handshake_is_passed_on_to_people(code, ours):
    server = Server()
    server.say(p.ErrorMessage(code, "come back \x1b[31mtomorrow"))
    assert server.client.failure.code is ours
    assert "come back ?[31mtomorrow" in server.failure


def test_a_server_that_hangs_up_is_a_network_failure():
    server = Server()
    server.client.eof()
    assert server.client.failure.code is ErrorCode.NETWORK


# Servers that are not to be trusted.


def test_a_server_that_turns_encryption_off_is_refused():
    server = Server()
    server.say(p.ProtocolVersion(Mode.AUTHENTICATE))
    assert "did not agree to encrypt" in server.failure


def test_a_server_that_answers_in_clear_is_refused():
    server = Server()
    assert server.say(p.Pong(), p.HandshakeComplete()) == []
    assert "PROTOCOL_VERSION belongs" in server.failure


@pytest.mark.parametrize("skipped", ["parameters", "init", "outcome"])
def test_no_step_can_be_left_out(skipped):
    server = Server(password_key=PASSWORD_KEY)
    steps = {
        "version": p.ProtocolVersion(server.mode),
        "parameters": PLAIN,
        "init": p.KeyExchangeInit(PUBLIC),
        "outcome": p.AuthChallenge(AuthRequirement.PASSWORD, NONCE),
        "proof": p.ServerAuthResp(bytes(32)),
    }
    del steps[skipped]
    server.say(*steps.values())
    assert "belongs" in server.failure


@pytest.mark.parametrize(
    ("parameters", "init"), [(WITH_IDENTITY, p.KeyExchangeInit(PUBLIC)), (PLAIN, signed())]
)
def test_a_key_exchange_of_another_form_than_announced_is_refused(parameters, init):
    server = Server()
    server.say(p.ProtocolVersion(server.mode), parameters, init)
    assert server.client.failure.code is ErrorCode.CRYPTO and server.asked == []


def test_an_identity_its_owner_did_not_sign_with_is_refused_before_anybody_is_asked():
    server = Server()
    forged = p.KeyExchangeInit(PUBLIC, SERVER.public_key, STRANGER.sign(PUBLIC))
    server.say(p.ProtocolVersion(server.mode), WITH_IDENTITY, forged)
    assert server.client.failure.code is ErrorCode.CRYPTO and server.asked == []


def test_an_ephemeral_key_that_forces_the_session_key_is_refused():
    server = Server()
    server.say(p.ProtocolVersion(server.mode), PLAIN, p.KeyExchangeInit(bytes(32)))
    assert server.client.failure.code is ErrorCode.CRYPTO


def test_a_server_that_does_not_know_the_password_is_refused():
    server = Server(password_key=PASSWORD_KEY)
    server.until_response()
    nonce = server.challenge(AuthRequirement.PASSWORD)[32:]
    server.say(p.ServerAuthResp(prove(server.key, nonce, server.key)))
    assert server.client.failure.code is ErrorCode.AUTHENTICATION
    assert "does not know" in server.failure or "knows the password" in server.failure


def test_the_clients_own_proof_does_not_pass_for_the_servers():
    server = Server(password_key=PASSWORD_KEY)
    server.until_response()
    proof = server.challenge(AuthRequirement.PASSWORD)[:32]
    server.say(p.ServerAuthResp(proof))
    assert server.client.failure.code is ErrorCode.AUTHENTICATION


def test_after_a_challenge_completion_without_proof_is_refused():
    server = Server(password_key=PASSWORD_KEY)
    server.until_response()
    server.challenge(AuthRequirement.PASSWORD)
    server.say(p.HandshakeComplete())
    assert "SERVER_AUTH_RESP belongs" in server.failure


def test_a_challenge_for_nothing_of_a_client_with_nothing_is_refused():
    server = Server()
    server.until_response()
    assert server.say(p.AuthChallenge(AuthRequirement.NONE, NONCE)) == []
    assert "not for what" in server.failure


@pytest.mark.parametrize("packet", [p.AsciiFrame(80, 24, b"hi"), p.Ping(), p.RekeyRequest(bytes(32))])
def test_session_packets_have_no_place_in_the_handshake(packet):
    server = Server()
    server.say(p.ProtocolVersion(server.mode), packet)
    assert "not allowed here" in server.failure


@pytest.mark.parametrize(
    ("required", "settings", "words"),
    [
        (AuthRequirement.PASSWORD, {}, "--password"),
        (AuthRequirement.PASSWORD, {"identity": CLIENT}, "--password"),
        (AuthRequirement.CLIENT_KEY, {"password_key": PASSWORD_KEY}, "--key"),
        (AuthRequirement(3), {"password_key": PASSWORD_KEY}, "--key"),
        (AuthRequirement(3), {"identity": CLIENT}, "--password"),
    ],
)
def test_a_client_that_lacks_what_is_demanded_says_so_and_sends_nothing(required, settings, words):
    server = Server(**settings)
    server.until_response(WITH_IDENTITY, signed())
    assert server.say(p.AuthChallenge(required, NONCE)) == []
    assert words in server.failure


def test_a_server_that_demands_keys_is_told_at_once_that_there_is_none():
    server = Server()
    assert [packet.type for packet in server.say(p.ProtocolVersion(server.mode), LIST_ONLY)] == [1100]
    assert server.client.failure.reason == AuthFailure.CLIENT_KEY_REQUIRED
