"""Whether pictures are worth encoding."""

from __future__ import annotations

import enum
import ipaddress
from typing import Final, Literal, TypeAlias

VideoCodec: TypeAlias = Literal["auto", "raw", "hevc"]
"""How pictures are sent."""

_WINDOW: Final = 2.0
"""Seconds over which a line is judged."""
_BUSY: Final = 0.25
"""Part of that time for which pictures waited for the line: from there on it is the bottleneck."""
_MUCH: Final = 2_500_000
"""Bytes a second that are too much for a network others use as well."""


class Distance(enum.Enum):
    """Where the server is."""

    HERE = "this machine"
    NEAR = "a private network"
    FAR = "beyond"


def distance_to(address: str) -> Distance:
    """Where an IP address is."""
    ip = ipaddress.ip_address(address.split("%")[0])
    if ip.is_loopback:
        return Distance.HERE
    return Distance.NEAR if ip.is_private else Distance.FAR


class CodecChoice:
    """Decides between raw pictures and HEVC, once for HEVC and never back.

    HEVC has a thirtieth to a hundredth of the bytes and costs processor time on both sides. So raw pictures go to a
    server on this machine or in a private network, as long as the line bears them and they are not too much for the
    network; HEVC goes to every other one.

    Parameters
    ----------
    wish
        What the user wants; "auto" leaves it to what is found out.
    distance
        Where the server is.

    Attributes
    ----------
    hevc
        Encode the next picture.
    """

    def __init__(self, wish: VideoCodec, distance: Distance) -> None:
        self.hevc = wish == "hevc" or (wish == "auto" and distance is Distance.FAR)
        self._open = wish == "auto" and not self.hevc
        self._here = distance is Distance.HERE
        self._begun: float | None = None
        self._bytes = 0
        self._waited = 0.0

    def sent(self, size: int, waited: float, now: float) -> None:
        """A raw picture was sent.

        Parameters
        ----------
        size
            Bytes.
        waited
            Seconds the line was not ready for it.
        now
            Seconds of any clock.
        """
        if not self._open:
            return
        if self._begun is None:
            self._begun = now
        self._bytes += size
        self._waited += waited
        passed = now - self._begun
        if passed < _WINDOW:
            return
        busy = self._waited > _BUSY * passed
        much = not self._here and self._bytes > _MUCH * passed
        if busy or much:
            self.hevc, self._open = True, False
        self._begun, self._bytes, self._waited = now, 0, 0.0

    def give_up(self) -> None:
        """There is no encoder: raw pictures from now on."""
        self.hevc = self._open = False
