"""What somebody who means harm may try, before the handshake and in the call: it fails, the log says who it was, and the
two who talk meanwhile keep their pictures and their sound.

Every attack comes from an address of its own, so that the server takes them for different sources.
"""

from __future__ import annotations

import logging
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

import pytest
from bystanders import Bystanders
from callers import Frame, Samples
from hostile_line import CAPABILITIES, Line, header

from asciichat import CallError, Server, connect
from asciichat._core.packet import HEADER_SIZE, pack
from asciichat.crypto.identity import Identity
from asciichat.crypto.password import password_key
from asciichat.protocol.framing import FROM_SERVER, PacketReader
from asciichat.protocol.handshake import ClientHandshake, ClientPolicy
from asciichat.protocol.payloads import ErrorMessage, ProtocolVersion, RemoteLog
from asciichat.protocol.types import ErrorCode, Feature, LogDirection, LogLevel, Mode, PacketType
from asciichat.server import Limits, Rate

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux has all of 127.0.0.0/8 on loopback"
)

PASSWORD = "correct horse battery"
LIMITS = Limits(  # times within which nobody falls who is only held up for a moment by a busy machine
    handshake=8.0,
    greeting=3.0,
    idle=4.0,
    whole=3.0,
    stall=3.0,
    control=Rate(20, 64 * 1024),
    burst=2.0,
    picture_pixels=640 * 480,
    half_open=40,
    half_open_start=20,
    half_open_per_source=10,
)
_sources = count(10)


def new_source() -> str:
    """An address that nobody came from yet."""
    number = next(_sources)
    return f"127.0.{number >> 8}.{number & 255}"


@dataclass
class Call:
    """A call with a password, for whose keys are known."""

    server: Server
    people: Bystanders
    insider: Identity
    password: bytearray

    def policy(self, **changes: object) -> ClientPolicy:
        """What gets somebody in, but for the changes."""
        good: dict[str, object] = {
            "verify_server": lambda _: None, "identity": self.insider, "password_key": self.password,
        }  # fmt: skip
        return ClientPolicy(**{**good, **changes})  # type: ignore[arg-type]

    def join(self, *, room: int = 0, **changes: object) -> Line:
        """Somebody who may be in the call."""
        return Line(self.server.port, self.policy(**changes), source=new_source(), room=room)

    def knock(self) -> Line:
        """Somebody who has not said anything yet."""
        return Line(self.server.port, None, source=new_source())

    def wait(self, true: Callable[[], bool]) -> None:
        """Until it is so."""
        deadline = time.monotonic() + 20
        while not true():
            assert time.monotonic() < deadline
            time.sleep(0.01)


@pytest.fixture(scope="module")
def call(talking_head: list[Frame], film: list[Frame], voices: dict[str, Samples]) -> Iterator[Call]:
    """Alice and Bob talk; the insider, who may join too, will not behave."""
    alice, bob, insider = (Identity.generate(name) for name in ("alice", "bob", "insider"))
    with Server(
        ("127.0.0.1",),
        0,
        password=PASSWORD,
        identity=Identity.generate("server"),
        client_keys=[each.public_key for each in (alice, bob, insider)],
        limits=LIMITS,
    ) as server:
        people = Bystanders(
            server,
            [film, talking_head],
            [voices["alice"], voices["bob"]],
            [{"password": PASSWORD, "identity": each} for each in (alice, bob)],
        )
        yield Call(server, people, insider, password_key(PASSWORD))
        people.close()


