"""What the kernel knows about the way to the server."""

from __future__ import annotations

import socket
import struct
import sys
from dataclasses import dataclass
from typing import Final

# struct tcp_info of linux/tcp.h: 8 bytes of flags, then u32 fields, of which the sixteenth and seventeenth are the smoothed
# round trip and its mean deviation (RFC 6298), in microseconds.
_TCP_INFO: Final = struct.Struct("=8x 15I II")


@dataclass(frozen=True, slots=True)
class Network:
    """The way to the server, as the kernel measures it by what TCP acknowledges.

    Attributes
    ----------
    round_trip
        Seconds to the server and back, smoothed; None: unknown (yet, or on this system).
    variation
        Mean deviation of that, in seconds; None likewise.
    """

    round_trip: float | None
    variation: float | None


def network_of(sock: socket.socket) -> Network:
    """Ask the kernel about a connection; after its end nothing is known."""
    if sys.platform == "linux":
        try:
            info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO.size)
        except OSError:
            info = b""
        if len(info) == _TCP_INFO.size:
            *_, round_trip, variation = _TCP_INFO.unpack(info)
            if round_trip:
                return Network(round_trip / 1e6, variation / 1e6)
    return Network(None, None)
