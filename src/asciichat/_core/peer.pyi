"""One connection and the bodies of its threads.

The four bodies, `receive`, `send`, `video` and `audio`, run whole loops without the GIL and come back to Python
only for what is rare. Each is run by one thread. They end after `stop`.
"""

from collections.abc import Sequence
from typing import NamedTuple

from typing_extensions import Buffer

from asciichat._core.jitter import JitterBuffer
from asciichat._core.room import Room

class Packet(NamedTuple):
    """A packet the core leaves to Python. The payload of an IMAGE_FRAME_H265 is its bare Annex-B access unit."""

    type: int
    payload: bytes

class Sound(NamedTuple):
    """Decoded sound: float32 samples in native byte order, mono, 48 kHz."""

    samples: bytes

class End(NamedTuple):
    """Why a thread body ended."""

    reason: str
    """A few words for people."""
    expected: bool
    """Stopped by us, or closed by the peer."""
    violation: bool
    """The peer broke the protocol."""
    cause: str
    """In a word, for counters: the keys of `asciichat.server.counters.ENDS` name them."""

class Peer:
    """A connection after its handshake.

    Parameters
    ----------
    fd
        A connected stream socket; it stays the caller's to close, after the threads have ended.
    server
        We are the server of this connection.
    keys
        Session keys (sending, receiving), 32 bytes each; None: everything goes in clear.
    session_id
        16 bytes of our nonces, drawn at random unless given. Not with `records`.
    records
        How many records each direction (sending, receiving) has seen: the keys are those of a Noise handshake.
        None: the peer is a native one.
    marked
        Towards a native peer: we would have spoken Noise. The session id says so, and a peer whose own says the same
        is refused.
    rekey
        Seconds after which a Noise key for sending is replaced.
    initial
        Bytes already read from the socket.
    idle, stall
        Seconds of the peer's silence, and of its not taking anything, after which it is let go.
    whole
        Seconds one packet may take from its first byte to its last.
    allowance
        What the peer may send, as pairs of items and bytes a second, for pictures, for sound (counted in frames to
        decode) and for control packets; 0 is no limit, and so is None.
    burst
        Seconds of the allowance that may come at once.
    most_pixels
        Of an IMAGE_FRAME; 0: 3840 x 2160.
    count_only
        Count pictures and sound and look no further: for load generators.
    short_frames
        Both sides agreed on Opus frames of 10 ms, numbered, instead of 20 ms.
    """

    encrypted: bool

    def __init__(
        self,
        fd: int,
        *,
        server: bool,
        keys: tuple[Buffer, Buffer] | None = None,
        session_id: Buffer | None = None,
        records: tuple[int, int] | None = None,
        marked: bool = False,
        rekey: float = 120.0,
        initial: Buffer = b"",
        idle: float = 5.0,
        stall: float = 5.0,
        whole: float = 20.0,
        allowance: Sequence[tuple[float, float]] | None = None,
        burst: float = 4.0,
        most_pixels: int = 0,
        count_only: bool = False,
        short_frames: bool = False,
    ) -> None: ...
    def attach(self, room: Room, slot: int) -> None:
        """What is received becomes the source in this slot. Before the threads start."""

    def detach(self) -> None:
        """Undo `attach`. After the threads have ended."""

    def wipe(self) -> None:
        """Forget the keys. After the threads have ended."""

    def receive(self) -> Packet | Sound | End:
        """Receive until there is something for Python. After an End there is nothing more."""

    def send(self) -> End:
        """Send what is put into the outbox until the end; never silent for more than 300 ms."""

    def video(self) -> End:
        """Draw the room for this viewer until stopped."""

    def audio(
        self, *, bitrate: int = 96000, complexity: int = 5, dtx: bool = False, loss_percent: int = 0
    ) -> End:
        """Mix the room for this listener until stopped; in a room that does not mix, only wait for that.

        Opus settings: 6000 to 510000 bits a second, 0 to 10, next to nothing in silence, percentage of loss to be
        prepared for (in-band FEC).
        """

    def stop(self) -> None:
        """Ask every thread to end and shut the socket. Any thread, any number of times."""

    def finish(self) -> None:
        """Ask the send thread to send the control packets that wait, and then to end. Any thread."""

    @property
    def stopped(self) -> bool: ...
    def control(self, type: int, payload: Buffer = b"") -> None:
        """Send a control packet (payload up to 640 bytes). Any thread.

        Raises BufferError when the peer has not taken the last 64.
        """

    @property
    def control_room(self) -> int:
        """How many control packets the peer's queue still takes, roughly: 64 when none waits."""

    @property
    def line_rate(self) -> int | None:
        """Bytes a second the line to the peer was found to take, if that is less than pictures want; None: it is wide."""

    def opus(self, frame: Buffer) -> None:
        """Send one Opus frame of `opus_samples`. One thread at a time; when too many wait the oldest is dropped."""

    @property
    def opus_samples(self) -> int:
        """Samples in an Opus frame to this peer: 960, or 480 where short frames were agreed on."""

    def hear_into(self, buffer: JitterBuffer | None) -> None:
        """From now on decoded sound is written into this buffer, without Python, instead of being returned by `receive`.

        None undoes that. Any thread. The buffer must have no other writer.
        """

    def picture(self, type: int, payload: Buffer) -> None:
        """Send a picture instead of any that still waits. One thread at a time."""

    def wait_for_picture(self, timeout: float | None = None) -> bool:
        """Wait until no picture waits to be sent, or the connection was stopped; False after `timeout` seconds."""

    def publish(self, frame: Buffer) -> bool:
        """Make uint8[height, width, 3] the newest frame of the attached source; False when it was dropped.

        The receiving thread only.
        """

    def touch(self) -> None:
        """The newest frame of the attached source, if there is one, still stands. The receiving thread only."""

    def clear(self) -> None:
        """The attached source has no picture any more. The receiving thread only."""

    def set_view(
        self,
        *,
        columns: int,
        rows: int,
        color_level: int,
        render_mode: int,
        palette: int,
        utf8: bool,
        fps: int,
        rep: bool = False,
        padding: bool = True,
        stretch: bool = False,
        wants_video: bool = True,
        wants_sound: bool = True,
        zstd: bool = False,
        ramp: bytes = b"",
        glyphs: int = 0,
        dither: bool = False,
        changes: bool = False,
        names: bool = False,
        hide_self: bool = False,
        arrangement: int = 0,
        focus: int | None = None,
        page: int = 0,
    ) -> None:
        """What this viewer can show and wants; it gets a whole frame next.

        Numbers are those of the wire: see `asciichat.protocol.payloads.ClientCapabilities` and `ViewOptions`. `changes`:
        it takes frames that hold only what changed. One thread at a time. Raises ValueError for a value out of range.
        """

    def counts(self) -> dict[str, int]:
        """Bytes, packets, pictures, sounds and changes of the key, in and out so far; longest gaps and present silence in
        nanoseconds."""

    def reset_gaps(self) -> None:
        """Forget the longest gaps so far."""

    def beats(self) -> dict[str, int]:
        """Signs of life of the threads "send", "receive", "video" and "audio": each number rises while its thread goes on,
        and is odd while it waits for the peer, as long as the time limits let it. Any thread."""

    def lateness(self, thread: str) -> dict[str, float]:
        """How late the "video" or "audio" thread ticked: ticks, skipped, and p50, p99 and max in microseconds."""
