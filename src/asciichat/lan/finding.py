"""Finding the servers that are announced on the local network."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from zeroconf import Error, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceInfo

from asciichat.lan.network import interfaces, listening, multicast_dns
from asciichat.lan.service import TYPE, OwnAddress, announced_key, best_address, shown_name

MOST_SERVERS: Final = 64
"""More are not told of: a network of honest people has a few."""

_MOST_NAMES: Final = 1024  # that are announced without saying where, and are asked for it
_ASKED_AT_ONCE: Final = 16
_ANSWER_WITHIN: Final = 3000  # milliseconds


@dataclass(frozen=True, slots=True)
class FoundServer:
    """A server as it was announced. Nothing of this is proved.

    Attributes
    ----------
    name
        One line that steers no terminal.
    host, port
        Where to call it.
    key
        The 32 bytes of the Ed25519 public key it claims to have; None: it claims none.
    """

    name: str
    host: str
    port: int
    key: bytes | None


@asynccontextmanager
async def looking_for_servers(found: Callable[[FoundServer], None]) -> AsyncIterator[None]:
    """Look for servers while the block runs.

    Parameters
    ----------
    found
        Called in the event loop for each server once, and for no more than `MOST_SERVERS`.

    Raises
    ------
    LanError
        This computer is in no network, or may not use multicast there.
    """
    here = interfaces()
    async with multicast_dns(here) as dns:
        search = _Search(dns.zeroconf, here.addresses, found)
        try:
            async with listening(dns, search.changed):
                yield
        finally:
            search.cancel()


class _Search:
    """What becomes of each name that is announced."""

    def __init__(
        self, dns: Zeroconf, own: tuple[OwnAddress, ...], found: Callable[[FoundServer], None]
    ) -> None:
        self._dns = dns
        self._own = own
        self._found = found
        self._told: set[str] = set()
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._turns = asyncio.Semaphore(_ASKED_AT_ONCE)

    def cancel(self) -> None:
        """Ask for nothing more."""
        for task in self._asking.values():
            task.cancel()

    def changed(
        self,
        zeroconf: Zeroconf,  # noqa: ARG002 - the library gives all four by name
        service_type: str,  # noqa: ARG002
        name: str,
        state_change: ServiceStateChange,
    ) -> None:
        """Somebody is announced, or says something new, or goes."""
        who = name.lower()
        if state_change is ServiceStateChange.Removed or who in self._told or who in self._asking:
            return
        try:
            info = AsyncServiceInfo(TYPE, name)
        except Error:  # not a name that a service may have
            return
        # Nearly everybody says all at once. Only who does not is asked, a few at a time, so that a flood of names keeps
        # nobody honest out.
        if not self._tell(info) and len(self._asking) < _MOST_NAMES:
            self._asking[who] = asyncio.create_task(self._ask(info, who))

    async def _ask(self, info: AsyncServiceInfo, who: str) -> None:
        try:
            async with self._turns:
                await info.async_request(self._dns, _ANSWER_WITHIN)
            self._tell(info)
        except Error:  # nobody looks any more
            pass
        finally:
            del self._asking[who]

    def _tell(self, info: AsyncServiceInfo) -> bool:
        """Tell of a server if it is known where it is."""
        info.load_from_cache(self._dns)
        host = best_address(info.parsed_addresses(), self._own)
        if host is None or not info.port:
            return False
        if len(self._told) < MOST_SERVERS:
            self._told.add(info.name.lower())
            name = shown_name(info.name) or host
            self._found(FoundServer(name, host, info.port, announced_key(info.properties)))
        return True
