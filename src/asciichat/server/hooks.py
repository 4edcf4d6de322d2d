"""Hooks: functions of whoever runs a server, called for what happens in its call.

They run on one thread of the server's own, `hooks`, which is started only if there are any, and never under a lock. The
threads of the call put what happened into a list, which takes no time; pictures and sound are not put anywhere: the thread
looks for them in the room, as often as it is asked to. So a slow hook delays other hooks and nothing else: who is slow with
pictures or sound misses some of them, and is told of missed sound.

A hook that raises is logged with its traceback, and the client it was called for is let go, as it is when one of its own
threads fails. When that client has left already, it is only counted.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Protocol

from asciichat._core.room import Room
from asciichat.server.counters import Counters
from asciichat.server.watchdog import whereabouts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from asciichat.server.client import Client
    from asciichat.server.snapshot import ClientSnapshot

log = logging.getLogger(__name__)

Kind = Literal["join", "leave", "text"]

SOUND_PERIOD: Final = 0.05
"""Seconds between two looks for sound: it is kept for 0.68 s."""
MOST_FPS: Final = 144.0
TEXTS: Final = 512
"""Lines that wait for a slow hook; past that new ones are left out, and counted."""
EVENTS: Final = 4096
"""Things that wait with which nobody's joining is told any more, nor that client's leaving."""

JoinHook = Callable[["ClientSnapshot"], object]
LeaveHook = Callable[["ClientSnapshot", str], object]
TextHook = Callable[["ClientSnapshot", str], object]
FrameHook = Callable[["ClientSnapshot", "NDArray[np.uint8]"], object]
SoundHook = Callable[["ClientSnapshot", "NDArray[np.float32]", int], object]


class _Event(NamedTuple):
    kind: Kind
    client: Client
    arguments: tuple[object, ...]


class _Media(Protocol):
    """A hook for pictures or sound, and what it has had of whom."""

    kind: str
    period: float
    due: float

    def look(self, client: Client) -> Callable[[], object] | None:
        """The call to be made if there is something new of a client."""
        ...

    def forget(self, client_id: int) -> None:
        """It has left."""
        ...


class _Frames:
    kind = "frame"

    def __init__(self, hook: FrameHook, room: Room, fps: float) -> None:
        self.period = 1 / fps
        self.due = 0.0
        self._hook = hook
        self._room = room
        self._had: dict[int, int] = {}  # the number of the newest picture, by client id

    def look(self, client: Client) -> Callable[[], object] | None:
        found = self._room.frame_after(client.slot, client.id, self._had.get(client.id, 0))
        if found is None:
            return None
        import numpy as np  # a server whose hooks look at nothing does without

        self._had[client.id], width, height, pixels = found
        frame = np.frombuffer(pixels, np.uint8).reshape(height, width, 3)
        return lambda: self._hook(client.snapshot(), frame)

    def forget(self, client_id: int) -> None:
        self._had.pop(client_id, None)


class _Sound:
    kind = "sound"
    period = SOUND_PERIOD

    def __init__(self, hook: SoundHook, room: Room) -> None:
        self.due = 0.0
        self._hook = hook
        self._room = room
        self._had: dict[int, int] = {}  # cursors, by client id

    def look(self, client: Client) -> Callable[[], object] | None:
        found = self._room.sound_after(client.slot, client.id, self._had.get(client.id, 0))
        if found is None:
            return None
        self._had[client.id], missed, data = found
        if not data:
            return None
        import numpy as np

        samples = np.frombuffer(data, np.float32)
        return lambda: self._hook(client.snapshot(), samples, missed)

    def forget(self, client_id: int) -> None:
        self._had.pop(client_id, None)


class Hooks:
    """The hooks of a server, and the thread that calls them.

    Parameters
    ----------
    room
        Where pictures and sound are.
    counters
        Told of hooks that failed (`hooks_failed`) and of calls that were left out (`hooks_missed`).
    ending
        Seconds that one call of a hook may take when the server stops; one that takes longer is left behind.
    """

    def __init__(self, room: Room, counters: Counters, ending: float) -> None:
        self._room = room
        self._counters = counters
        self._ending = ending
        self._hooks: dict[Kind, list[Callable[..., object]]] = {"join": [], "leave": [], "text": []}
        self._media: list[_Media] = []
        self._here: dict[
            int, Client
        ] = {}  # those whose joining was told; this and the next are the thread's alone
        self._failed: set[int] = set()  # ids of those who are let go because a hook failed
        self._steps = 0  # calls made
        self._lock = threading.Lock()  # a leaf: guards what follows
        self._changed = threading.Condition(self._lock)
        self._started = False
        self._stopping = False
        self._events: deque[_Event] = deque()
        self._texts = 0  # of them
        self._entered: set[int] = set()  # ids of those whose joining is in the list, or was
        self._thread = threading.Thread(target=self._run, name="hooks", daemon=True)

    # --- before the start ------------------------------------------------------------------------------------------

    def on_join(self, hook: JoinHook) -> None:
        """Call it for everybody who joins."""
        self._check_not_started()
        self._hooks["join"].append(hook)

    def on_leave(self, hook: LeaveHook) -> None:
        """Call it for everybody who joined and has left."""
        self._check_not_started()
        self._hooks["leave"].append(hook)

    def on_text(self, hook: TextHook) -> None:
        """Call it for every line that a client writes."""
        self._check_not_started()
        self._hooks["text"].append(hook)

    def on_frame(self, hook: FrameHook, fps: float) -> None:
        """Call it for pictures of everybody, at most `fps` a second of each."""
        self._check_not_started()
        if not 0 < fps <= MOST_FPS:
            raise ValueError(f"fps is above 0 and at most {MOST_FPS:g}, not {fps}")
        self._media.append(_Frames(hook, self._room, fps))

    def on_sound(self, hook: SoundHook) -> None:
        """Call it for everything that is said."""
        self._check_not_started()
        self._media.append(_Sound(hook, self._room))

    def _check_not_started(self) -> None:
        if self._started:
            raise RuntimeError("a hook is given before the server is started")

    # --- any thread ------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the thread, if there are hooks."""
        self._started = True
        if self._any():
            self._thread.start()

    def stop(self) -> None:
        """Call what is still to be called, and wait for it, unless one call takes too long. Safe to call twice, and from
        a hook."""
        with self._lock:
            self._stopping = True
            self._changed.notify()
        if self._thread is threading.current_thread():
            return
        while self._thread.is_alive():
            steps = self._steps
            self._thread.join(self._ending)
            if self._thread.is_alive() and self._steps == steps:
                log.error("a hook does not come back, and is left behind\n%s", whereabouts(self._thread))
                return

    def joined(self, client: Client) -> None:
        """A client is in the call and has said what it is called. Again, it changes nothing."""
        if not self._any():
            return
        event = _Event("join", client, (client.snapshot(),))
        with self._lock:
            if client.id in self._entered or not client.active:
                return
            full = len(self._events) >= EVENTS
            if not full:
                self._entered.add(client.id)
                self._put(event)
        if full:
            self._counters.count("hooks_missed")

    def wrote(self, client: Client, text: str) -> None:
        """A line of a client was passed on."""
        if not self._hooks["text"]:
            return
        event = _Event("text", client, (client.snapshot(), text))
        with self._lock:
            full = self._texts >= TEXTS
            if not full:
                self._texts += 1
                self._put(event)
        if full:
            self._counters.count("hooks_missed")

    def left(self, client: Client, reason: str) -> None:
        """A client has been removed; none of its threads tells of it any more."""
        if not self._any():
            return
        event = _Event("leave", client, (client.snapshot(), reason))
        with self._lock:
            if client.id in self._entered:
                self._entered.discard(client.id)
                self._put(event)

    def _any(self) -> bool:
        return bool(self._media) or any(self._hooks.values())

    def _put(self, event: _Event) -> None:
        self._events.append(event)
        self._changed.notify()

    # --- the thread ------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            event = self._next()
            if event is not None:
                self._tell(event)
            elif self._stopping:
                return
            self._look()

    def _next(self) -> _Event | None:
        """What happened next; None when it is time to look for pictures or sound, or to end."""
        with self._lock:
            while not self._events and not self._stopping:
                wait = None
                if self._media and self._here:
                    wait = min(media.due for media in self._media) - time.monotonic()
                    if wait <= 0:
                        return None
                self._changed.wait(wait)
            if not self._events:
                return None
            event = self._events.popleft()
            self._texts -= event.kind == "text"
            return event

    def _tell(self, event: _Event) -> None:
        client = event.client
        if event.kind == "join":
            self._here[client.id] = client
        elif event.kind == "leave":
            self._here.pop(client.id, None)
            for media in self._media:
                media.forget(client.id)
        for hook in self._hooks[event.kind]:
            if event.kind == "leave" or client.id not in self._failed:
                self._call(event.kind, client, partial(hook, *event.arguments))
        if event.kind == "leave":
            self._failed.discard(client.id)

    def _look(self) -> None:
        """Give every hook that is due what is new of everybody: of each once, before anybody's next."""
        now = time.monotonic()
        for media in self._media:
            if media.due > now:
                continue
            due = media.due + media.period
            media.due = due if due > now else now + media.period  # what a slow hook missed is not made up for
            for client in list(self._here.values()):
                if self._stopping:
                    return
                if client.active and client.id not in self._failed:
                    self._call(media.kind, client, partial(_give, media, client))

    def _call(self, kind: str, client: Client, call: Callable[[], object]) -> None:
        try:
            call()
        except (Exception, SystemExit):
            log.exception("client %d (%s): the %s hook failed", client.id, client.address, kind)
            self._counters.count("hooks_failed")
            if kind != "leave":
                self._failed.add(client.id)
                client.leave(f"the {kind} hook failed", "hook")
        self._steps += 1


def _give(media: _Media, client: Client) -> None:
    call = media.look(client)
    if call is not None:
        call()
