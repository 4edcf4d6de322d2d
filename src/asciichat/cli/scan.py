"""``asciichat client --scan``: choosing among the servers that are announced on the local network."""

from __future__ import annotations

import asyncio
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from asciichat.crypto.public_key import PublicKey
from asciichat.crypto.ticket import Ticket

from .exits import NOT_FOUND, CommandError, need_extra
from .places import host_and_port
from .security import somebody_is_there

if TYPE_CHECKING:
    from asciichat.lan.finding import FoundServer

_LEAVE: Final = 0
_LONGEST_ANSWER: Final = 4096  # bytes of a line: a terminal gives no more at once


def choose_server(seconds: float) -> Ticket | None:
    """Look for servers and let the person at the terminal choose one; without a terminal, print them.

    Parameters
    ----------
    seconds
        How long to look.

    Returns
    -------
    Ticket or None
        Where to call. It never holds a key: what an announcement says of one proves nothing. None: nobody is called.

    Raises
    ------
    CommandError
        No server was found, or the package to find them with is missing.
    LanError
        There is no network to look in.
    """
    need_extra("--scan", "zeroconf", "lan")
    asks = somebody_is_there() and sys.stdout.isatty()
    chosen = asyncio.run(_ask(seconds) if asks else _list(seconds))
    return None if chosen is None else Ticket(chosen.host, chosen.port)


async def _list(seconds: float) -> None:
    """Print a line for each server: name, place and key, with tabs between them."""
    from asciichat.lan.finding import looking_for_servers

    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a name may hold what this output cannot
    found: asyncio.Queue[FoundServer] = asyncio.Queue()
    count = 0
    async with looking_for_servers(found.put_nowait):
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    print(*_facts(await found.get()), sep="\t", flush=True)
                    count += 1
    if not count:
        raise _nobody(seconds)


async def _ask(seconds: float) -> FoundServer | None:
    """Show the servers as they are found, until one is chosen; None: the person leaves."""
    from asciichat.lan.finding import MOST_SERVERS, looking_for_servers

    found: list[FoundServer] = []

    def show(server: FoundServer) -> None:
        found.append(server)
        _say(f"{len(found):3}  {'  '.join(_facts(server))}")
        if len(found) == MOST_SERVERS:
            _say("There may be more; they are not shown.")

    def chosen(number: int) -> FoundServer | None:
        return None if number == _LEAVE else found[number - 1]

    _say(
        f"Looking for servers on the local network, {seconds:g} s. Join one by its number and Enter; q leaves."
    )
    with _typed_lines() as lines:
        async with looking_for_servers(show):
            try:
                async with asyncio.timeout(seconds):
                    while (number := _understood(await lines.get(), len(found))) is None:
                        _say(_hint(len(found)))
                    return chosen(number)
            except TimeoutError:
                pass
        if not found:
            raise _nobody(seconds)
        while True:
            if len(found) == 1:
                _say(f"Join {found[0].name} at {_place(found[0])}? [Y/n] ", end="")
            else:
                _say(f"Which one? 1 to {len(found)}, or q to leave: ", end="")
            if (number := _understood(await lines.get(), len(found))) is not None:
                return chosen(number)
            _say(_hint(len(found)))


@contextmanager
def _typed_lines() -> Iterator[asyncio.Queue[str]]:
    """The lines that are typed at the terminal; its end is a "q"."""
    lines: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    keyboard = sys.stdin.fileno()

    def read() -> None:
        try:
            line = os.read(keyboard, _LONGEST_ANSWER)  # not read ahead: others ask at this terminal later
        except OSError:  # it has gone away
            line = b""
        if not line:
            loop.remove_reader(keyboard)
        lines.put_nowait(line.decode(errors="replace") or "q")

    loop.add_reader(keyboard, read)
    try:
        yield lines
    finally:
        loop.remove_reader(keyboard)


def _understood(answer: str, count: int) -> int | None:
    """The number of the server that an answer means, or `_LEAVE`; None: it means nothing."""
    word = answer.strip().lower()
    if word in ("q", "quit", "n", "no"):
        return _LEAVE
    if count == 1 and word in ("", "y", "yes"):
        return 1
    if word.isascii() and word.isdigit() and 1 <= int(word[:9]) <= count:
        return int(word[:9])
    return None


def _hint(count: int) -> str:
    if count == 1:
        return "Type 1, or Enter, to join it, or q to leave."
    return f"Type a number, 1 to {count}, or q." if count else "There is none yet; q leaves."


def _facts(server: FoundServer) -> tuple[str, str, str]:
    key = "no key" if server.key is None else PublicKey(server.key).fingerprint
    return server.name, _place(server), key


def _place(server: FoundServer) -> str:
    return host_and_port(server.host, server.port)


def _nobody(seconds: float) -> CommandError:
    return CommandError(
        f"No server was announced on the local network in {seconds:g} s. Name the one you want: "
        "asciichat client HOST.",
        NOT_FOUND,
    )


def _say(text: str, end: str = "\n") -> None:
    print(text, end=end, file=sys.stderr, flush=True)