@pytest.fixture(autouse=True)
def unhurt(call: Call, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """The two notice nothing."""
    caplog.set_level(logging.INFO, "asciichat")
    with call.people.unhurt():
        yield
    call.wait(lambda: len(call.server.clients()) == 2)


# --- before the call: whoever must not get in ---------------------------------------------------------------------------


def fails(call: Call, handshake: ClientHandshake) -> str:
    """Shake hands and be refused; returns what the client is told."""
    line = call.knock()
    line.raw(handshake.start())
    while handshake.failure is None:
        assert not handshake.done, "it got in"
        data = line.sock.recv(65536)
        if not data:
            handshake.eof()
            break
        reply = handshake.feed(data)
        if reply:
            line.raw(reply)
    line.sock.close()
    return f"{line.address} {handshake.failure}"


def refused(call: Call, caplog: pytest.LogCaptureFixture, address: str, reason: str) -> None:
    """The log says who was let go and why; the counters and the sources' penalties know it."""
    call.wait(lambda: f"{address} let go in the handshake: " in caplog.text)
    assert reason in caplog.text
    assert len(call.server.clients()) == 2


EITHER_WIRE = pytest.mark.parametrize("features", [Feature.NONE, Feature.NOISE], ids=["native", "own"])


@EITHER_WIRE
def test_a_wrong_password_is_refused(call: Call, caplog: pytest.LogCaptureFixture, features: Feature) -> None:
    wrong = password_key("incorrect horse battery")
    before = call.server.counters()["failed_proof"]
    address, _, told = fails(
        call, ClientHandshake(call.policy(password_key=wrong, features=features))
    ).partition(" ")
    assert "password" in told
    refused(call, caplog, address, "password")
    assert call.server.counters()["failed_proof"] == before + 1


@EITHER_WIRE
def test_a_key_that_is_not_on_the_list_is_refused(
    call: Call, caplog: pytest.LogCaptureFixture, features: Feature
) -> None:
    stranger = Identity.generate("stranger")
    address, _, told = fails(
        call, ClientHandshake(call.policy(identity=stranger, features=features))
    ).partition(" ")
    assert "key" in told
    refused(call, caplog, address, "key")


@EITHER_WIRE
def test_somebody_elses_key_is_refused(
    call: Call, caplog: pytest.LogCaptureFixture, features: Feature
) -> None:
    class Thief:
        """Shows a key that is on the list, and signs with one of its own."""

        public_key = call.insider.public_key
        sign = staticmethod(Identity.generate("thief").sign)

    address, _, _ = fails(call, ClientHandshake(call.policy(identity=Thief(), features=features))).partition(
        " "
    )
    refused(call, caplog, address, "prove" if features else "signature")


def version(mode: int) -> bytes:
    """The first packet, which says what the client wants."""
    payload = bytearray(ProtocolVersion(Mode.ENCRYPT).encode())
    payload[4] = mode
    return pack(PacketType.PROTOCOL_VERSION, payload)


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(pack(PacketType.CLIENT_CAPABILITIES, CAPABILITIES), id="no_handshake"),
        pytest.param(pack(PacketType.NO_ENCRYPTION), id="no_encryption"),
        pytest.param(version(1) + pack(PacketType.NO_ENCRYPTION), id="no_encryption_later"),
        pytest.param(version(2), id="only_authentication"),
    ],
)
def test_a_downgrade_is_refused(call: Call, caplog: pytest.LogCaptureFixture, first: bytes) -> None:
    line = call.knock()
    line.raw(first)
    assert line.hung_up()
    refused(call, caplog, line.address, "ncrypt")


