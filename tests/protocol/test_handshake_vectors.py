"""The handshake's arithmetic, against values native peers computed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from handshake_partners import PASSWORD_KEY, Person, client_policy, converse

from asciichat.protocol import payloads as p
from asciichat.protocol.handshake import ClientHandshake, ServerHandshake, ServerPolicy
from asciichat.protocol.handshake.proof import EphemeralKey, prove, signature_holds
from asciichat.protocol.types import PacketType

A_SECRET, B_SECRET = b"\x77" * 32, b"\x55" * 32
A_PUBLIC = bytes.fromhex("1cf579aba45a10ba1d1ef06d91fca2aa9ed0a1150515653155405d0b18cb9a67")
B_PUBLIC = bytes.fromhex("38ab664bd86f77d7e66bdd9ae0792913a94fd8b33a1260027e4b46c1f4884c67")
SHARED = bytes.fromhex("7d4f93e85cbc43a91afecd02834312dfec4a300639236d7bd486626b9b3af741")
NONCE, CLIENT_NONCE = b"\xa0" * 32, b"\xb0" * 32
PASSWORD_PROOF = bytes.fromhex("9ee92db0072c12a45ef5e86272f4c7c61db04765715de0ee820437f233f239f4")
SERVER_PROOF = bytes.fromhex("a7775ca298422c01414c0a0e13660bea2e4ed62941d064fa4352af1cc8bd5458")
SERVER_PROOF_WITHOUT_PASSWORD = bytes.fromhex(
    "e7cad7e45f6f727904f6d3e584c331f43230352929e30c70062cbeaabb3b4725"
)
IDENTITY = bytes.fromhex("d04ab232742bb4ab3a1368bd4615e4e6d0224ab71a016baf8520a332c9778737")
SIGNATURE = bytes.fromhex(
    "35a33ad1db3e4447347e37d8b1bc505f35daa9ad34b4a2130fa5e17dd49a5ad6"
    "a6418f1827bc6a0dec384e6f4dc71e074345a5565a43d68f769d25daa41bb609"
)


def scripted(*values: bytes):
    left: Iterator[bytes] = iter(values)
    return lambda size: next(value for value in left if len(value) == size)


def test_the_session_key_is_the_plain_x25519_product():
    a, b = EphemeralKey(A_SECRET), EphemeralKey(B_SECRET)
    assert (a.public, b.public) == (A_PUBLIC, B_PUBLIC)
    assert a.agree(B_PUBLIC) == b.agree(A_PUBLIC) == SHARED


def test_an_identity_signs_the_bytes_of_the_ephemeral_key():
    person = Person(0x11)
    assert person.public_key == IDENTITY and person.sign(A_PUBLIC) == SIGNATURE
    assert signature_holds(IDENTITY, SIGNATURE, A_PUBLIC)
    assert not signature_holds(IDENTITY, SIGNATURE, B_PUBLIC)
    assert not signature_holds(bytes(32), SIGNATURE, A_PUBLIC)


@pytest.mark.parametrize(
    ("key", "nonce", "proof"),
    [
        (PASSWORD_KEY, NONCE, PASSWORD_PROOF),
        (PASSWORD_KEY, CLIENT_NONCE, SERVER_PROOF),
        (SHARED, CLIENT_NONCE, SERVER_PROOF_WITHOUT_PASSWORD),
    ],
)
def test_proofs_are_those_of_native_peers(key, nonce, proof):
    assert prove(key, nonce, SHARED) == proof
    assert prove(bytearray(key), nonce, bytearray(SHARED)) == proof


def test_a_whole_handshake_by_password():
    talk = converse(
        ClientHandshake(client_policy(password_key=PASSWORD_KEY), random=scripted(A_SECRET, CLIENT_NONCE)),
        ServerHandshake(ServerPolicy(password_key=PASSWORD_KEY), random=scripted(B_SECRET, NONCE)),
    )
    said = {packet.type: packet.payload for packet in talk.client_packets + talk.server_packets}
    assert said[PacketType.KEY_EXCHANGE_INIT] == B_PUBLIC
    assert said[PacketType.KEY_EXCHANGE_RESP] == A_PUBLIC
    assert said[PacketType.AUTH_CHALLENGE] == b"\1" + NONCE
    assert said[PacketType.AUTH_RESPONSE] == PASSWORD_PROOF + CLIENT_NONCE
    assert said[PacketType.SERVER_AUTH_RESP] == SERVER_PROOF
    assert talk.client.result.shared_key == talk.server.result.shared_key == SHARED


def test_a_whole_handshake_by_key():
    person, host = Person(0x11), Person(0x44)
    talk = converse(
        ClientHandshake(client_policy(identity=person), random=scripted(A_SECRET, CLIENT_NONCE)),
        ServerHandshake(
            ServerPolicy(identity=host, client_keys={IDENTITY}), random=scripted(B_SECRET, NONCE)
        ),
    )
    said = {packet.type: packet.payload for packet in talk.client_packets + talk.server_packets}
    assert said[PacketType.CRYPTO_PARAMETERS].hex() == "010101010020002000400020181020000000"
    assert said[PacketType.KEY_EXCHANGE_INIT] == B_PUBLIC + host.public_key + host.sign(B_PUBLIC)
    assert said[PacketType.KEY_EXCHANGE_RESP] == A_PUBLIC + IDENTITY + SIGNATURE + b"\0"
    assert said[PacketType.AUTH_CHALLENGE] == b"\2" + NONCE
    assert said[PacketType.AUTH_RESPONSE] == person.sign(NONCE) + CLIENT_NONCE + b"\0"
    assert said[PacketType.SERVER_AUTH_RESP] == SERVER_PROOF_WITHOUT_PASSWORD


def test_parameters_and_init_follow_each_other_without_waiting():
    server = ServerHandshake(ServerPolicy(), random=scripted(B_SECRET))
    server.start()
    server.feed(p.ProtocolVersion(1).packet())
    answer = server.feed(p.CryptoCapabilities().packet())
    assert answer == p.CryptoParameters().packet() + p.KeyExchangeInit(B_PUBLIC).packet()
