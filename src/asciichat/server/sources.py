"""Where callers come from, and what each place may still ask of us.

A source is an IPv4 address or an IPv6 network of 64 bits, which is what one household or one machine gets. For each there
is a rate of connections, the number of its half-open ones, and penalties: seconds that add up with every failed handshake
and every broken rule and pass by themselves; from some seconds on the source is refused until they have passed (after
OpenSSH's PerSourcePenalties).
"""

from __future__ import annotations

import ipaddress
import logging
import random
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from asciichat.server.bucket import Bucket
from asciichat.server.limits import Limits
from asciichat.server.locks import Mutex, Rank

log = logging.getLogger(__name__)

Source = ipaddress.IPv4Address | ipaddress.IPv6Network

MOST_SOURCES = 4096
"""Remembered of each kind; past that a harmless one makes room."""
_LOOK_AT = 16
_EARLY_CHANCE = 0.3  # of being refused, when early drop begins


def source_of(host: str) -> Source:
    """The source an address belongs to; an IPv4 address in IPv6 clothes is the IPv4 address."""
    address = ipaddress.ip_address(host.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        mapped = address.ipv4_mapped
        if mapped is None:
            return ipaddress.IPv6Network((int(address) >> 64 << 64, 64))
        address = mapped
    return address


@dataclass(slots=True, eq=False)
class _Record:
    bucket: Bucket
    half_open: int = 0
    penalised_until: float = 0.0
    blocked: bool = False
    refused: int = 0


class Sources:
    """Decides which connections are looked at. Any thread.

    Parameters
    ----------
    limits
        Rates, caps and penalties.
    clock, chance
        Seconds, and numbers from 0 to 1; to be replaced in tests only.
    """

    def __init__(
        self,
        limits: Limits,
        *,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._clock = clock
        self._chance = chance
        self._lock = Mutex(Rank.LEAF)
        self.limit(limits)
        # Apart, so that the wealth of IPv6 networks cannot make us forget IPv4 addresses.
        self._tables: dict[int, OrderedDict[Source, _Record]] = {4: OrderedDict(), 6: OrderedDict()}
        self._half_open = 0

    def limit(self, limits: Limits) -> None:
        """Go by these from now on. What each source has used up, and its penalties, stay."""
        exempt = [ipaddress.ip_network(network) for network in limits.exempt]
        with self._lock.held():
            self._limits, self._exempt = limits, exempt

    def refuse(self, host: str) -> str | None:
        """Why a new connection is not looked at: a key of `counters.REFUSALS`; or None, and then it counts as
        half-open until `done`."""
        with self._lock.held():
            record = self._record(source_of(host))
            cause = None if self._is_exempt(host) else self._cause(record)
            if cause is None:
                record.half_open += 1
                self._half_open += 1
                return None
            record.refused += 1
            told = record.refused
        if told & (told - 1) == 0:  # the first, second, fourth, eighth...: a flood must not fill the log
            log.info("%s refused (%s), %d times so far", host, cause, told)
        return cause

    def done(self, host: str) -> None:
        """A connection is not half-open any more."""
        with self._lock.held():
            self._record(source_of(host)).half_open -= 1
            self._half_open -= 1

    def busiest(self) -> Source | None:
        """The source with most half-open connections."""
        with self._lock.held():
            records = [
                (record.half_open, source)
                for table in self._tables.values()
                for source, record in table.items()
            ]
        return max(records, key=lambda pair: pair[0])[1] if records else None

    def penalise(self, host: str, seconds: float) -> None:
        """Add to a source's penalties."""
        if self._is_exempt(host):
            return
        limits, now = self._limits, self._clock()
        with self._lock.held():
            record = self._record(source_of(host))
            until = min(max(record.penalised_until, now) + seconds, now + limits.penalty_most)
            record.penalised_until = until
            blocked = until - now >= limits.penalty_least and not record.blocked
            record.blocked |= blocked
        if blocked:
            log.warning("%s is refused for %.0f s: too many failed attempts", source_of(host), until - now)

    def _cause(self, record: _Record) -> str | None:
        limits = self._limits
        if record.blocked:
            if self._clock() < record.penalised_until:
                return "penalty"
            record.blocked = False
        if not record.bucket.take():
            return "rate"
        if record.half_open >= limits.half_open_per_source or (record.half_open and self._is_unlucky()):
            return "half_open"
        return None

    def _is_unlucky(self) -> bool:
        start, full = self._limits.half_open_start, self._limits.half_open
        if self._half_open < start:
            return False
        share = (self._half_open - start) / max(1, full - start)
        return self._chance() < _EARLY_CHANCE + (1 - _EARLY_CHANCE) * share

    def _is_exempt(self, host: str) -> bool:
        if not self._exempt:
            return False
        source = source_of(host)
        address = (
            source
            if isinstance(source, ipaddress.IPv4Address)
            else ipaddress.ip_address(host.partition("%")[0])
        )
        return any(address in network for network in self._exempt)

    def _record(self, source: Source) -> _Record:
        table = self._tables[source.version]
        record = table.get(source)
        if record is None:
            if len(table) >= MOST_SOURCES:
                self._forget_one(table)
            limits = self._limits
            record = table[source] = _Record(Bucket(limits.connects, limits.connects_burst, self._clock))
        table.move_to_end(source)
        return record

    def _forget_one(self, table: OrderedDict[Source, _Record]) -> None:
        oldest = [source for _, source in zip(range(_LOOK_AT), table, strict=False)]
        idle = [source for source in oldest if not table[source].half_open]
        # With fewer half-open connections than are looked at there is always one; else the table grows by a few.
        if idle:
            del table[min(idle, key=lambda source: table[source].penalised_until)]
