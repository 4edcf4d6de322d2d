"""What a server bears: time-outs, caps and rates."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, fields
from typing import NamedTuple


class Rate(NamedTuple):
    """How much of one kind a client may send.

    Attributes
    ----------
    items
        Packets a second; of sound, frames to decode a second. 0: no limit.
    bytes
        Bytes of payload a second. 0: no limit.
    """

    items: float
    bytes: float


MIB = 2**20

PICTURES = Rate(200, 64 * MIB)
SOUND = Rate(250, 2 * MIB)
CONTROL = Rate(100, 64 * 1024)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much, and how long, the server bears. Times are seconds; every number is above 0.

    The defaults leave native clients room: one sends at most 60 pictures, 50 sounds and a few other packets a second,
    and shows 480 x 270 pixels at most.

    Attributes
    ----------
    handshake
        From the first moment of a connection to the end of its handshake. People may be looking at a fingerprint
        meanwhile, so it is long.
    greeting
        From the first moment of a connection to the first answer it gets. No person is involved yet.
    handshake_bytes
        What a caller may send before its handshake is done.
    half_open
        Connections in the middle of their handshake. At the cap the source that has most of them loses its oldest.
    half_open_start
        From so many on, a source that has one already is refused another with a chance that rises from 30 % to
        certainty at `half_open`.
    half_open_per_source
        Connections in the middle of their handshake from one source.
    connects, connects_burst
        Connections a second from one source, and how many at once after a pause.
    penalty_least, penalty_most
        A source whose penalties add up to `penalty_least` seconds is refused until they have passed, at most
        `penalty_most`.
    penalty_proof, penalty_late, penalty_fault, penalty_dismissal
        What is added for a wrong password, key or signature; for a handshake that is not done in time; for any other
        failed handshake; for breaking the rules in the call.
    exempt
        Networks, as ``192.0.2.0/24``, whose rates and penalties are not looked at: a proxy's, for instance, behind which
        everybody has one address.
    idle
        A client that sent nothing for so long is gone: native clients ping once a second.
    whole
        One packet may take so long from its first byte to its last.
    stall
        A client that took nothing for so long is let go.
    farewell
        How long a client that broke the rules, or finds the server full, may take to receive the reason.
    pictures, sound, control
        What one client may send.
    burst
        Seconds' worth of that which may come at once, as after a stall of the network.
    picture_pixels
        The largest picture that is taken.
    decoding, decoding_burst
        Seconds of processor time a second that one client's HEVC pictures may take, and how many at once.
    view_cells
        The largest screen that is drawn for a client; on a larger one, the picture is smaller than the screen.
    view_cells_a_second
        Cells drawn a second for one client; on a large screen fewer pictures come.
    words, words_burst
        Lines a second that one client may have logged, and how many at once; the others are left out.
    stuck
        A client one of whose threads makes no step for so long is let go; above 1, since some step once a second.
    ending
        How long a client's threads may take to end once they are told to; later ones are left behind, with their slot.
    lines, lines_burst
        Lines of text a second that one client may write to the others, and how many at once; the others reach nobody.
    """

    handshake: float = 60.0
    greeting: float = 10.0
    handshake_bytes: int = 8192
    half_open: int = 128
    half_open_start: int = 64
    half_open_per_source: int = 48
    connects: float = 5.0
    connects_burst: float = 100.0
    penalty_least: float = 15.0
    penalty_most: float = 600.0
    penalty_proof: float = 5.0
    penalty_late: float = 10.0
    penalty_fault: float = 1.0
    penalty_dismissal: float = 5.0
    exempt: tuple[str, ...] = ()
    idle: float = 5.0
    whole: float = 20.0
    stall: float = 5.0
    farewell: float = 0.5
    pictures: Rate = PICTURES
    sound: Rate = SOUND
    control: Rate = CONTROL
    burst: float = 4.0
    picture_pixels: int = 1920 * 1088
    decoding: float = 0.75
    decoding_burst: float = 4.0
    view_cells: int = 512 * 512
    view_cells_a_second: int = 8_000_000
    words: float = 1.0
    words_burst: float = 20.0
    stuck: float = 10.0
    ending: float = 2.0
    lines: float = 1.0
    lines_burst: float = 10.0

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            kind = type(each.default)
            if kind is tuple:
                if isinstance(value, str):
                    raise TypeError(f"the limit {each.name} is a tuple of networks, not {value!r}")
            elif kind is Rate:
                if not isinstance(value, tuple) or len(value) != 2:
                    raise TypeError(f"the limit {each.name} is a Rate(items, bytes), not {value!r}")
                if min(value) < 0:
                    raise ValueError(f"the limit {each.name} is 0 or more, not {value}")
            elif not isinstance(value, float | int):
                raise TypeError(f"the limit {each.name} is a number, not {value!r}")
            elif not value > 0:
                raise ValueError(f"the limit {each.name} is above 0, not {value}")
        if self.stuck <= 1:
            raise ValueError(
                f"the limit stuck is above 1, not {self.stuck}: some threads make one step a second"
            )
        if self.half_open_start > self.half_open:
            raise ValueError("early drop of half-open connections must begin before their cap")
        for network in self.exempt:
            try:
                ipaddress.ip_network(network)
            except ValueError:
                raise ValueError(f"{network!r} is not a network such as 192.0.2.0/24") from None
