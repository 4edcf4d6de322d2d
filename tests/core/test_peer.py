"""One connection in the core, with its other end in the test's hands."""

from __future__ import annotations

import array
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from asciichat._core.codec import OpusDecoder, OpusEncoder
from asciichat._core.jitter import JitterBuffer
from asciichat._core.packet import HEADER_SIZE, pack, unpack_header
from asciichat._core.peer import End, Packet, Peer, Sound
from asciichat._core.room import Room
from asciichat._core.seal import Seal
from asciichat.protocol.types import PacketType


class Wire:
    """The other end: whole packets in clear."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        sock.settimeout(5)
        self._buffer = b""

    def send(self, kind: int, payload: bytes = b"") -> None:
        """Send a packet."""
        self.sock.sendall(pack(kind, payload))

    def _read(self, count: int) -> bytes:
        while len(self._buffer) < count:
            data = self.sock.recv(65536)
            if not data:
                raise EOFError
            self._buffer += data
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        return taken

    def receive(self) -> tuple[int, bytes]:
        """Receive a packet."""
        header = unpack_header(self._read(HEADER_SIZE))
        return header.type, self._read(header.length)


Connect = Callable[..., tuple[Peer, Wire]]


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Make peers; they are stopped, and what they run in has ended, after the test."""
    made: list[tuple[Peer, socket.socket, Wire]] = []
    threads: list[threading.Thread] = []

    def make(*, send: bool = False, **options: object) -> tuple[Peer, Wire]:
        ours, theirs = socket.socketpair()
        peer = Peer(ours.fileno(), **{"server": True, **options})  # type: ignore[arg-type]
        wire = Wire(theirs)
        made.append((peer, ours, wire))
        if send:
            threads.append(threading.Thread(target=peer.send))
            threads[-1].start()
        return peer, wire

    yield make
    for peer, _, _ in made:
        peer.stop()
    for thread in threads:
        thread.join()
    for _, ours, wire in made:
        ours.close()
        wire.sock.close()


def test_control_packets_arrive_in_order(connect: Connect) -> None:
    peer, wire = connect(send=True)
    for number in range(200):
        while True:
            try:
                peer.control(PacketType.REMOTE_LOG, struct.pack(">I", number) * 3)
                break
            except BufferError:
                time.sleep(0.001)
    assert [struct.unpack_from(">I", wire.receive()[1])[0] for _ in range(200)] == list(range(200))


def test_control_packets_are_refused_rather_than_dropped(connect: Connect) -> None:
    peer, _wire = connect()
    for _ in range(64):
        peer.control(PacketType.PONG)
    with pytest.raises(BufferError):
        peer.control(PacketType.PONG)


@pytest.mark.parametrize(("server", "sign"), [(True, PacketType.PONG), (False, PacketType.PING)])
def test_the_link_is_never_silent_for_more_than_400_ms(
    connect: Connect, server: bool, sign: PacketType
) -> None:
    _peer, wire = connect(send=True, server=server)
    quick = 0  # in a row
    for _ in range(30):  # what else the machine does may hold a thread up, but not all the time
        begun = time.monotonic()
        assert wire.receive() == (sign, b"")
        quick = quick + 1 if time.monotonic() - begun < 0.4 else 0
        if quick == 3:
            break
    assert quick == 3


def test_a_ping_is_answered_without_python(connect: Connect) -> None:
    peer, wire = connect(send=True)
    took = []
    for _ in range(5):  # what else the machine does may hold a thread up
        wire.receive()  # a sign of life: the next one is not due for a while
        wire.send(PacketType.PING)
        wire.send(PacketType.STREAM_START, bytes(4))
        assert peer.receive() == Packet(PacketType.STREAM_START, bytes(4))
        begun = time.monotonic()
        assert wire.receive() == (PacketType.PONG, b"")
        took.append(time.monotonic() - begun)
    assert min(took) < 0.1  # not the sign of life


def test_a_newer_picture_replaces_one_that_waits(connect: Connect) -> None:
    peer, wire = connect(server=False)
    for number in range(5):
        peer.picture(PacketType.IMAGE_FRAME, bytes([number]) * 30)
    sender = threading.Thread(target=peer.send)
    sender.start()
    assert wire.receive() == (PacketType.IMAGE_FRAME, bytes([4]) * 30)
    assert peer.counts()["pictures_replaced"] == 4
    peer.stop()
    sender.join()


def test_finishing_sends_what_waits_and_ends(connect: Connect) -> None:
    peer, wire = connect()
    peer.control(PacketType.ERROR_MESSAGE, bytes(8))
    peer.finish()
    assert peer.send().expected
    assert wire.receive() == (PacketType.ERROR_MESSAGE, bytes(8))


