"""What is told of one client: its state, and all of it at one moment."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class ClientState:
    """What a client told about itself, and what the operator decided. In a snapshot it is a copy; the client's own is
    guarded by its state lock.

    Attributes
    ----------
    name
        One line of at most 40 bytes in UTF-8, without anything a terminal would act on; ``Client`` and a number until
        it says one. No two in a call are alike: whoever asks for a name that somebody has gets it with a number.
    columns, rows
        Its screen, in cells; 0 until it is ready.
    color_level, render_mode, palette
        As in :mod:`asciichat.protocol.types`.
    fps
        Pictures a second that it wants.
    sends_video, sends_sound
        It has announced pictures, sound.
    muted
        The operator muted it.
    ready
        It has described its screen: from then on it is shown to the others.
    """

    name: str = ""
    columns: int = 0
    rows: int = 0
    color_level: int = 0
    render_mode: int = 0
    palette: int = 0
    fps: int = 0
    sends_video: bool = False
    sends_sound: bool = False
    muted: bool = False
    ready: bool = False


@dataclass(frozen=True, slots=True)
class ClientSnapshot:
    """A client at one moment: copied under its lock, yours to keep.

    Attributes
    ----------
    id
        Unique for the life of the server: ``serial * 65536 + port``.
    slot
        Its place in the room, 0 to 31.
    address
        ``host:port`` it called from.
    encrypted
        Is what goes between it and the server?
    connected
        Seconds since it was admitted.
    active
        False: it is on its way out.
    state
        What it told about itself.
    speaking
        Its voice is heard at this moment.
    level
        Its loudness in dBFS; -120 is silence.
    counts
        Packets, bytes, pictures and sounds so far; see :meth:`asciichat._core.peer.Peer.counts`.
    line_rate
        Bytes a second its line was found to take, if that is less than its pictures want; None: it is wide.
    video_lateness, audio_lateness
        How late its render threads ticked, in microseconds; see :meth:`asciichat._core.peer.Peer.lateness`.
    threads
        Names of those of its four threads that run.
    """

    id: int
    slot: int
    address: str
    encrypted: bool
    connected: float
    active: bool
    state: ClientState
    speaking: bool
    level: float
    counts: dict[str, int]
    line_rate: int | None
    video_lateness: dict[str, float]
    audio_lateness: dict[str, float]
    threads: tuple[str, ...] = field(default=())
