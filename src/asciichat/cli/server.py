"""``asciichat server``: hold a call."""

from __future__ import annotations

import errno
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext, redirect_stderr, suppress
from ipaddress import ip_address
from typing import TYPE_CHECKING, Annotated, TypeVar

from cyclopts import Parameter
from cyclopts.validators import Number

from asciichat.cli.options.config_create import create_config
from asciichat.cli.options.limits import LimitOptions
from asciichat.cli.options.mixing import SoundOptions
from asciichat.cli.options.scheduling import SchedulingOptions
from asciichat.cli.options.shared import (
    DEFAULT_PORT,
    ClientKeys,
    ConfigCreate,
    ConfigPath,
    Encrypt,
    Key,
    LogOptions,
    NoAuth,
    Password,
    Port,
)

from .exits import BIND, USAGE, CommandError, as_sentence, failures, need_extra

if TYPE_CHECKING:
    from asciichat.cli.serving.held_lines import HeldLines
    from asciichat.cli.serving.status_screen import ServerScreen
    from asciichat.lan.announcement import Announcement
    from asciichat.protocol.handshake import Signer
    from asciichat.server import Server

_T = TypeVar("_T")


def server(
    *addresses: str,
    port: Port = DEFAULT_PORT,
    max_clients: Annotated[int, Parameter(validator=Number(gte=1, lte=32))] = 9,
    password: Password = None,
    key: Key = None,
    client_keys: ClientKeys = None,
    encrypt: Encrypt = True,
    names: Annotated[bool, Parameter(negative="")] = False,
    no_auth: NoAuth = False,
    ticket_host: Annotated[str | None, Parameter()] = None,
    announce: Annotated[bool, Parameter(negative=(), show_default=False)] = False,
    sound: SoundOptions = SoundOptions(),  # noqa: B008 - frozen
    limits: LimitOptions = LimitOptions(),  # noqa: B008 - frozen
    scheduling: SchedulingOptions = SchedulingOptions(),  # noqa: B008 - frozen
    log: LogOptions = LogOptions(),  # noqa: B008 - frozen
    status_screen: Annotated[bool, Parameter(negative="--no-status-screen")] = True,
    config: ConfigPath = None,  # noqa: ARG001 - read by config_file, before the command runs
    config_create: ConfigCreate = None,
) -> int:
    """Hold a call that others join.

    Parameters
    ----------
    addresses
        IP addresses to listen on; this computer only, unless given.
    port
        TCP port to listen on.
    max_clients
        How many may be in the call at once.
    password
        What those who join must know, 8 to 256 bytes in UTF-8. Better given as ASCII_CHAT_PASSWORD: others can
        see what stands on a command line.
    key
        The Ed25519 key this server proves itself with: an OpenSSH file (its ssh-agent is asked first), or gpg:KEYID.
    client_keys
        Who may join, separated by commas: public keys, files of them, github:USER, gitlab:USER, https addresses,
        gpg:KEYID.
    encrypt
        Without it, those who do not encrypt may join too.
    names
        Write names into the pictures, and mark who speaks, also for clients of the native program.
    no_auth
        Nobody is authenticated. Those who join have to say so too, or vouch for this server themselves.
    ticket_host
        The name or address by which others reach this server, for the ticket that it prints.
    announce
        Tell the local network of this server, by multicast DNS under this computer's name, for asciichat client --scan.
    status_screen
        On a terminal, show who is in the call and what goes on, with the log below.
    config
        The configuration file to read instead of your own; /dev/null: none.
    config_create
        Write a configuration file in which every option stands as a comment, your own or the one named here, and leave.
    """
    if config_create is not None:
        return create_config(config_create)
    from asciichat.cli.serving.heap import small_heap
    from asciichat.cli.serving.reload import settings
    from asciichat.server import DEFAULT_ADDRESSES, Server

    from .logs import set_up_logging
    from .security import load_own_identity

    kept = _kept_lines() if status_screen and _can_be_drawn_upon(log) else nullcontext()
    with small_heap(), kept as lines:
        set_up_logging(log)
        wanted = settings(
            max_clients=max_clients,
            password=password,
            client_keys=client_keys,
            encrypt=encrypt,
            names=names,
            no_auth=no_auth,
            sound=sound,
            limits=limits,
        )
        if no_auth and key:
            raise CommandError("--no-auth excludes --key.", USAGE)
        if announce:
            need_extra("--announce", "zeroconf", "lan")
        with failures():
            identity = load_own_identity(key)
        try:
            holder = Server(
                [address for name in addresses for address in _numbers(name)] or DEFAULT_ADDRESSES,
                port,
                identity=identity,
                audio_mixer=sound.audio_mixer,
                automatic_level=sound.automatic_level,
                scheduling=scheduling.scheduling(),
                **wanted,
            )
        except ValueError as error:
            raise CommandError(as_sentence(error), USAGE) from None
        announcement = _announcement(holder, identity) if announce else None
        _hold(holder, limits, lines, announcement, lambda: _how_to_join(holder, identity, ticket_host))
    return 0