@EITHER_WIRE
def test_a_handshake_cut_anywhere_leaves_nothing(call: Call, features: Feature) -> None:
    half_open = call.server.half_open
    for cut in range(12):
        line = call.knock()
        handshake = ClientHandshake(call.policy(features=features))
        said, left = handshake.start(), cut
        while left and not handshake.done:
            line.raw(said)
            said = handshake.feed(line.sock.recv(65536))
            left -= 1
        line.raw(said[: len(said) * cut // 12])
        line.sock.close()
    call.wait(lambda: call.server.half_open <= half_open and len(call.server.clients()) == 2)


def test_a_byte_now_and_then_is_no_handshake(call: Call, caplog: pytest.LogCaptureFixture) -> None:
    line = call.knock()
    try:
        for byte in version(3) * 10:
            line.raw(bytes([byte]))
            time.sleep(0.1)
    except OSError:
        pass
    assert line.hung_up()
    refused(call, caplog, line.address, "nothing for 3 s")


def test_more_bytes_than_a_handshake_needs_end_it(call: Call, caplog: pytest.LogCaptureFixture) -> None:
    line = call.knock()
    line.raw(header(PacketType.PROTOCOL_VERSION, 16))
    before = call.server.counters()["failed_bytes"] + call.server.counters()["failed_fault"]
    try:
        for _ in range(100):
            line.raw(bytes(1000))
    except OSError:
        pass
    assert line.hung_up()
    refused(call, caplog, line.address, "let go")
    assert call.server.counters()["failed_bytes"] + call.server.counters()["failed_fault"] == before + 1


def test_five_hundred_half_open_sockets_keep_nobody_out(call: Call) -> None:
    before = call.server.counters()
    sockets = []
    for number in range(500):
        sock = socket.socket()
        sock.bind((f"127.9.0.{1 + number % 25}", 0))
        sock.connect(("127.0.0.1", call.server.port))
        sockets.append(sock)
        assert call.server.half_open <= LIMITS.half_open
    call.wait(lambda: call.server.counters()["connections"] >= before["connections"] + 500)
    friend = call.join()
    call.wait(lambda: len(call.server.clients()) == 3)
    friend.sock.close()
    after = call.server.counters()
    causes = ("refused_half_open", "refused_penalty", "failed_crowded", "failed_late")
    gone = [after[name] - before[name] for name in causes]
    assert sum(gone) >= 500 - LIMITS.half_open - 1
    call.wait(
        lambda: call.server.half_open == 0
    )  # when nobody has said anything for as long as a greeting may take
    assert call.server.counters()["failed_late"] > before["failed_late"]
    for sock in sockets:
        sock.close()


def test_a_source_that_keeps_failing_is_not_looked_at_for_a_while(call: Call) -> None:
    source, before = new_source(), call.server.counters()["refused_penalty"]
    while call.server.counters()["refused_penalty"] == before:
        line = Line(call.server.port, None, source=source)
        line.sock.settimeout(10)
        try:
            line.raw(b"GET / HTTP/1.0\r\n\r\n")
        except OSError:
            pass
        assert line.hung_up()
    assert call.server.counters()["failed_fault"] < 100


def test_a_flood_of_wrong_passwords_costs_no_argon2(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    # It needs 64 MiB and 70 ms each time; ours is derived once, when the server is made.
    def derive(*_: object) -> None:
        raise AssertionError("Argon2id ran for a caller")

    wrong = password_key("incorrect horse battery")
    monkeypatch.setattr("asciichat.crypto.password.crypto_pwhash_alg", derive)
    for _ in range(10):
        assert "password" in fails(call, ClientHandshake(call.policy(password_key=wrong)))


# --- in the call: members who do not behave -----------------------------------------------------------------------------


def replays(line: Line) -> None:
    packet = line.seal.seal(pack(PacketType.PING))
    line.raw(packet + packet)


def reorders(line: Line) -> None:
    first, second = (line.seal.seal(pack(PacketType.PING)) for _ in range(2))
    line.raw(second + first)


def reflects(line: Line) -> None:
    line.raw(line.packet())


def dribbles(line: Line) -> None:
    try:
        for byte in line.seal.seal(pack(PacketType.PING)):
            line.raw(bytes([byte]))
            time.sleep(0.1)
    except OSError:
        pass


def never_reads(line: Line) -> None:
    try:
        for _ in range(100):
            line.sealed(PacketType.PING)
            time.sleep(0.1)
    except OSError:
        pass


def floods_with_control_packets(line: Line) -> None:
    try:
        for _ in range(200):
            line.sealed(PacketType.PING)
    except OSError:
        pass


def floods_with_sound(line: Line) -> None:
    # A thousand frames of three bytes, each of which may decode to 120 ms.
    batch = struct.pack(">IIII", 48000, 20, 1000, 0) + struct.pack(">H", 3) * 1000 + b"\xf8\xff\xfe" * 1000
    line.sealed(PacketType.AUDIO_OPUS_BATCH, batch)


def floods_with_pictures(line: Line) -> None:
    picture = struct.pack(">IIIIII", 2, 2, 1, 0, 0, 0) + bytes(12)
    try:
        for _ in range(1000):
            line.sealed(PacketType.IMAGE_FRAME, picture)
    except OSError:
        pass


def shows_a_giant_picture(line: Line) -> None:
    line.sealed(PacketType.IMAGE_FRAME, struct.pack(">IIIIII", 1000, 500, 1, 0, 0, 0) + bytes(1_500_000))


MEMBERS = [
    (replays, "seal", "replayed or out of order"),
    (reorders, "seal", "replayed or out of order"),
    (reflects, "seal", "our own packet came back"),
    (dribbles, "slow", "too long over one packet"),
    (never_reads, "stalled", "took nothing for too long"),
    (floods_with_control_packets, "excess", "control packets"),
    (floods_with_sound, "excess", "sound"),
    (floods_with_pictures, "excess", "pictures"),
    (shows_a_giant_picture, "large", "larger than this server takes"),
]


@pytest.mark.parametrize(
    ("misbehave", "cause", "reason"), MEMBERS, ids=lambda value: getattr(value, "__name__", "")
)
def test_a_member_who_attacks_is_let_go(
    call: Call, caplog: pytest.LogCaptureFixture, misbehave: Callable[[Line], None], cause: str, reason: str
) -> None:
    before = call.server.counters()[f"ended_{cause}"]
    line = call.join(room=4096 if misbehave is never_reads else 0)
    misbehave(line)
    assert line.hung_up()
    call.wait(lambda: f"({line.address}) left: " in caplog.text)
    (said,) = [r.getMessage() for r in caplog.records if f"({line.address}) left: " in r.getMessage()]
    assert reason in said
    assert call.server.counters()[f"ended_{cause}"] == before + 1


@pytest.mark.parametrize("misbehave", [replays, reorders, reflects])
def test_nor_are_records_between_our_own_peers_taken_twice_or_from_ourselves(
    call: Call, caplog: pytest.LogCaptureFixture, misbehave: Callable[[Line], None]
) -> None:
    line = call.join(features=Feature.NOISE)
    misbehave(line)
    assert line.hung_up()
    call.wait(lambda: f"({line.address}) left: " in caplog.text)
    assert "not the next one" in caplog.text


def test_new_keys_without_end_are_a_flood_too(call: Call, caplog: pytest.LogCaptureFixture) -> None:
    line = call.join(features=Feature.NOISE)
    try:
        for _ in range(200):
            line.sealed(PacketType.KEY_UPDATE)
    except OSError:
        pass
    assert line.hung_up()
    call.wait(lambda: f"({line.address}) left: more than anybody needs to send" in caplog.text)


def test_who_sends_too_much_is_told_so(call: Call) -> None:
    line = call.join()
    floods_with_control_packets(line)
    reader, codes = PacketReader(FROM_SERVER | {PacketType.ENCRYPTED: (0, 2**22)}), []
    while not codes:
        (outer,) = reader.feed(line.packet())
        inner = line.seal.open(outer.payload)
        if struct.unpack_from(">H", inner, 8)[0] == PacketType.ERROR_MESSAGE:
            codes.append(ErrorMessage.decode(inner[HEADER_SIZE:]).code)
    assert codes == [ErrorCode.RATE_LIMITED]
    assert line.hung_up()


def test_a_talkative_client_does_not_fill_the_log(call: Call, caplog: pytest.LogCaptureFixture) -> None:
    line = call.join()
    words = RemoteLog(LogLevel.INFO, LogDirection.CLIENT_TO_SERVER, "look at me").encode()
    for _ in range(38):
        line.sealed(PacketType.REMOTE_LOG, words)
    call.wait(lambda: call.server.counters()["lines_left_out"] >= 10)
    assert caplog.text.count("look at me") <= 25
    assert line.address in {each.address for each in call.server.clients()}  # that is no reason to be let go
    line.sock.close()


# --- unusual, and nothing wrong with it ---------------------------------------------------------------------------------


def packets_of(call: Call, line: Line) -> int:
    """How many packets the server took from this line."""
    return sum(c.counts["packets_in"] for c in call.server.clients() if c.address == line.address)


def test_two_packets_in_one_segment_are_two_packets(call: Call) -> None:
    line = call.join()
    call.wait(lambda: packets_of(call, line) == 2)
    line.raw(line.seal.seal(pack(PacketType.PING)) + line.seal.seal(pack(PacketType.PING)))
    call.wait(lambda: packets_of(call, line) == 4)
    line.sock.close()


def test_one_packet_in_five_thousand_segments_is_one_packet(call: Call) -> None:
    with Server(("127.0.0.1",), 0) as server:  # with the time for it that everybody has
        line = Line(server.port)

        def packets() -> int:
            return sum(client.counts["packets_in"] for client in server.clients())

        call.wait(lambda: packets() == 2)
        picture = struct.pack(">IIIIII", 58, 58, 1, 0, 0, 0) + bytes(58 * 58 * 3)
        packet = line.seal.seal(pack(PacketType.IMAGE_FRAME, picture))
        step = -(-len(packet) // 5000)
        assert len(packet) >= 5000
        for at in range(0, len(packet), step):
            line.raw(packet[at : at + step])
        call.wait(lambda: packets() == 3)
        line.sock.close()


# --- a full server ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("own", [True, False])
def test_a_full_server_says_so_in_words_the_client_understands(call: Call, own: bool) -> None:
    with Server(("127.0.0.1",), 0, max_clients=1) as server:
        first = Line(server.port)
        if own:
            with pytest.raises(CallError, match="every place in the call is taken") as caught:
                connect("127.0.0.1", server.port)
            assert caught.value.exit_code == ErrorCode.SESSION_FULL
        else:
            second = Line(server.port, None)
            second.raw(version(1))
            assert second.sock.recv(100) == b"SERVER_FULL: Maximum client limit reached\n"
            assert second.hung_up()
        assert server.counters()["refused_full"] == 1
        first.sock.close()


def test_a_full_server_tells_even_those_who_say_nothing(call: Call) -> None:
    with Server(("127.0.0.1",), 0, max_clients=1, limits=Limits(farewell=0.1)) as server:
        first = Line(server.port)
        second = Line(server.port, None)
        assert second.sock.recv(100).startswith(b"SERVER_FULL")
        assert second.hung_up()
        first.sock.close()
