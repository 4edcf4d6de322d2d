"""The client manager: who is connected, found by id in constant time, added and removed without leaving a trace.

Slots, the table by id and the count are guarded by one readers-writer lock, the first in the lock order. Nothing blocks
while it is held: it covers changing the table, never sockets, threads or media.

Ids are ``serial * 65536 + port``: based on the client's port, as the page has it, and unique for the life of the server
because the serial only rises.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import socket
import threading
from collections.abc import Callable

from asciichat._core.peer import Packet, Peer
from asciichat._core.room import Room
from asciichat._core.seal import Seal
from asciichat.protocol.handshake import HandshakeResult
from asciichat.protocol.types import ErrorCode, Feature
from asciichat.server.client import Client
from asciichat.server.config import MAX_CLIENTS, ServerConfig
from asciichat.server.counters import Counters
from asciichat.server.herald import Herald
from asciichat.server.hooks import Hooks
from asciichat.server.locks import ManagerLock, Mutex, Rank
from asciichat.server.names import Names
from asciichat.server.picture_sizes import PictureSizes
from asciichat.server.refusal import FULL
from asciichat.server.snapshot import ClientSnapshot
from asciichat.server.sources import Sources
from asciichat.server.watchdog import Watchdog, whereabouts

log = logging.getLogger(__name__)


class ServerFullError(Exception):
    """Every place in the call is taken."""


class ClientManager:
    """Adds, finds and removes clients. Every method may be called from any thread.

    Parameters
    ----------
    config
        The server's settings.
    handle
        What to do with a packet of a client; called on its receive thread.
    sources
        Told of clients that broke the rules.
    counters
        Where it is counted why clients left.
    """

    def __init__(
        self,
        config: ServerConfig,
        handle: Callable[[Client, Packet], None],
        *,
        sources: Sources | None = None,
        counters: Counters | None = None,
    ) -> None:
        self.room = Room(automatic_level=config.automatic_level, mix=config.audio_mixer)
        self._config = config
        self.handle = handle
        self._sources = sources or Sources(config.limits)
        self._counters = counters or Counters()
        self._lock = ManagerLock()
        self._slots: list[int | None] = [None] * MAX_CLIENTS
        self._clients: dict[int, Client] = {}
        self._serial = 0
        self._names = Names(self._lock, self._clients, self.room)
        self._leavers: queue.SimpleQueue[tuple[Client, str, str] | None] = queue.SimpleQueue()
        self.herald = Herald(self.clients, self.room)
        self.hooks = Hooks(self.room, self._counters, config.limits.ending)
        self._sizes = PictureSizes(self.room, self.clients)
        self._left_behind: list[Client] = []  # removed, but for threads that did not end
        self._left_behind_lock = Mutex(Rank.LEAF)
        self._watchdog = Watchdog(config.limits, self.clients, self._tidy)
        self._reaper = threading.Thread(target=self._reap, name="reaper", daemon=True)

    def start(self) -> None:
        """Start removing those who leave, and telling the others."""
        self._reaper.start()
        self._watchdog.start()
        self.herald.start()
        self._sizes.start()
        self.hooks.start()

    def configure(self, config: ServerConfig) -> None:
        """Let in whoever comes from now on with these settings. Any thread."""
        self._config = config
        self._watchdog.limit(config.limits)

    # --- looking ---------------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        with self._lock.reading():
            return len(self._clients)

    def full(self) -> bool:
        """Is every place taken?"""
        with self._lock.reading():
            return sum(slot is not None for slot in self._slots) >= self._config.max_clients

    def find(self, client_id: int) -> Client | None:
        """The client with this id, or None."""
        with self._lock.reading():
            return self._clients.get(client_id)

    def clients(self) -> list[Client]:
        """Everybody in the call at this moment."""
        with self._lock.reading():
            return list(self._clients.values())

    def snapshots(self) -> list[ClientSnapshot]:
        """Everybody in the call, as copies."""
        return [client.snapshot() for client in self.clients()]

    def mute(self, client_id: int, muted: bool) -> bool:
        """Let nobody hear a client, or everybody again; False when there is none with that id, or it is leaving."""
        client = self.find(client_id)
        return client is not None and client.mute(muted)

    # --- asked by clients (`Keeper`) -------------------------------------------------------------------------------

    def leave(self, client: Client, reason: str, cause: str) -> None:
        """Ask for a client's removal. Its own threads call this, so it must not wait for them."""
        self._leavers.put((client, reason, cause))

    def named(self, client: Client, name: str) -> None:
        """It asks to be called so."""
        self._names.ask(client, name)

    def changed(self) -> None:
        """Something others see of a client is not as it was."""
        self.herald.wake()

    def entered(self, client: Client) -> None:
        """A client has said what it is and what it shows: it is told what is written, and the operator of it."""
        self.herald.enter(client)
        self.hooks.joined(client)

    def wrote(self, client: Client, line: str) -> None:
        """A client wrote a line: pass it on."""
        self.herald.write(line, client)
        self.hooks.wrote(client, line)

    # --- coming ----------------------------------------------------------------------------------------------------

    def add(self, sock: socket.socket, host: str, port: int, result: HandshakeResult) -> Client:
        """Let a client in whose handshake is done.

        Whatever fails, everything done before it is undone, and the socket is closed.

        Raises
        ------
        ServerFullError
            Every place is taken.
        MemoryError, RuntimeError, OSError
            No memory, or no thread could be started.
        """
        client = self._let_in(sock, host, port, result)
        try:
            log.info(
                "client %d (%s) joined in slot %d, %s", client.id, client.address, client.slot,
                "encrypted" if client.peer.encrypted else "NOT ENCRYPTED",
            )  # fmt: skip
            self._names.joined(client)
            self.herald.wake()
            self._sizes.look()
        except Exception:
            log.exception("client %d joined, but not everybody heard of it", client.id)
        return client

    def _let_in(self, sock: socket.socket, host: str, port: int, result: HandshakeResult) -> Client:
        # What was done is known by what is there, so that undoing it needs nothing that could fail: no memory for a note of
        # it, above all.
        peer = client = None
        joined = False
        # Its id and its slot. They are written down before the slot is taken: there may be no memory to return them.
        place = [0, -1]
        try:
            self._reserve(port, place)
            client_id, slot = place
            self.room.join(slot, client_id)
            joined = True
            peer = self._connection(sock, result)
            peer.attach(self.room, slot)
            client = Client(
                client_id,
                slot,
                sock,
                host,
                port,
                peer,
                self.room,
                self._config,
                self,
                self._counters,
            )
            client.features = result.features
            self.room.name(slot, client.wanted)
            self._insert(client)
            self._names.settle()
            client.start()
        except BaseException as error:
            if isinstance(error, ServerFullError):
                _tell_full(sock, result)
            if client is not None:
                client.end()
                self._forget(client)
            if peer is not None:
                peer.detach()
                peer.wipe()
            if joined:
                self.room.leave(place[1])
            if place[1] >= 0:
                self._release(place[1])
            result.wipe()
            sock.close()
            raise
        return client

    def _connection(self, sock: socket.socket, result: HandshakeResult) -> Peer:
        limits = self._config.limits
        first = b"" if result.first_packet is None else result.first_packet.pack()
        try:
            return Peer(
                sock.fileno(),
                server=True,
                keys=result.keys,
                records=result.records,
                marked=result.marked,
                initial=first + result.leftover,
                idle=limits.idle,
                stall=limits.stall,
                whole=limits.whole,
                allowance=(limits.pictures, limits.sound, limits.control),
                burst=limits.burst,
                most_pixels=limits.picture_pixels,
                short_frames=Feature.SHORT_SOUND in result.features,
            )
        finally:
            result.wipe()

    def _reserve(self, port: int, place: list[int]) -> None:
        with self._lock.writing():
            taken = sum(slot is not None for slot in self._slots)
            if taken >= self._config.max_clients:
                raise ServerFullError(f"all {self._config.max_clients} places are taken")
            slot = self._slots.index(None)
            self._serial += 1
            client_id = self._serial << 16 | port & 0xFFFF
            place[0], place[1] = client_id, slot
            self._slots[slot] = client_id

    def _insert(self, client: Client) -> None:
        with self._lock.writing():
            self._clients[client.id] = client

    def _forget(self, client: Client) -> None:
        with self._lock.writing():
            self._clients.pop(client.id, None)

    def _release(self, slot: int) -> None:
        with self._lock.writing():
            self._slots[slot] = None

    # --- going -----------------------------------------------------------------------------------------------------

    def _reap(self) -> None:
        while (leaver := self._leavers.get()) is not None:
            client, reason, cause = leaver
            try:
                self.remove(client.id, reason, cause)
            except Exception:
                log.exception("client %d (%s): clean-up failed", client.id, client.address)

    def kick(self, client_id: int, reason: str) -> bool:
        """Tell a client why, and take it out of the call. False when it is gone already, or on its way out."""
        client = self.find(client_id)
        if client is None:
            return False
        client.explain(reason, ErrorCode.GENERAL)
        return self.remove(client_id, reason)

    def remove(self, client_id: int, reason: str = "removed by the server", cause: str = "server") -> bool:
        """Take a client out of the call. False when it is gone already, or on its way out. One whose threads are still being
        started, as when a hook hears of it, leaves as soon as they are.

        The order is fixed: mark inactive, wake its threads, join send, receive, video, audio; leave the room, which
        frees its media; wipe the keys; take it out of the table; free the slot.
        """
        client = self.find(client_id)
        if client is None or not (claimed := client.claim_removal(reason, cause)):
            return client is not None and claimed is None
        self._counters.count(f"ended_{cause}")
        if client.offended:
            self._sources.penalise(client.host, self._config.limits.penalty_dismissal)
        client.say_goodbye()
        client.deactivate()
        if not self._clean_up(client, self._config.limits.ending):
            self._leave_behind(client)
        log.info("client %d, %r (%s) left: %s", client.id, client.state().name, client.address, reason)
        self._names.settle()
        self.herald.wake()
        self._sizes.look()
        self.hooks.left(client, reason)
        return True

    def _clean_up(self, client: Client, timeout: float) -> bool:
        """Everything after waking its threads. False, and little is done, when they do not end or others still look at
        it."""
        if not client.join(timeout):
            return False
        client.peer.detach()
        if not self.room.leave(client.slot, timeout):
            return False
        client.close()
        self._forget(client)
        self._release(client.slot)
        return True

    def _leave_behind(self, client: Client) -> None:
        """It is out of the call, for the others. What a thread may still use stays: its media, its keys, its socket, and
        so its slot."""
        self._counters.count("left_behind")
        for name, thread in client.threads().items():
            log.error(
                "client %d (%s): its %s thread did not end: slot %d stays taken until it does\n%s",
                client.id, client.address, name, client.slot, whereabouts(thread),
            )  # fmt: skip
        self.room.mute(client.slot)
        self.room.show(client.slot, False)
        self.room.seat(client.slot, False)
        self._forget(client)
        with self._left_behind_lock.held():
            self._left_behind.append(client)

    def _tidy(self) -> None:
        """What is done now and then."""
        self._collect()
        self.room.release_unwanted()

    def _collect(self) -> None:
        """Finish the removal of those left behind whose threads have ended after all."""
        with self._left_behind_lock.held():
            waiting, self._left_behind = self._left_behind, []
        for client in waiting:
            if self._clean_up(client, 0):
                log.warning(
                    "client %d (%s): its threads have ended after all: slot %d is free",
                    client.id, client.address, client.slot,
                )  # fmt: skip
            else:
                with self._left_behind_lock.held():
                    self._left_behind.append(client)

    def close(self) -> None:
        """Remove everybody and end the manager's own threads. It does not wait for ever for a client's."""
        self.herald.stop()
        self._sizes.stop()
        clients = self.clients()
        for client in clients:
            client.deactivate()  # all at once, so that they end side by side
        for client in clients:
            self.remove(client.id, "the server is closing")
        self._leavers.put(None)
        if self._reaper.is_alive():
            self._reaper.join()
        self.hooks.stop()
        self._watchdog.stop()
        self._collect()
        for client in self._left_behind:
            log.error(
                "client %d (%s) is left behind: %s", client.id, client.address, ", ".join(client.threads())
            )


def _tell_full(sock: socket.socket, result: HandshakeResult) -> None:
    """Tell somebody who is through the handshake that the last place was taken meanwhile: as a packet of the session."""
    packet = FULL.packet()
    if result.keys is not None:
        packet = Seal(*result.keys, records=result.records, marked=result.marked).seal(packet)
    with contextlib.suppress(OSError):  # it is gone, or does not read
        sock.send(packet)
        sock.shutdown(socket.SHUT_WR)
