"""``asciichat server``: hold a call."""

from __future__ import annotations

import errno
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Annotated

from cyclopts import Group, Parameter
from cyclopts.validators import Number

from .exits import BIND, USAGE, CommandError, as_sentence, failures, need_extra
from .limits import LimitOptions
from .options import DEFAULT_PORT, ClientKeys, ConfigPath, Encrypt, Key, LogOptions, NoAuth, Password, Port
from .scheduling import SchedulingOptions

if TYPE_CHECKING:
    from asciichat.lan.announcement import Announcement
    from asciichat.protocol.handshake import Signer
    from asciichat.server import Server

_SOUND = Group("Sound")


@Parameter(name="*")
@dataclass(frozen=True)
class SoundOptions:
    """What everybody hears.

    Parameters
    ----------
    audio_mixer
        Without it nobody hears anybody.
    automatic_level
        Bring quiet and loud talkers to one loudness.
    opus_bitrate
        Bits a second of the sound sent to each.
    opus_complexity
        Of its encoding: 0 is fast, 10 is good.
    opus_dtx
        Send next to nothing in silence.
    opus_loss
        Percentage of lost frames to be prepared for; has an effect at 40000 bits a second and less.
    """

    audio_mixer: Annotated[bool, Parameter(group=_SOUND, negative="--no-audio-mixer")] = True
    automatic_level: Annotated[bool, Parameter(group=_SOUND, negative="--no-automatic-level")] = True
    opus_bitrate: Annotated[int, Parameter(group=_SOUND, validator=Number(gte=6000, lte=510000))] = 96000
    opus_complexity: Annotated[int, Parameter(group=_SOUND, validator=Number(gte=0, lte=10))] = 5
    opus_dtx: Annotated[bool, Parameter(group=_SOUND, negative=(), show_default=False)] = False
    opus_loss: Annotated[int, Parameter(group=_SOUND, validator=Number(gte=0, lte=100))] = 0


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
    sound: SoundOptions = SoundOptions(),
    limits: LimitOptions = LimitOptions(),  # noqa: B008 - frozen
    scheduling: SchedulingOptions = SchedulingOptions(),  # noqa: B008 - frozen
    log: LogOptions = LogOptions(),  # noqa: B008 - frozen
    config: ConfigPath = None,  # noqa: ARG001 - read by config_file, before the command runs
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
        What those who join must know, 8 to 256 characters. Better given as ASCII_CHAT_PASSWORD: others can
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
    config
        The configuration file to read instead of your own; /dev/null: none.
    """

    from asciichat.server import DEFAULT_ADDRESSES, Server
    from asciichat.terminal.signals import SignalWatch

    from .logs import set_up_logging
    from .places import host_and_port
    from .reload import reload, settings
    from .security import load_own_identity

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
    asked: queue.SimpleQueue[str] = queue.SimpleQueue()
    ending = threading.Event()

    def stop() -> None:
        if ending.is_set():  # asked twice: whatever hangs, do not wait for it
            os._exit(1)
        ending.set()
        asked.put("stop")

    signals: dict[int, Callable[[], None]] = {
        signal.SIGINT: stop,
        signal.SIGTERM: stop,
        signal.SIGHUP: lambda: asked.put("reload"),
    }
    with SignalWatch(signals), ExitStack() as undo:
        undo.callback(holder.stop)
        _listen(holder.start, "another port with --port")
        places = " and ".join(host_and_port(*address) for address in holder.addresses)
        _listen(lambda: _tell(holder, limits, undo), "another --metrics-port")
        if announcement is not None:
            announcement.start()
            undo.callback(announcement.stop)
        print(f"A call is open on {places}. Ctrl-C ends it.", file=sys.stderr)
        _print_ticket(holder, identity, ticket_host)
        while asked.get() == "reload":
            reload(holder)
    return 0


def _print_ticket(holder: Server, identity: Signer | None, host: str | None) -> None:
    """Print what others can join with, if it is known by which address they reach this server."""
    from asciichat.crypto.public_key import PublicKey
    from asciichat.crypto.ticket import Ticket

    address = holder.addresses[0][0]
    if host is None and identity is not None and ip_address(address).is_unspecified:
        print(
            "Say with --ticket-host by which name others reach this server, to have a ticket.",
            file=sys.stderr,
        )
    elif host is not None or identity is not None:
        key = None if identity is None else PublicKey(identity.public_key)
        ticket = Ticket((host or address).strip("[]"), holder.port, key)
        print(f"Others join with: asciichat client '{ticket}'", file=sys.stderr)


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


def _listen(start: Callable[[], object], other: str) -> None:
    """Begin to listen.

    Raises
    ------
    CommandError
        Somebody does already, or we may not.
    """
    try:
        start()
    except OSError as error:
        cure = f" Another server may be running there; choose {other}."
        taken = error.errno == errno.EADDRINUSE
        raise CommandError(as_sentence(error.strerror or error) + (cure if taken else ""), BIND) from None


def _tell(holder: Server, limits: LimitOptions, undo: ExitStack) -> None:
    """Open the page of numbers, if it is wanted, until `undo` is called."""
    if limits.metrics_port is not None:
        from asciichat.server.metrics import ADDRESS, MetricsServer

        undo.callback(MetricsServer(holder, limits.metrics_port).stop)
        print(f"Numbers at http://{ADDRESS}:{limits.metrics_port}/metrics.", file=sys.stderr)