def test_a_peer_that_takes_nothing_is_let_go(connect: Connect) -> None:
    peer, _wire = connect(stall=0.3)
    peer.picture(PacketType.IMAGE_FRAME, bytes(4_000_000))
    begun = time.monotonic()
    end = peer.send()
    assert "took nothing" in end.reason
    assert not end.expected
    assert 0.25 < time.monotonic() - begun < 2


def test_a_silent_peer_is_let_go(connect: Connect) -> None:
    peer, _wire = connect(idle=0.3)
    begun = time.monotonic()
    end = peer.receive()
    assert isinstance(end, End)
    assert "silent" in end.reason
    assert 0.25 < time.monotonic() - begun < 2


def test_one_byte_a_write_is_as_good_as_any(connect: Connect) -> None:
    peer, wire = connect()
    stream = (
        pack(PacketType.STREAM_START, b"\0\0\0\3")
        + pack(PacketType.PONG)
        + pack(PacketType.STREAM_STOP, bytes(4))
    )

    def trickle() -> None:
        for byte in stream:
            wire.sock.sendall(bytes([byte]))

    thread = threading.Thread(target=trickle)
    thread.start()
    assert peer.receive() == Packet(PacketType.STREAM_START, b"\0\0\0\3")
    assert peer.receive() == Packet(PacketType.STREAM_STOP, bytes(4))
    thread.join()


def test_bytes_read_before_come_first(connect: Connect) -> None:
    peer, wire = connect(initial=pack(PacketType.STREAM_START, b"\0\0\0\1"))
    wire.send(PacketType.STREAM_STOP, b"\0\0\0\1")
    assert [peer.receive()[0], peer.receive()[0]] == [PacketType.STREAM_START, PacketType.STREAM_STOP]


