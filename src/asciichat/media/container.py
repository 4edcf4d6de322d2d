"""What PyAV plays, opened the same way with each of its versions."""

from __future__ import annotations

from typing import Any, Final

import av
from av.container import InputContainer

_TOLERANT: Final[dict[str, Any]] = (
    {"metadata_errors": "ignore"} if int(av.__version__.partition(".")[0]) < 19 else {}
)
"""A title in another encoding than UTF-8 keeps no song from being played. PyAV 19 knows that by itself."""


def open_input(source: object, **options: Any) -> InputContainer:
    """Open something to read.

    Parameters
    ----------
    source
        A name, an address, or a file object.
    options
        Further ones of `av.open`.

    Raises
    ------
    av.error.FFmpegError, OSError, ValueError
        As `av.open` does.
    """
    container: InputContainer = av.open(source, mode="r", **_TOLERANT, **options)
    return container
