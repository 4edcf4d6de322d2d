"""Two people in a call that somebody attacks: they must be left with their pictures and their sound."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from callers import Frame, OwnCaller, Samples

from asciichat import Server

_TIMES = 400  # that a film of three seconds is shown: longer than any tests take, on any machine
_WINDOW = 0.5  # seconds: enough to tell a rate
_PATIENCE = 4.0
_LONG = 20.0  # for a machine that has become busy with something else
_ALIVE = 0.25  # of what is usual: harm that lasts leaves less


class Bystanders:
    """Two who talk and show films that never stand still, so that pictures are due all the time.

    Parameters
    ----------
    options
        Of each, for `asciichat.connect`.
    """

    def __init__(
        self,
        server: Server,
        films: list[list[Frame]],
        voices: list[Samples],
        options: list[dict[str, object]],
    ) -> None:
        self._server = server
        self.people = [
            OwnCaller(server.port, film * _TIMES, voice, columns=80, rows=24, **each)
            for film, voice, each in zip(films, voices, options, strict=True)
        ]
        time.sleep(0.5)
        self._usual = self._rates(self._seen(), time.monotonic(), 1.2)

    def _seen(self) -> list[tuple[int, int]]:
        return [(person.pictures, len(person.ears.samples())) for person in self.people]

    def _rates(self, before: list[tuple[int, int]], begun: float, least: float) -> list[float]:
        time.sleep(max(0.0, begun + least - time.monotonic()))
        after, took = self._seen(), time.monotonic() - begun
        return [
            (b - a) / took for pair in zip(before, after, strict=True) for a, b in zip(*pair, strict=True)
        ]

    @contextmanager
    def unhurt(self) -> Iterator[None]:
        """While this lasts, both get at least 60 % of the pictures and of the sound they got before anybody attacked.

        A machine that is busy with something else for a moment is given the time to make up for it; harm that an
        attack does lasts. Where it stays busy, they get as much while the attack goes on as they do when it is over.
        """
        dropped = self._dropped()
        before, begun = self._seen(), time.monotonic()
        yield
        rates = self._rates(before, begun, _WINDOW)
        ended = time.monotonic()
        while not self._enough(rates) and time.monotonic() < begun + _PATIENCE:
            rates = self._rates(before, begun, time.monotonic() - begun + 0.5)
        usual = self._usual
        while not self._enough(rates, usual) and time.monotonic() < ended + _LONG:
            now = self._rates(self._seen(), time.monotonic(), 1.2)
            if self._enough(now, self._usual, _ALIVE):
                usual = now
            rates = self._rates(before, begun, time.monotonic() - begun + 0.5)
        assert [person.end for person in self.people] == [None, None]
        assert self._enough(rates, usual), f"pictures and samples a second: {rates}, usually {self._usual}"
        assert self._dropped() == dropped

    def _dropped(self) -> list[int]:
        return [client.counts["sounds_dropped"] for client in self._server.clients()[:2]]

    def _enough(self, rates: list[float], usual: list[float] | None = None, least: float = 0.6) -> bool:
        return all(rate >= least * each for rate, each in zip(rates, usual or self._usual, strict=True))

    def close(self) -> None:
        """Hang up."""
        for person in self.people:
            person.close()
