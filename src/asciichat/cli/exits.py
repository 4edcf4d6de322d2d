"""How a program ends: with a sentence and the native program's exit code, never with a stack trace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Final

from asciichat.media import errors as media

USAGE: Final = 2
CONFIGURATION: Final = 4
BIND: Final = 41
TIMEOUT: Final = 43
NOT_FOUND: Final = 47
SIGNAL: Final = 100
FILE: Final = 105

_MEDIA_CODES: Final[tuple[tuple[type[media.MediaError], int], ...]] = (
    # The first that fits counts: subclasses before their base.
    (media.WebcamBusyError, 21),
    (media.WebcamPermissionError, 22),
    (media.WebcamError, 20),
    (media.AudioDeviceError, 23),
    (media.SiteError, 111),
    (media.MediaOpenError, 27),
    (media.MediaDecodeError, 28),
    (media.MediaSeekError, 29),
    (media.MediaWriteError, FILE),
    (media.MediaError, 26),
)


class CommandError(Exception):
    """The program cannot go on: `str(failure)` is the sentence to end with."""

    def __init__(self, sentence: str, code: int) -> None:
        super().__init__(sentence)
        self.code = code


@contextmanager
def failures() -> Iterator[None]:
    """Turn what can go wrong outside this program into a CommandError."""
    # Not before a command runs: its help must be quick.
    from asciichat.client.errors import CallError
    from asciichat.crypto.errors import UnusableKeyError, UnusablePasswordError
    from asciichat.lan.errors import LanError

    try:
        yield
    except CallError as error:
        raise CommandError(as_sentence(error), error.exit_code) from error
    except media.MediaError as error:
        code = next(code for kind, code in _MEDIA_CODES if isinstance(error, kind))
        raise CommandError(str(error), code) from error
    except (UnusableKeyError, UnusablePasswordError, LanError) as error:
        raise CommandError(str(error), int(error.code)) from error


def need_extra(option: str, module: str, extra: str) -> None:
    """Refuse an option that needs what is not installed.

    Raises
    ------
    CommandError
        There is no such module.
    """
    if find_spec(module) is None:
        raise CommandError(
            f"{option} needs {module}: install it with `pip install asciichat[{extra}]`.", USAGE
        )


def as_sentence(message: object) -> str:
    """A message with a capital at the beginning and a full stop at the end."""
    text = str(message)
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else f"{text}."
