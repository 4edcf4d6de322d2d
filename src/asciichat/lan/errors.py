"""Why servers cannot be announced or found."""

from __future__ import annotations

from asciichat.protocol.types import ErrorCode


class LanError(Exception):
    """Nothing can be announced or found; the message is a sentence for the person who asked for it.

    `code` is what a program should exit with.
    """

    def __init__(self, sentence: str, code: int = ErrorCode.NETWORK) -> None:
        super().__init__(sentence)
        self.code = int(code)
