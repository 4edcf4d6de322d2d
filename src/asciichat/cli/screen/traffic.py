"""How much goes over the line, for the statistics."""

from __future__ import annotations

import time
from collections import deque
from typing import Final, Protocol

from asciichat.client import Call
from asciichat.media.source import Clock

_WINDOW: Final = 3.0
"""Seconds over which rates are taken."""


class Counting(Protocol):
    """A call."""

    def counts(self) -> dict[str, int]:
        """What went in and out so far."""


class Traffic:
    """Rates of a call: pictures shown and bytes in and out, over the last seconds."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._pictures: deque[float] = deque()
        self._counts: deque[tuple[float, dict[str, int]]] = deque()

    def begin(self, call: Counting) -> None:
        """A call begins: what was counted before is forgotten."""
        self._pictures.clear()
        self._counts.clear()
        self._counts.append((self._clock(), call.counts()))

    def picture(self) -> None:
        """A picture was shown."""
        now = self._clock()
        self._pictures.append(now)
        while self._pictures[0] < now - _WINDOW:
            self._pictures.popleft()

    def lines(self, call: Counting) -> list[str]:
        """What the statistics say."""
        now, counts = self._clock(), call.counts()
        self._counts.append((now, counts))
        while len(self._counts) > 1 and self._counts[1][0] < now - _WINDOW:
            self._counts.popleft()
        since, before = self._counts[0]
        elapsed = max(1e-9, now - since)
        seen = sum(at >= now - _WINDOW for at in self._pictures.copy())
        return [
            f"pictures   {seen / min(_WINDOW, elapsed) if elapsed > 0.1 else 0.0:.1f} a second",
            f"in         {_rate((counts['bytes_in'] - before['bytes_in']) / elapsed)}",
            f"out        {_rate((counts['bytes_out'] - before['bytes_out']) / elapsed)}",
        ]


def line_facts(call: Call) -> list[str]:
    """How far the server is, and who can read what is said."""
    network = call.network()
    if not call.encrypted:
        lock = "in clear: anybody on the way can read it"
    elif call.verified:
        lock = "encrypted, and the server is verified"
    else:
        lock = "encrypted; nobody has proved who the server is"
    return [
        f"round trip {_milliseconds(network.round_trip)}",
        f"jitter     {_milliseconds(network.variation)}",
        f"line       {lock}",
    ]


def sent_picture(call: Call) -> str:
    """How our picture is sent, and how large it is seen."""
    if call.shown == (0, 0):
        return "seen by nobody"
    seen = "" if call.shown is None else f", seen at {call.shown[0]} x {call.shown[1]} at most"
    return f"sent as {call.video_codec}{seen}"


def _milliseconds(seconds: float | None) -> str:
    return "unknown" if seconds is None else f"{seconds * 1e3:.1f} ms"


def _rate(bytes_a_second: float) -> str:
    bits = bytes_a_second * 8
    return f"{bits / 1e6:.2f} Mbit/s" if bits >= 1e6 else f"{bits / 1e3:.1f} kbit/s"