def opus_frames(count: int) -> list[bytes]:
    """Packets of a quiet tone."""
    encoder = OpusEncoder()
    tone = array.array("f", [0.1 * ((i // 50) % 2) for i in range(960)])
    return [encoder.encode(tone) for _ in range(count)]


def batch(frames: list[bytes]) -> bytes:
    """An AUDIO_OPUS_BATCH payload."""
    sizes = b"".join(struct.pack(">H", len(frame)) for frame in frames)
    return struct.pack(">IIII", 48000, 20, len(frames), 0) + sizes + b"".join(frames)


def test_batches_of_batches_are_unwrapped(connect: Connect) -> None:
    frames = opus_frames(3)
    peer, wire = connect(server=False)
    wire.send(PacketType.AUDIO_OPUS_BATCH, batch([batch([frame]) for frame in frames]))
    nested = [peer.receive() for _ in frames]
    plain, other = connect(server=False)
    other.send(PacketType.AUDIO_OPUS_BATCH, batch(frames))
    assert nested == [plain.receive() for _ in frames]
    assert all(isinstance(sound, Sound) and len(sound.samples) == 960 * 4 for sound in nested)


def test_old_pcm_is_mixed_down(connect: Connect) -> None:
    peer, wire = connect(server=False)
    samples = [2**30, 0, -(2**30), -(2**30)]
    wire.send(PacketType.AUDIO_BATCH, struct.pack(">IIII4i", 1, 4, 48000, 2, *samples))
    sound = peer.receive()
    assert isinstance(sound, Sound)
    assert list(array.array("f", sound.samples)) == [0.25, -0.5]


def test_pictures_go_to_the_room(connect: Connect) -> None:
    room = Room()
    room.join(3, 77)
    peer, wire = connect()
    peer.attach(room, 3)
    wire.send(PacketType.IMAGE_FRAME, struct.pack(">III12x", 2, 1, 1) + bytes(range(6)))
    wire.send(PacketType.STREAM_STOP, bytes(4))
    peer.receive()
    assert room.latest_frame(3) == (2, 1, bytes(range(6)))
    peer.detach()
    room.leave(3)


def test_what_a_source_shows_is_given_once_and_for_that_source_alone(connect: Connect) -> None:
    room = Room()
    room.join(3, 77)
    peer, wire = connect()
    peer.attach(room, 3)
    assert room.frame_after(3, 77, 0) is None
    wire.send(PacketType.IMAGE_FRAME, struct.pack(">III12x", 2, 1, 1) + bytes(range(6)))
    wire.send(PacketType.STREAM_STOP, bytes(4))
    peer.receive()
    found = room.frame_after(3, 77, 0)
    assert found == (1, 2, 1, bytearray(range(6)))
    found[3][0] = 9  # a copy
    assert room.frame_after(3, 77, 0) == (1, 2, 1, bytearray(range(6)))
    assert room.frame_after(3, 77, 1) is None
    assert room.sound_after(3, 77, 0) == (0, 0, b"")
    for slot, id in ((3, 78), (4, 77)):  # somebody who had the place before; an empty place
        assert room.frame_after(slot, id, 0) is None
        assert room.sound_after(slot, id, 0) is None
    for slot in (-1, 32):
        with pytest.raises(ValueError, match="a slot is"):
            room.frame_after(slot, 77, 0)
        with pytest.raises(ValueError, match="a slot is"):
            room.sound_after(slot, 77, 0)
    peer.detach()
    assert room.leave(3, 1.0)
    assert room.frame_after(3, 77, 0) is None


def test_stopping_wakes_every_thread(connect: Connect) -> None:
    took = []
    for _ in range(5):  # what else the machine does may hold a thread up
        room = Room()
        room.join(0, 1)
        peer, _wire = connect()
        peer.attach(room, 0)
        threads = [threading.Thread(target=run) for run in (peer.send, peer.receive, peer.video, peer.audio)]
        for thread in threads:
            thread.start()
        time.sleep(0.05)
        begun = time.monotonic()
        peer.stop()
        for thread in threads:
            thread.join()
        took.append(time.monotonic() - begun)
        peer.detach()
        room.leave(0)
    assert min(took) < 0.2


@pytest.mark.parametrize(
    "options",
    [{"columns": 0}, {"rows": 5000}, {"color_level": 4}, {"fps": 0}, {"palette": 7}, {"ramp": bytes(65)}],
)
def test_views_out_of_range_are_refused(connect: Connect, options: dict[str, object]) -> None:
    peer, _wire = connect()
    view = {
        "columns": 80,
        "rows": 24,
        "color_level": 3,
        "render_mode": 0,
        "palette": 1,
        "utf8": True,
        "fps": 60,
    }
    peer.set_view(**view)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="must be"):
        peer.set_view(**{**view, **options})  # type: ignore[arg-type]


def test_wrong_keys_are_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Peer(0, server=True, keys=(bytes(31), bytes(32)))


def test_a_room_refuses_what_is_not_there() -> None:
    room = Room()
    with pytest.raises(ValueError, match="a slot is"):
        room.join(32, 1)
    room.join(0, 1)
    with pytest.raises(ValueError, match="taken"):
        room.join(0, 2)
    with pytest.raises(ValueError, match="empty"):
        room.leave(1)


def talking_pair(**options: object) -> tuple[Peer, Peer, list[socket.socket], list[threading.Thread]]:
    """Two peers that send to each other; what the second receives is left to the test."""
    one, other = bytes([1]) * 32, bytes([2]) * 32
    socks = list(socket.socketpair())
    ours = Peer(socks[0].fileno(), server=True, keys=(one, other), **options)  # type: ignore[arg-type]
    theirs = Peer(socks[1].fileno(), server=False, keys=(other, one), **options)  # type: ignore[arg-type]
    threads = [threading.Thread(target=peer.send) for peer in (ours, theirs)]
    for thread in threads:
        thread.start()
    return ours, theirs, socks, threads


def test_keys_are_replaced_as_time_goes_by_and_every_packet_still_arrives() -> None:
    ours, theirs, socks, threads = talking_pair(records=(0, 0), rekey=0.01)
    heard: list[int] = []

    def listen() -> None:
        while isinstance(event := theirs.receive(), Packet):
            heard.append(struct.unpack_from(">I", event.payload)[0])

    threads.append(threading.Thread(target=listen))
    threads[-1].start()
    sent = 0
    deadline = time.monotonic() + 20
    while ours.counts()["keys_out"] < 20 and time.monotonic() < deadline:
        try:
            ours.control(PacketType.REMOTE_LOG, struct.pack(">I", sent) * 3)
            sent += 1
        except BufferError:
            pass
        time.sleep(0.001)
    ours.finish()
    threads[0].join(10)
    while len(heard) < sent and time.monotonic() < deadline + 10:  # who is stopped reads no more
        time.sleep(0.001)
    ours.stop()
    theirs.stop()
    for thread in threads:
        thread.join(5)
    assert heard == list(range(sent))
    assert ours.counts()["keys_out"] == theirs.counts()["keys_in"] >= 20
    for sock in socks:
        sock.close()


def test_a_native_peer_never_gets_a_word_about_keys(connect: Connect) -> None:
    key = bytes(range(32))
    _peer, wire = connect(send=True, keys=(key, key), rekey=0.001)
    seal = Seal(key, key)
    for _ in range(3):
        kind, payload = wire.receive()
        assert kind == PacketType.ENCRYPTED
        assert unpack_header(seal.open(payload)).type == PacketType.PONG
    with pytest.raises(ValueError, match="not the next one"):
        Seal(key, key, records=(0, 0)).open(payload)


@pytest.mark.parametrize("kind", [PacketType.REKEY_REQUEST, PacketType.CRYPTO_CLIENT_HELLO, PacketType.PING])
def test_after_noise_everything_in_clear_ends_the_connection(connect: Connect, kind: PacketType) -> None:
    peer, wire = connect(keys=(bytes(32), bytes(range(32))), records=(0, 0))
    wire.send(kind, bytes(0 if kind == PacketType.PING else 32))
    end = peer.receive()
    assert isinstance(end, End) and end.violation and "in clear" in end.reason


def numbered(number: int, frames: list[bytes]) -> bytes:
    """An AUDIO_OPUS_BATCH payload of 10 ms frames as two of our own send them."""
    sizes = b"".join(struct.pack(">H", len(frame)) for frame in frames)
    return struct.pack(">IIII", 48000, 10, len(frames), number) + sizes + b"".join(frames)


def short_frames(count: int) -> list[bytes]:
    """A tone in frames of 10 ms, each with a copy of the one before."""
    encoder = OpusEncoder(application="voip", bitrate=32000, loss_percent=30)
    tone = np.sin(np.arange(480 * count) * 0.05).astype(np.float32) / 4
    return [encoder.encode(tone[480 * i : 480 * (i + 1)]) for i in range(count)]


def sounds(peer: Peer, count: int) -> list[array.array[float]]:
    """So many frames of decoded sound."""
    got = []
    for _ in range(count):
        sound = peer.receive()
        assert isinstance(sound, Sound)
        got.append(array.array("f", sound.samples))
    return got


def test_frames_the_sender_had_to_drop_are_made_up_and_counted(connect: Connect) -> None:
    frames = short_frames(20)
    peer, wire = connect(server=False, short_frames=True)
    for i in (*range(10), *range(13, 20)):  # three are missing
        wire.send(PacketType.AUDIO_OPUS_BATCH, numbered(i + 1, [frames[i]]))
    heard = sounds(peer, 20)
    assert [len(sound) for sound in heard] == [480] * 20
    assert peer.counts()["sounds_made_up"] == 3
    assert peer.counts()["sounds_in"] == 17
    assert max(heard[10]) > 0.1  # not silence: the tone goes on


def test_a_long_gap_is_not_filled_and_a_first_number_means_nothing(connect: Connect) -> None:
    frames = short_frames(4)
    peer, wire = connect(server=False, short_frames=True)
    for number, frame in zip((5000, 5001, 6000, 6001), frames, strict=True):
        wire.send(PacketType.AUDIO_OPUS_BATCH, numbered(number, [frame]))
    sounds(peer, 4)
    assert peer.counts()["sounds_made_up"] == 0


def test_numbers_mean_nothing_where_they_were_not_agreed(connect: Connect) -> None:
    frames = short_frames(3)
    peer, wire = connect(server=False)
    for number, frame in zip((1, 4, 9), frames, strict=True):
        wire.send(PacketType.AUDIO_OPUS_BATCH, numbered(number, [frame]))
    sounds(peer, 3)
    assert peer.counts()["sounds_made_up"] == 0


def test_a_frame_that_does_not_decode_is_made_up(connect: Connect) -> None:
    frames = opus_frames(6)
    peer, wire = connect(server=False)
    broken = [*frames[:5], b"\xff\xff"]
    wire.send(PacketType.AUDIO_OPUS_BATCH, batch(broken))
    heard = sounds(peer, 6)
    assert len(heard[5]) == 960
    assert max(heard[5]) > 0.01
    assert peer.counts()["sounds_bad"] == 1
    assert peer.counts()["sounds_made_up"] == 1


@pytest.mark.parametrize("rate", [8000, 44100, 96000])
def test_raw_sound_at_another_rate_is_brought_to_ours(connect: Connect, rate: int) -> None:
    peer, wire = connect(server=False)
    seconds, hertz = 0.5, 440
    tone = np.sin(np.arange(round(seconds * rate)) * 2 * np.pi * hertz / rate) * 2**30
    heard: list[float] = []

    def speak() -> None:
        for at in range(0, len(tone), 1000):
            part = tone[at : at + 1000].astype(">i4")
            head = struct.pack(">IIII", 1, len(part), rate, 1)
            wire.send(PacketType.AUDIO_BATCH, head + part.tobytes())
        wire.send(PacketType.CLEAR_CONSOLE)

    speaking = threading.Thread(target=speak)
    speaking.start()
    while isinstance(event := peer.receive(), Sound):
        heard.extend(array.array("f", event.samples))
    speaking.join()
    assert isinstance(event, Packet)
    assert abs(len(heard) - seconds * 48000) < 80
    settled = np.array(heard[1000:-1000])
    phase = 2 * np.pi * hertz / 48000 * np.arange(len(settled))
    waves = np.stack([np.sin(phase), np.cos(phase)], 1)
    parts = np.linalg.lstsq(waves, settled, rcond=None)[0]
    assert np.hypot(*parts) == pytest.approx(0.5, rel=0.01)
    assert np.abs(settled - waves @ parts).max() < 0.005


def test_sound_goes_into_a_jitter_buffer_without_python(connect: Connect) -> None:
    peer, wire = connect(server=False)
    buffer = JitterBuffer()
    peer.hear_into(buffer)
    for frame in opus_frames(10):
        wire.send(PacketType.AUDIO_OPUS_BATCH, batch([frame]))
    wire.send(PacketType.CLEAR_CONSOLE)
    assert isinstance(peer.receive(), Packet)  # the ten did not come to Python
    assert buffer.counts.written == 9600


def test_ten_milliseconds_and_numbers_only_where_agreed(connect: Connect) -> None:
    for agreed, milliseconds, numbers in ((False, 20, [0, 0]), (True, 10, [1, 2])):
        peer, wire = connect(send=True, short_frames=agreed)
        assert peer.opus_samples == milliseconds * 48
        for _ in numbers:
            peer.opus(b"\xf8\xff\xfe")
        heads = []
        while len(heads) < 2:
            kind, payload = wire.receive()
            if kind == PacketType.AUDIO_OPUS_BATCH:
                heads.append(struct.unpack_from(">IIII", payload))
        assert heads == [(48000, milliseconds, 1, number) for number in numbers]


def view(peer: Peer) -> None:
    """Let a peer draw and mix."""
    peer.set_view(columns=20, rows=10, color_level=0, render_mode=0, palette=1, utf8=False, fps=1)


def opus_heads(wire: Wire, count: int) -> list[tuple[int, int, bytes]]:
    """So many Opus packets: milliseconds, number, frame."""
    got = []
    while len(got) < count:
        kind, payload = wire.receive()
        if kind == PacketType.AUDIO_OPUS_BATCH:
            _, milliseconds, _, number = struct.unpack_from(">IIII", payload)
            got.append((milliseconds, number, payload[18:]))
    return got


@pytest.mark.parametrize("agreed", [False, True])
def test_the_mix_comes_in_frames_of_the_agreed_length(connect: Connect, agreed: bool) -> None:
    room = Room()
    room.join(0, 1)
    peer, wire = connect(send=True, short_frames=agreed)
    peer.attach(room, 0)
    view(peer)
    thread = threading.Thread(target=peer.audio)
    begun = time.monotonic()
    thread.start()
    heads = opus_heads(wire, 50)
    took = time.monotonic() - begun
    peer.stop()
    thread.join()
    milliseconds = 10 if agreed else 20
    assert {head[0] for head in heads} == {milliseconds}
    assert [head[1] for head in heads] == (list(range(1, 51)) if agreed else [0] * 50)
    assert all(len(OpusDecoder().decode(head[2])) == 48 * milliseconds for head in heads[::7])
    assert took > 0.7 * 49 * milliseconds / 1000
    peer.detach()
    room.leave(0)


def test_a_room_that_does_not_mix_sends_no_sound_and_is_left_at_once(connect: Connect) -> None:
    room = Room(mix=False)
    room.join(0, 1)
    peer, wire = connect(send=True)
    peer.attach(room, 0)
    view(peer)
    threads = [threading.Thread(target=run) for run in (peer.audio, peer.receive)]
    for thread in threads:
        thread.start()
    wire.send(PacketType.AUDIO_OPUS_BATCH, batch(opus_frames(2)))
    wire.send(PacketType.PING)
    kinds = {wire.receive()[0] for _ in range(3)}
    while peer.counts()["sounds_in"] < 2:  # a packet, a sign of life at the latest, for each look
        kinds.add(wire.receive()[0])
    assert PacketType.AUDIO_OPUS_BATCH not in kinds
    assert peer.counts()["sounds_in"] == 2
    assert room.voice_counts(0)["written"] == 0
    begun = time.monotonic()
    peer.stop()
    for thread in threads:
        thread.join()
    assert time.monotonic() - begun < 4  # it would be silent too long after 5
    peer.detach()
    room.leave(0)
