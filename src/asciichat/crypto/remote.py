"""Keys that another program keeps: whoever wants a signature waits for it, and somebody else may end the wait."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from asciichat.crypto.errors import UnusableKeyError


class GivenUpError(UnusableKeyError):
    """Nobody waits for the signature any more."""


class Wait:
    """One wait for another program, which any thread may end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._over = False
        self._end: Callable[[], None] | None = None

    def give_up(self) -> None:
        """End the wait, or let it not begin. Does not block."""
        # Under the lock, so that what is ended is still what is waited for.
        with self._lock:
            self._over = True
            if self._end is not None:
                self._end()

    @contextmanager
    def ended_by(self, end: Callable[[], None]) -> Iterator[None]:
        """Within, `give_up` calls `end`, from another thread; it must not block, and make the wait fail.

        Raises
        ------
        GivenUpError
            The wait was given up before.
        """
        with self._lock:
            if self._over:
                raise GivenUpError("Nobody waits for the signature any more.")
            self._end = end
        try:
            yield
        finally:
            with self._lock:
                self._end = None


class RemoteSigner(ABC):
    """A `Signer` of the handshake whose signatures take another program, perhaps a person, and so their time.

    A server has a thread for it, and lets nobody wait who does not need the signature. Derive from it for a key in a
    device or behind a service; any other `Signer` is taken to answer at once.
    """

    @property
    @abstractmethod
    def public_key(self) -> bytes:
        """The 32 bytes of the public key."""

    @abstractmethod
    def sign_within(self, wait: Wait, message: bytes) -> bytes:
        """Return the 64 bytes of the signature over `message`; whatever blocks does so within `wait.ended_by`.

        Raises
        ------
        UnusableKeyError
            If there is none to be had, or the wait was given up.
        """

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of the signature over `message`, however long it takes.

        Raises
        ------
        UnusableKeyError
            If there is none to be had.
        """
        return self.sign_within(Wait(), message)
