"""Telling the local network that a server is here."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import socket
import threading
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Final

import zeroconf
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from asciichat.lan.errors import LanError
from asciichat.lan.network import Interfaces, interfaces, listening, multicast_dns
from asciichat.lan.service import NAME_LIMIT, TYPE, Address, can_be_announced, properties
from asciichat.protocol.text import one_line
from asciichat.protocol.types import ErrorCode

log = logging.getLogger(__name__)

_LOOK_EVERY: Final = 2.0  # seconds between two looks at this computer's addresses
_LISTEN_FIRST: Final = 0.5  # seconds for names that are taken, beside the 1.2 s that the library asks
_GOODBYE_WITHIN: Final = 3.0  # it takes 0.3 s


class Announcement:
    """Announces a server from :meth:`start` to :meth:`stop`, on a thread of its own.

    What goes wrong is logged, and tried again; the server lives on. When this computer's addresses change (a network comes
    up, a laptop goes elsewhere) it is announced anew.

    Parameters
    ----------
    addresses
        What the server listens on; only those are announced that others can reach.
    port
        Its TCP port.
    key
        The 32 bytes of its Ed25519 public key, if it has one.

    Raises
    ------
    LanError
        Nobody else can reach any of the addresses.
    """

    def __init__(self, addresses: Iterable[str], port: int, key: bytes | None) -> None:
        self._listened = frozenset(ip_address(address) for address in addresses)
        if not any(address.is_unspecified or can_be_announced(address) for address in self._listened):
            raise LanError(
                "Nobody else can reach what this server listens on, so there is nothing to announce: "
                "listen on an address of the network, or on all with 0.0.0.0.",
                ErrorCode.USAGE,
            )
        self._port = port
        self._properties = properties(key)
        self._stopping = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="announcement", daemon=True)

    def start(self) -> None:
        """Begin, once; it takes some two seconds until everybody knows."""
        self._loop = asyncio.new_event_loop()
        self._thread.start()

    def stop(self) -> None:
        """Take back what was begun, and wait until that is done, for 3 s at most."""
        with contextlib.suppress(RuntimeError):  # the loop has ended by itself
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(_GOODBYE_WITHIN)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._announce())

    async def _announce(self) -> None:
        told = ""
        while not self._stopping.is_set():
            try:
                here = interfaces(self._is_listened)
                async with multicast_dns(here) as dns:
                    await self._announce_at(dns, here)
                told = ""
            except (LanError, zeroconf.Error, OSError) as error:
                reason = f"{error or type(error).__name__}"
                if reason != told:  # it is tried again and again: a network may come
                    log.warning("This server is not announced on the local network. %s", reason)
                told = reason
                await self._rest()

    async def _announce_at(self, dns: AsyncZeroconf, here: Interfaces) -> None:
        """Announce until these are no longer our addresses, or we stop."""
        change = asyncio.create_task(self._change(here))
        register = asyncio.create_task(self._register(dns, here))
        try:
            await asyncio.wait((change, register), return_when=asyncio.FIRST_COMPLETED)
            if register.done():
                log.info("announced on the local network as %s", register.result())
            await change
        finally:
            change.cancel()
            register.cancel()

    async def _register(self, dns: AsyncZeroconf, here: Interfaces) -> str:
        """Announce under this computer's name, or with a number behind it if somebody is called so; the name."""
        name = one_line(socket.gethostname().partition(".")[0], NAME_LIMIT) or "asciichat"
        info = AsyncServiceInfo(
            TYPE,
            f"{name}.{TYPE}",
            self._port,
            properties=self._properties,
            # Not the host's name, to which another responder may have given other addresses, and not the service's, which
            # may still change and be somebody else's.
            server=f"asciichat-{secrets.token_hex(8)}.local.",
            addresses=[each.ip.packed for each in here.addresses],
        )
        async with listening(dns, _ignore):
            await asyncio.sleep(_LISTEN_FIRST)
            await (await dns.async_register_service(info, allow_name_change=True))
        return info.name.removesuffix(f".{TYPE}")

    async def _change(self, here: Interfaces) -> None:
        """Wait until we stop, or have other addresses."""
        while not self._stopping.is_set() and interfaces(self._is_listened) == here:
            await self._rest()

    async def _rest(self) -> None:
        """Wait until we stop, or it is time to look again."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), _LOOK_EVERY)

    def _is_listened(self, address: Address) -> bool:
        """Others reach the server at it."""
        unspecified = ip_address("0.0.0.0" if address.version == 4 else "::")
        return can_be_announced(address) and (address in self._listened or unspecified in self._listened)


def _ignore(**_: object) -> None:
    """The library notes who is there by itself."""
