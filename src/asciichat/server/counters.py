"""What happened at a server, in numbers that only rise."""

from __future__ import annotations

from typing import Final

from asciichat.server.locks import Mutex, Rank

REFUSALS: Final = {
    "full": "every place was taken",
    "rate": "too many connections from its source",
    "penalty": "its source is penalised",
    "half_open": "too many half-open connections",
    "descriptors": "the process has no descriptor left",
}
"""Why connections were refused before their handshake."""

FAILURES: Final = {
    "late": "took longer than the handshake may",
    "bytes": "sent more than a handshake needs",
    "proof": "wrong password, key or signature, or none",
    "fault": "broke the protocol or hung up",
    "unsigned": "the server's key, which an agent keeps, did not sign",
    "crowded": "made room for another caller",
    "full": "the last place was taken meanwhile",
    "error": "could not be let in: no memory, no thread",
}
"""Why connections ended in their handshake."""

ENDS: Final = {
    "closed": "the client hung up",
    "broken": "the connection broke",
    "idle": "silent too long",
    "slow": "too long over one packet",
    "stalled": "took nothing for too long",
    "packet": "a packet of a wrong form, size or type",
    "seal": "an envelope that does not open, was replayed or reflected",
    "clear": "a packet in clear on an encrypted connection",
    "payload": "a payload that does not hold together",
    "large": "a picture larger than is taken",
    "excess": "sent more than it may",
    "decoding": "its pictures took too much work",
    "protocol": "broke the rules of the call",
    "goodbye": "it said goodbye",
    "memory": "no memory for it",
    "failure": "a fault of ours",
    "stuck": "one of its threads made no step for too long",
    "hook": "a hook of the operator's failed for it",
    "server": "removed by the operator, or with the server",
}
"""Why clients left the call."""


class Counters:
    """Counts, from any thread."""

    def __init__(self) -> None:
        self._lock = Mutex(Rank.LEAF)
        self._counts = dict.fromkeys(
            (
                "connections",
                "admitted",
                "lines_left_out",
                "texts",
                "texts_left_out",
                "left_behind",
                "hooks_failed",
                "hooks_missed",
            ),
            0,
        )
        for group, causes in (("refused", REFUSALS), ("failed", FAILURES), ("ended", ENDS)):
            self._counts.update({f"{group}_{cause}": 0 for cause in causes})

    def count(self, name: str) -> None:
        """Count one more of what has been in the table from the start (a KeyError is a fault of ours)."""
        with self._lock.held():
            self._counts[name] += 1

    def snapshot(self) -> dict[str, int]:
        """All of them at one moment."""
        with self._lock.held():
            return dict(self._counts)
