"""Why a call could not be made or did not last."""

from __future__ import annotations

from asciichat.protocol.types import ErrorCode


class CallError(Exception):
    """A call failed.

    Attributes
    ----------
    exit_code
        What a program should exit with: the native program's number for this failure.
    retry
        Would calling again help? False when the server refused us or its identity is not the expected one.
    """

    def __init__(self, message: str, exit_code: int = ErrorCode.NETWORK, *, retry: bool = True) -> None:
        super().__init__(message)
        self.exit_code = int(exit_code)
        self.retry = retry

    def again(self) -> CallError:
        """The same error, to be raised in another place or another thread."""
        return CallError(str(self), self.exit_code, retry=self.retry)
