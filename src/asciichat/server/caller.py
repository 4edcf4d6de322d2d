"""A caller: a connection whose handshake is not done."""

from __future__ import annotations

import socket
from dataclasses import dataclass

from asciichat.protocol.handshake import ServerHandshake
from asciichat.server.refusal import Refusal
from asciichat.server.signing import Request


@dataclass(slots=True, eq=False)
class Caller:
    """One who has connected and is not in the call yet."""

    sock: socket.socket
    host: str
    port: int
    handshake: ServerHandshake | None  # None: refused, and only to read what it was told
    refusal: Refusal | None  # what is left to find out before it is told
    deadline: float
    greeting: float  # by when it has had a first answer
    budget: int  # bytes it may still send
    asked: Request | None = None  # the signature its handshake waits for

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def due(self) -> float:
        """When it is let go if nothing happens."""
        return min(self.deadline, self.greeting)


class FailedError(Exception):
    """Why a caller is let go: a key of `counters.FAILURES`, and words."""

    def __init__(self, cause: str, words: str) -> None:
        super().__init__(words)
        self.cause = cause
