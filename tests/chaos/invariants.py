"""What must be so in a manager, whatever happened before."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from asciichat.server.client import THREADS, Client
from asciichat.server.manager import ClientManager


def broken(manager: ClientManager, *, stuck: Sequence[Client] = ()) -> list[str]:
    """What is not as it must be: a sentence each. `stuck` are clients that are expected to be left behind.

    True at moments when nobody is coming or going; ask again while somebody is.
    """
    with manager._lock.reading():
        slots, table = list(manager._slots), dict(manager._clients)
        serial = manager._serial
    with manager._left_behind_lock.held():
        left = list(manager._left_behind)
    wrong = []
    if left != list(stuck):
        wrong.append(
            f"{[client.id for client in left]} are left behind, not {[client.id for client in stuck]}"
        )
    taken = {slot: client_id for slot, client_id in enumerate(slots) if client_id is not None}
    expected = {client.slot: client.id for client in [*table.values(), *left]}
    if taken != expected:
        wrong.append(f"slots are {taken}, but clients have {expected}")
    if manager.room.joined != set(taken):
        wrong.append(f"in the room are {manager.room.joined}, but the slots taken are {set(taken)}")
    if len(table) > manager._config.max_clients:
        wrong.append(f"{len(table)} clients are in a call of {manager._config.max_clients}")
    for client_id, client in table.items():
        if client.id != client_id or client_id >> 16 > serial:
            wrong.append(f"client {client.id} is found as {client_id}, the serial is {serial}")
        if not client.active or client.peer.stopped:
            wrong.append(f"client {client_id} is in the table and on its way out")
        if tuple(client.threads()) != THREADS:
            wrong.append(f"client {client_id} has the threads {tuple(client.threads())}")
    names = {f"client-{client_id}-{name}" for client_id in table for name in THREADS}
    names |= {f"client-{client.id}-{name}" for client in left for name in THREADS}
    of_nobody = [
        t.name for t in threading.enumerate() if t.name.startswith("client-") and t.name not in names
    ]
    if of_nobody:
        wrong.append(f"threads of nobody: {of_nobody}")
    return wrong
