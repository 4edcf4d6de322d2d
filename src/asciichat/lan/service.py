"""What an announcement says: the service type, its two properties, and which of its addresses to call.

All of it comes from whoever can send a packet into the local network, and proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface, ip_address
from typing import Final, TypeAlias

from asciichat.protocol.text import one_line

TYPE: Final = "_ascii-chat._tcp.local."
"""The native program's."""
NAME_LIMIT: Final = 50
"""Bytes of a name in UTF-8: a label of DNS has 63, and the library may put a number behind it."""

_KEY: Final = "host_pubkey"
_KEY_SIZE: Final = 32

Address: TypeAlias = IPv4Address | IPv6Address
OwnAddress: TypeAlias = IPv4Interface | IPv6Interface


def properties(key: bytes | None) -> dict[str, str]:
    """What is announced beside name, address and port: no session string, and the Ed25519 public key or zeros."""
    return {"session_string": "", _KEY: (key or bytes(_KEY_SIZE)).hex()}


def announced_key(given: Mapping[bytes, bytes | None]) -> bytes | None:
    """The 32 bytes of the public key among announced properties; None where there is none or it is malformed."""
    text = given.get(_KEY.encode()) or b""
    if len(text) != 2 * _KEY_SIZE:
        return None
    try:
        key = bytes.fromhex(text.decode("ascii"))
    except ValueError:
        return None
    return key if len(key) == _KEY_SIZE and any(key) else None


def shown_name(instance: str) -> str:
    """The name in a service instance's full name, harmless for a terminal; empty if nothing of it can be shown."""
    end = len(instance) - len(TYPE) - 1
    if end > 0 and instance[end:].lower() == f".{TYPE}":
        instance = instance[:end]
    return one_line(instance, NAME_LIMIT)


def can_be_announced(address: Address) -> bool:
    """Others in the local network can reach it, and need nothing but the address itself."""
    if address.is_loopback or address.is_multicast or address.is_unspecified:
        return False
    if isinstance(address, IPv6Address):
        # A link-local address means something only together with an interface of whoever calls it.
        return not address.is_link_local and address.ipv4_mapped is None
    return not address.is_reserved


def best_address(announced: Iterable[str], own: Sequence[OwnAddress]) -> str | None:
    """The address to call a server by; None if none will do.

    A server announces all it has, also those of bridges and tunnels that lead nowhere for others. So those come first
    that are in a network of ours without being our own, then our own (a server on this computer), then all others; and
    among them IPv4.

    Parameters
    ----------
    announced
        As they came.
    own
        This computer's addresses with their networks.
    """
    mine = {each.ip for each in own}

    def rank(address: Address) -> tuple[int, bool, int, int]:
        near = any(address in each.network for each in own if each.version == address.version)
        place = 1 if address in mine else 0 if near else 2
        return place, address.is_link_local, address.version, int(address)

    usable: list[Address] = []
    for text in announced:
        try:
            address = ip_address(text)
        except ValueError:
            continue
        if can_be_announced(address):
            usable.append(address)
    return str(min(usable, key=rank)) if usable else None
