"""What can be wrong with keys and passwords."""

from __future__ import annotations

from asciichat.protocol.types import ErrorCode


class UnusableKeyError(ValueError):
    """A key, or a file of keys, that cannot be used; the message says what to do.

    `code` is the exit status the native program ends with.
    """

    code = ErrorCode.KEY


class WrongPassphraseError(UnusableKeyError):
    """The passphrase does not open the private key."""


class UnusablePasswordError(ValueError):
    """A password that native peers could not use either."""

    code = ErrorCode.USAGE
