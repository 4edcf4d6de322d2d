"""What can be wrong with bytes from outside."""

from __future__ import annotations

from asciichat.protocol.types import AuthFailure, ErrorCode


class ProtocolError(ValueError):
    """A peer sent, or a caller asked to send, something the protocol does not allow.

    Parameters
    ----------
    code : ErrorCode
        The native program's number for it, fit for ERROR_MESSAGE.
    message : str
        A sentence for people.
    """

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code = code


class ChecksumError(ProtocolError):
    """The text of an ASCII_FRAME is damaged: the frame is to be skipped, the connection goes on."""


class HandshakeError(Exception):
    """A connection that did not come about, and why.

    Parameters
    ----------
    message : str
        A sentence for people: what happened and what to do.
    code : ErrorCode
        Also the exit status the native program ends with in this case.
    reason : AuthFailure
        The bits of AUTH_FAILED if one was sent or received.
    """

    def __init__(
        self,
        message: str,
        code: ErrorCode = ErrorCode.HANDSHAKE,
        reason: AuthFailure = AuthFailure.NONE,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