def _hold(
    holder: Server,
    limits: LimitOptions,
    lines: HeldLines | None,
    announcement: Announcement | None,
    how_to_join: Callable[[], str | None],
) -> None:
    """Hold the call until a signal ends it.

    Parameters
    ----------
    lines
        What stands for standard error, if there is to be a status screen.
    announcement
        What tells the local network, if that is to be told.
    how_to_join
        Says it, once the call is open.
    """
    from asciichat.cli.serving.reload import reload
    from asciichat.terminal.capabilities import has_terminal
    from asciichat.terminal.signals import SignalWatch

    from .places import host_and_port

    asked: queue.SimpleQueue[str] = queue.SimpleQueue()
    ending = threading.Event()
    screen: ServerScreen | None = None
    on_terminal = has_terminal()

    def stop() -> None:
        if ending.is_set():  # asked twice: whatever hangs, do not wait for it
            if screen is not None:
                screen.hand_back()
            os._exit(1)
        ending.set()
        asked.put("stop")

    signals: dict[int, Callable[[], None]] = {
        signal.SIGINT: stop,
        signal.SIGTERM: stop,
        # The system says with SIGHUP, too, that the terminal went away; where that is to mean nothing it is ignored (nohup).
        signal.SIGHUP: lambda: asked.put("stop" if on_terminal and not has_terminal() else "reload"),
    }
    if lines is not None:
        signals[signal.SIGWINCH] = lambda: asked.put("resized")
    with SignalWatch(signals), ExitStack() as undo:
        undo.callback(holder.stop)
        _listen(holder.start, "another port with --port")
        places = " and ".join(host_and_port(*address) for address in holder.addresses)
        numbers = _listen(lambda: _tell(holder, limits, undo), "another --metrics-port")
        if announcement is not None:
            announcement.start()
            undo.callback(announcement.stop)
        said = (numbers, f"A call is open on {places}. Ctrl-C ends it.", how_to_join())
        notices = [notice for notice in said if notice is not None]
        for notice in notices:
            print(notice, file=sys.stderr if lines is None else lines.stream)
        if lines is not None:
            from asciichat.cli.serving.status_screen import ServerScreen

            with suppress(OSError):  # the terminal takes nothing, or went away: there is a call all the same
                screen = undo.enter_context(ServerScreen(holder, lines, notices))
        while (asked.get() if screen is None else screen.next_word(asked)) == "reload":
            reload(holder)


def _can_be_drawn_upon(log: LogOptions) -> bool:
    """Whether standard error is a terminal, ours now, that moves its cursor, and lines for people are wanted there."""
    from asciichat.terminal.capabilities import find_interactive, is_in_front

    try:
        moves = find_interactive(os.environ, os.isatty(2)).value
        return moves and is_in_front(2) and not (log.quiet or log.json)
    except OSError:
        return False


@contextmanager
def _kept_lines() -> Iterator[HeldLines]:
    """What stands for standard error in the block."""
    from asciichat.cli.serving.held_lines import HeldLines

    lines = HeldLines(sys.stderr)
    with redirect_stderr(lines):
        yield lines


def _how_to_join(holder: Server, identity: Signer | None, host: str | None) -> str | None:
    """What others can join with, as far as it is known by which address they reach this server."""
    from asciichat.crypto.public_key import PublicKey
    from asciichat.crypto.ticket import Ticket

    from .places import host_and_port, own_address

    address = holder.addresses[0][0].strip("[]")
    listening = ip_address(address.partition("%")[0])
    others = "Others"
    if host is None and listening.is_unspecified:
        others = "Others in your network"  # from elsewhere it may have another address
        address = own_address(address) or ""
        if not address:
            return "Others join by this computer's name or address; --ticket-host NAME makes them a ticket."
    elif host is None and identity is None and listening.is_loopback:
        return "Only this computer can join; let others in with asciichat-server 0.0.0.0"
    if host is None and identity is None:
        place = address if holder.port == DEFAULT_PORT else host_and_port(address, holder.port)
        return f"{others} join with: asciichat client {place}"
    key = None if identity is None else PublicKey(identity.public_key)
    ticket = Ticket(host or address, holder.port, key)
    return f"{others} join with: asciichat client '{ticket}'"


def _announcement(holder: Server, identity: Signer | None) -> Announcement:
    """What will tell the local network of this server.

    Raises
    ------
    CommandError
        Nobody there could reach it.
    """
    from asciichat.lan.announcement import Announcement

    with failures():
        return Announcement(
            holder.config.addresses, holder.port, None if identity is None else identity.public_key
        )


def _numbers(name: str) -> tuple[str, ...]:
    """The addresses an argument stands for."""
    return ("127.0.0.1", "::1") if name == "localhost" else (name.strip("[]"),)


def _listen(start: Callable[[], _T], other: str) -> _T:
    """Begin to listen.

    Raises
    ------
    CommandError
        Somebody does already, or we may not.
    """
    try:
        return start()
    except OSError as error:
        cures = {
            errno.EADDRINUSE: f" Another server may be running there; choose {other}.",
            errno.EADDRNOTAVAIL: " This computer has no such address.",
            errno.EACCES: f" Ports below 1024 need a privilege; choose {other}.",
        }
        raise CommandError(
            as_sentence(error.strerror or error) + cures.get(error.errno or 0, ""), BIND
        ) from None


def _tell(holder: Server, limits: LimitOptions, undo: ExitStack) -> str | None:
    """Open the page of numbers, if it is wanted, until `undo` is called. Where it is."""
    if limits.metrics_port is None:
        return None
    from asciichat.server.metrics import ADDRESS, MetricsServer

    undo.callback(MetricsServer(holder, limits.metrics_port).stop)
    return f"Numbers at http://{ADDRESS}:{limits.metrics_port}/metrics."
