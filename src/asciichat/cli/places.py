"""How servers are named on the command line."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from socket import AF_INET, AF_INET6, SOCK_DGRAM, socket

from asciichat.cli.options.shared import DEFAULT_PORT
from asciichat.crypto.ticket import SCHEME, Ticket, TicketError

from .exits import USAGE, CommandError, as_sentence


def host_and_port(host: str, port: int) -> str:
    """``host:port``, with brackets around an IPv6 address."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def own_address(like: str) -> str | None:
    """This computer's address in its network, of the family of the address `like`; None without a network.

    Nothing is sent to find it out.
    """
    family, elsewhere = (AF_INET6, "2001:db8::1") if ":" in like else (AF_INET, "192.0.2.1")
    try:
        with socket(family, SOCK_DGRAM) as probe:
            probe.connect((elsewhere, 9))  # of a datagram socket: no more than a look at the routes
            own = str(probe.getsockname()[0])
    except OSError:
        return None
    address = ip_address(own.partition("%")[0])
    return None if address.is_loopback or address.is_unspecified or address.is_link_local else own


def parse_place(text: str, default_port: int | None = None) -> tuple[str, int]:
    """Host and port from ``host``, ``host:port``, ``:port``, ``[v6]``, ``[v6]:port`` or a bare IPv6 address.

    Raises
    ------
    CommandError
        It is none of these.
    """
    fallback = DEFAULT_PORT if default_port is None else default_port
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        colon, port = rest[:1], rest[1:]
        if not bracket or not host or colon not in ("", ":") or (colon and not port):
            raise CommandError(f"{text!r} is no server: write [ADDRESS] or [ADDRESS]:PORT.", USAGE)
    elif text.count(":") > 1:  # only an IPv6 address has so many
        try:
            return str(IPv6Address(text)), fallback
        except ValueError:
            raise CommandError(f"{text!r} is no server: write HOST or HOST:PORT.", USAGE) from None
    else:
        host, colon, port = text.partition(":")
    if not colon:
        return host or "localhost", fallback
    if not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65535:
        raise CommandError(f"{text!r} is no server: a port is 1 to 65535, not {port!r}.", USAGE)
    return host or "localhost", int(port)


def parse_destination(text: str, default_port: int | None = None) -> Ticket:
    """Where to call: a ticket, or a place as :func:`parse_place` reads it.

    Raises
    ------
    CommandError
        It is neither.
    """
    if not text.startswith(SCHEME):
        host, port = parse_place(text, default_port)
        return Ticket(host, port)
    try:
        ticket = Ticket.parse(text)
    except TicketError as error:
        raise CommandError(as_sentence(error), USAGE) from None
    if ticket.port is not None:
        return ticket
    return Ticket(ticket.host, DEFAULT_PORT if default_port is None else default_port, ticket.key)
