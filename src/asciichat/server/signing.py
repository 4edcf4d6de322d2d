"""The desk where signatures are waited for that another program makes: a key in an agent, in a device.

The listener must not wait for one, so it leaves its request here and goes on. One thread takes the requests in
turn; each is one caller's, and goes when the caller goes, so that there are never more of them than half-open connections,
and an agent that does not answer one caller is asked for the next as soon as that one has had enough.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from asciichat.crypto.remote import RemoteSigner, Wait


@dataclass(slots=True, eq=False)
class Request:
    """A signature somebody waits for.

    Attributes
    ----------
    message
        What is to be signed.
    signature
        Its 64 bytes, when it is there.
    failure
        Why there is none.
    """

    message: bytes
    signature: bytes | None = None
    failure: str = ""
    wait: Wait = field(default_factory=Wait)


class SigningDesk:
    """Has signatures made, one after the other. Any thread may ask.

    Parameters
    ----------
    signer
        Who makes them.
    ready
        Called in the desk's thread when there is something for `finished`; must not block.
    """

    def __init__(self, signer: RemoteSigner, ready: Callable[[], None]) -> None:
        self._signer = signer
        self._ready = ready
        self._lock = threading.Lock()  # a leaf; nothing is called while it is held
        self._changed = threading.Condition(self._lock)
        self._waiting: deque[Request] = deque()
        self._current: Request | None = None
        self._finished: deque[Request] = deque()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="signing", daemon=True)

    def start(self) -> None:
        """Begin to take requests."""
        self._thread.start()

    def stop(self) -> None:
        """Forget every request, and wait for the thread."""
        with self._lock:
            self._stopping = True
            self._waiting.clear()
            self._changed.notify()
            current = self._current
        if current is not None:
            current.wait.give_up()
        self._thread.join()

    def ask(self, message: bytes) -> Request:
        """Ask for a signature over `message`; it comes by way of `finished`."""
        request = Request(message)
        with self._lock:
            self._waiting.append(request)
            self._changed.notify()
        return request

    def forget(self, request: Request) -> None:
        """Nobody waits for it any more, wherever it is."""
        with self._lock:
            if request in self._waiting:
                self._waiting.remove(request)
            elif request in self._finished:
                self._finished.remove(request)
        request.wait.give_up()

    def finished(self) -> Iterator[Request]:
        """Take the requests that have been answered, well or badly."""
        while True:
            with self._lock:
                if not self._finished:
                    return
                request = self._finished.popleft()
            yield request

    @property
    def waiting(self) -> int:
        """Requests that wait for their turn."""
        return len(self._waiting)

    def _run(self) -> None:
        while (request := self._next()) is not None:
            try:
                request.signature = self._signer.sign_within(request.wait, request.message)
            except Exception as error:  # of any kind: it costs the one who waits, not those behind
                request.failure = str(error)
            with self._lock:
                self._current = None
                self._finished.append(request)
            self._ready()

    def _next(self) -> Request | None:
        with self._lock:
            while not self._waiting and not self._stopping:
                self._changed.wait()
            if self._stopping:
                return None
            self._current = self._waiting.popleft()
            return self._current
