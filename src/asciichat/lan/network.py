"""This computer in its networks: its addresses, and multicast DNS on some of its interfaces."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_interface
from typing import Final

import ifaddr
import zeroconf
from zeroconf import DNSQuestionType
from zeroconf.asyncio import AsyncServiceBrowser, AsyncZeroconf

from asciichat.lan.errors import LanError
from asciichat.lan.service import TYPE, Address, OwnAddress, can_be_announced
from asciichat.protocol.text import printable


@dataclass(frozen=True, slots=True)
class Interfaces:
    """Some of this computer's interfaces.

    Attributes
    ----------
    addresses
        What they have, with their networks.
    multicast
        For each the way to send on it, as zeroconf takes it: an IPv4 address, or the number of one that has IPv6 alone.
    """

    addresses: tuple[OwnAddress, ...]
    multicast: tuple[str | int, ...]


def interfaces(wanted: Callable[[Address], bool] = can_be_announced) -> Interfaces:
    """The interfaces that have an address that is `wanted`, and those addresses.

    Raises
    ------
    LanError
        The system does not say which there are.
    """
    addresses: list[OwnAddress] = []
    multicast: list[str | int] = []
    try:
        adapters = list(ifaddr.get_adapters())
    except OSError as error:
        raise LanError(f"The system does not say which addresses this computer has: {error}.") from error
    for adapter in adapters:
        given = [
            ip_interface(f"{ip.ip if isinstance(ip.ip, str) else ip.ip[0]}/{ip.network_prefix}")
            for ip in adapter.ips
        ]
        # A loopback interface may have other addresses too; it leads to nobody.
        if any(each.ip.is_loopback for each in given):
            continue
        fitting = [each for each in given if wanted(each.ip)]
        if not fitting:
            continue
        addresses += fitting
        by_number = adapter.index or 0
        multicast.append(next((str(each.ip) for each in given if each.version == 4), by_number))
    return Interfaces(tuple(sorted(addresses, key=str)), tuple(sorted(multicast, key=str)))


@asynccontextmanager
async def multicast_dns(chosen: Interfaces) -> AsyncIterator[AsyncZeroconf]:
    """Multicast DNS on these interfaces; at the end what was announced is withdrawn.

    Raises
    ------
    LanError
        There is no interface, or none that takes multicast.
    """
    if not chosen.multicast:
        raise LanError("There is no network here on which anything could be announced or found.")
    logging.getLogger("zeroconf").addFilter(_tame)
    try:
        service = AsyncZeroconf(interfaces=list(chosen.multicast))
    except (OSError, RuntimeError) as error:
        raise LanError(f"Multicast DNS cannot be had here: {error}.") from error
    try:
        try:
            await service.zeroconf.async_wait_for_start()
        except (zeroconf.Error, OSError) as error:
            raise LanError(f"Multicast DNS does not start: {error or type(error).__name__}.") from error
        if not service.zeroconf.engine.senders:
            raise LanError("No network interface here takes multicast.")
        yield service
    finally:
        await service.async_close()


@asynccontextmanager
async def listening(dns: AsyncZeroconf, changed: Callable[..., None]) -> AsyncIterator[None]:
    """Ask who is there while the block runs; `changed` is called with what zeroconf's handlers get."""
    browser = AsyncServiceBrowser(
        dns.zeroconf,
        TYPE,
        handlers=[changed],
        # Answers to all. One sent to us alone reaches but one of the programs on this computer that use multicast DNS, and
        # that may be another.
        question_type=DNSQuestionType.QM,
    )
    try:
        yield
    finally:
        await browser.async_cancel()


class _Tame(logging.Filter):
    """Makes one line of what the library logs, which may quote packets of others, and lets the same line through once in
    a row."""

    _last = ""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args, record.exc_info = printable(record.getMessage()), (), None
        again, self._last = record.msg == self._last, record.msg
        return not again


_tame: Final = _Tame()
