"""Why a call could not be made or did not last."""

from __future__ import annotations

from asciichat.protocol.types import ErrorCode


class CallError(Exception):
    """A call failed.

    Attributes
    ----------
    exit_code
        What a program should exit with: the native program's number for this failure, 1 to 255.
    retry
        Might calling again help? False when the server refused us, when its identity is not the expected one, and when we
        closed the call ourselves. ``str(error)`` is a sentence for people.
    """

    def __init__(self, message: str, exit_code: int = ErrorCode.NETWORK, *, retry: bool = True) -> None:
        super().__init__(message)
        self.exit_code = int(exit_code)
        self.retry = retry

    def again(self) -> CallError:
        """The same error, to be raised in another place or another thread."""
        return CallError(str(self), self.exit_code, retry=self.retry)
