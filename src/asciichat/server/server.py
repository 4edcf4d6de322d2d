"""The server: a door, a manager, and the clients in the call."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import threading
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from asciichat.crypto.password import password_key
from asciichat.crypto.public_key import PublicKey
from asciichat.crypto.remote import RemoteSigner
from asciichat.protocol.handshake import HandshakeResult, ServerHandshake, ServerPolicy, Signer
from asciichat.protocol.text import checked_line
from asciichat.protocol.types import Feature
from asciichat.server.binding import bind
from asciichat.server.config import DEFAULT_ADDRESSES, DEFAULT_PORT, ServerConfig
from asciichat.server.counters import Counters
from asciichat.server.handlers import handle
from asciichat.server.hooked import Hooked
from asciichat.server.limits import Limits
from asciichat.server.listener import Listener
from asciichat.server.manager import ClientManager, ServerFullError
from asciichat.server.scheduling import Scheduling
from asciichat.server.snapshot import ClientSnapshot
from asciichat.server.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Iterable

log = logging.getLogger(__name__)

FEATURES: Final = (
    Feature.ZSTD_FRAMES
    | Feature.CHANGED_CELLS
    | Feature.VIEW_OPTIONS
    | Feature.NOISE
    | Feature.SHORT_SOUND
    | Feature.PRESENCE
    | Feature.TEXT
    | Feature.PICTURE_SIZE
)
"""What a server agrees to if a client offers it."""

CHANGEABLE: Final = frozenset(
    (
        "max_clients",
        "password",
        "client_keys",
        "encrypt",
        "names",
        "authenticate",
        "limits",
        "opus_bitrate",
        "opus_complexity",
        "opus_dtx",
        "opus_loss",
    )
)
"""Settings that :meth:`Server.reconfigure` takes."""


class Server(Hooked):
    """A call that people can join.

    Use it as a context manager, or call :meth:`start` and :meth:`stop`. Every method may be called from any thread.

    Parameters
    ----------
    addresses
        IP addresses to listen on.
    port
        TCP port; 0 lets the system choose (see :attr:`port`).
    max_clients
        1 to 32.
    password
        8 to 256 bytes; clients must know it.
    identity
        The Ed25519 key this server proves itself with, e.g. an :class:`asciichat.crypto.Identity`. For one that is
        derived from :class:`asciichat.crypto.RemoteSigner` the server has a thread that waits for its signatures.
    client_keys
        Ed25519 public keys, as :func:`asciichat.crypto.load_client_keys` reads them, or the 32 bytes of each; when given,
        only their owners are let in. Needs an `identity`.
    encrypt
        False also admits clients that do not encrypt.
    names
        Show names, and who speaks, also to native clients; ours choose for themselves.
    authenticate
        False agrees with clients that want nobody authenticated; excludes a password, an identity and client keys.
    limits
        Time-outs and caps.
    scheduling
        On which processors, and before whom, clients' threads run.
    audio_mixer
        False: no sound is mixed, nobody hears anybody.
    automatic_level
        Bring quiet and loud talkers to one loudness.
    opus_bitrate, opus_complexity
        Of the sound sent: 6000 to 510000 bits a second; 0 to 10.
    opus_dtx
        Send next to nothing in silence.
    opus_loss
        Percentage of lost frames to be prepared for, 0 to 100; see :class:`asciichat.server.config.ServerConfig`.

    Raises
    ------
    ValueError
        A setting is out of range, or contradicts another.
    TypeError
        A setting is of another type.

    Examples
    --------
    >>> with Server(port=0) as server:
    ...     server.clients()
    []
    """

    def __init__(
        self,
        addresses: Iterable[str] = DEFAULT_ADDRESSES,
        port: int = DEFAULT_PORT,
        *,
        max_clients: int = 9,
        password: str | None = None,
        identity: Signer | None = None,
        client_keys: Iterable[bytes | PublicKey] = (),
        encrypt: bool = True,
        names: bool = False,
        authenticate: bool = True,
        limits: Limits | None = None,
        scheduling: Scheduling | None = None,
        audio_mixer: bool = True,
        automatic_level: bool = True,
        opus_bitrate: int = 96000,
        opus_complexity: int = 5,
        opus_dtx: bool = False,
        opus_loss: int = 0,
    ) -> None:
        if isinstance(addresses, str):
            raise TypeError(f"addresses are several, as [{addresses!r}], also where it is one")
        self.config = ServerConfig(
            addresses=tuple(addresses),
            port=port,
            max_clients=max_clients,
            password=password,
            identity=identity,
            client_keys=_bytes_of(client_keys),
            encrypt=encrypt,
            names=names,
            authenticate=authenticate,
            limits=limits or Limits(),
            scheduling=scheduling or Scheduling(),
            audio_mixer=audio_mixer,
            automatic_level=automatic_level,
            opus_bitrate=opus_bitrate,
            opus_complexity=opus_complexity,
            opus_dtx=opus_dtx,
            opus_loss=opus_loss,
        )
        self._policy = _policy(self.config)
        self._counters = Counters()
        self._sources = Sources(self.config.limits)
        self._manager = ClientManager(self.config, handle, sources=self._sources, counters=self._counters)
        super().__init__(self._manager.hooks)
        self._listener: Listener | None = None
        self._addresses: list[tuple[str, int]] = []
        self._stopping = threading.RLock()
        self._ending = False
        self._stopped = threading.Event()
        self._process = os.getpid()

    # --- life ------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Listen and let clients in.

        Raises
        ------
        OSError
            An address cannot be listened on.
        RuntimeError
            It was started before.
        """
        if self._listener is not None:
            raise RuntimeError("a server is started once")
        sockets = bind(self.config)
        self._addresses = [sock.getsockname()[:2] for sock in sockets]
        self._listener = Listener(
            self.config,
            sockets,
            lambda: ServerHandshake(self._policy),
            self._manager.full,
            self._admit,
            self._sources,
            self._counters,
        )
        self._manager.start()
        self._listener.start()
        log.info("listening on %s", ", ".join(f"{host} port {port}" for host, port in self._addresses))

    def stop(self) -> None:
        """Close the door, let everybody go, and wait until all is cleaned up. Safe to call twice, and from
        several threads at once: each waits until it is done.

        In a process forked from the one that started it, it does nothing: its threads are not there, and who is in the
        call stays.
        """
        if self._listener is None or os.getpid() != self._process:
            return
        with self._stopping:  # reentrant: the handler of a signal may come in between
            if self._ending:
                return
            self._ending = True
            try:
                self._listener.stop()
                self._manager.close()
            finally:
                self._stopped.set()
        log.info("stopped")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the server is stopped; True when it is, False after `timeout` seconds."""
        return self._stopped.wait(timeout)

    def reconfigure(self, **changes: Any) -> None:
        """Go on with other settings. Who is in the call stays, with the settings it came in under; who comes finds the
        new ones.

        Parameters
        ----------
        **changes
            `max_clients`, `password`, `client_keys`, `encrypt`, `names`, `authenticate`, `limits` and those that begin
            with ``opus_``, as in the constructor. What is not given stays. A smaller `max_clients` sends nobody away.

        Raises
        ------
        ValueError
            A setting is out of range, contradicts another, or cannot be changed while the server runs. Nothing has
            changed then.
        """
        fixed = changes.keys() - CHANGEABLE
        if fixed:
            raise ValueError(f"{', '.join(sorted(fixed))} cannot be changed while the server runs")
        if "client_keys" in changes:
            changes["client_keys"] = _bytes_of(changes["client_keys"])
        config = replace(self.config, **changes)
        policy = _policy(config)
        self.config, self._policy = config, policy
        self._sources.limit(config.limits)
        self._manager.configure(config)
        if self._listener is not None:
            self._listener.limit(config.limits)

    # --- looking ---------------------------------------------------------------------------------------------------

    @property
    def port(self) -> int:
        """The TCP port it listens on."""
        return self._addresses[0][1] if self._addresses else self.config.port

    @property
    def addresses(self) -> list[tuple[str, int]]:
        """Where it listens: pairs of address and port."""
        return list(self._addresses)

    @property
    def listening(self) -> bool:
        """Whether somebody at the door lets callers in: from `start` to `stop`, unless it went wrong."""
        return self._listener is not None and self._listener.is_alive

    def clients(self) -> list[ClientSnapshot]:
        """Everybody in the call, as they are now."""
        return self._manager.snapshots()

    def counters(self) -> dict[str, int]:
        """What happened since the start, in numbers that only rise.

        ``connections`` and ``admitted``; why connections were refused, handshakes failed and clients left, as
        ``refused_CAUSE``, ``failed_CAUSE``, ``ended_CAUSE`` (the causes are in `asciichat.server.counters`).
        """
        return self._counters.snapshot()

    @property
    def half_open(self) -> int:
        """Connections in the middle of their handshake."""
        return self._listener.half_open if self._listener is not None else 0

    def kick(self, client_id: int, reason: str = "removed by the operator") -> bool:
        """Take a client out of the call; False when there is none with that id.

        Parameters
        ----------
        client_id
            The `id` of its :class:`ClientSnapshot`.
        reason
            For the log and for hooks. The client is not told, and its program may call again; :meth:`say` comes first if
            somebody is to know.
        """
        return self._manager.remove(client_id, reason)

    def mute(self, client_id: int, muted: bool = True) -> bool:
        """Let nobody hear a client, or everybody again; False when there is none with that id.

        Programs of ours show it to everybody, itself included; it is no longer muted when it has left and comes back.
        """
        return self._manager.mute(client_id, muted)

    def say(self, text: str) -> None:
        """Write a line to everybody in the call whose program takes text, as the server.

        Raises
        ------
        ValueError
            Nothing of it can be shown, or it takes more than 512 bytes in UTF-8.
        """
        self._manager.herald.write(checked_line(text))

    # --- inside ----------------------------------------------------------------------------------------------------

    def _admit(self, sock: socket.socket, host: str, port: int, result: HandshakeResult) -> None:
        try:
            self._manager.add(sock, host, port, result)
            self._counters.count("admitted")
        except ServerFullError:
            self._counters.count("failed_full")
            log.info("%s port %d refused: the last place was taken during its handshake", host, port)
        except Exception:
            # No memory, no descriptor, no thread: nothing of it is left, and the others do not notice.
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)  # the manager may not even have had the memory to begin
            self._counters.count("failed_error")
            log.exception("%s port %d could not be let in", host, port)


def _bytes_of(keys: Iterable[bytes | PublicKey]) -> tuple[bytes, ...]:
    return tuple(key.key if isinstance(key, PublicKey) else key for key in keys)


def _policy(config: ServerConfig) -> ServerPolicy:
    return ServerPolicy(
        # Derived once, here: it takes 70 ms, and callers wait only a second.
        password_key=password_key(config.password) if config.password is not None else None,
        identity=config.identity,
        client_keys=frozenset(config.client_keys) if config.client_keys else None,
        allow_plaintext=not config.encrypt,
        sign_elsewhere=isinstance(config.identity, RemoteSigner),
        features=FEATURES | (Feature.NONE if config.authenticate else Feature.UNAUTHENTICATED),
    )
