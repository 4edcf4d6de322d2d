"""Join tickets: where a call is and who holds it, on one line that can be passed on.

A ticket is ``asciichat://HOST:PORT?key=KEY``. The port may be left out; the key, 32 bytes of Ed25519 in base64url without
padding (RFC 4648, section 5), too: then nothing is known about who holds the call. There is no secret in it.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import parse_qsl, urlsplit

from asciichat.crypto.errors import UnusableKeyError
from asciichat.crypto.public_key import PublicKey

SCHEME: Final = "asciichat://"
_LONGEST: Final = 512  # characters: a host's name has at most 253


class TicketError(ValueError):
    """This is no ticket; the message says why."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """Where a call is, and the key of who holds it.

    Attributes
    ----------
    host
        A name or an IP address, an IPv6 address without brackets.
    port
        1 to 65535; None: the usual one.
    key
        None: not known.
    """

    host: str
    port: int | None = None
    key: PublicKey | None = None

    def __str__(self) -> str:
        """The ticket as it is passed on."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port is None else f":{self.port}"
        key = "" if self.key is None else f"?key={urlsafe_b64encode(self.key.key).decode().rstrip('=')}"
        return f"{SCHEME}{host}{port}{key}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a ticket.

        Raises
        ------
        TicketError
            It is none, or holds something that is not understood: what is not understood might be meant to protect.
        """
        if (
            not text.startswith(SCHEME)
            or len(text) > _LONGEST
            or not text.isascii()
            or not text.isprintable()
        ):
            raise TicketError(f"a ticket begins with {SCHEME} and has at most {_LONGEST} plain characters")
        try:
            parts = urlsplit(text)
            host, port = parts.hostname, parts.port
            fields = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        except ValueError as error:
            raise TicketError(f"the ticket is damaged: {error}") from None
        if not host or " " in text:
            raise TicketError("the ticket names no server")
        if "@" in parts.netloc:
            raise TicketError("a ticket holds no name and no password")
        if parts.path not in ("", "/") or parts.fragment or parts.netloc.endswith(":") or port == 0:
            raise TicketError(f"the ticket is damaged: it is {SCHEME}HOST:PORT?key=KEY")
        if [name for name, _ in fields] not in ([], ["key"]):
            raise TicketError("the ticket holds more than a key: a newer program may understand it")
        return cls(host, port, _key(fields[0][1]) if fields else None)


def _key(text: str) -> PublicKey:
    try:
        key = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        if urlsafe_b64encode(key).decode().rstrip("=") != text:  # characters that were passed over
            raise binascii.Error
        return PublicKey(key)
    except (binascii.Error, ValueError, UnusableKeyError):
        raise TicketError("the key in the ticket is damaged: copy the whole line") from None
