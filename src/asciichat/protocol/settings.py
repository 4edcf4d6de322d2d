"""Checking what a caller of the library gives: the parameter is named, and what it may be."""

from __future__ import annotations

from collections.abc import Mapping
from operator import index
from typing import Final, TypeVar

from asciichat.protocol.types import ColorLevel, RenderMode

_Value = TypeVar("_Value")

COLOR_LEVELS: Final = {
    "none": ColorLevel.NONE,
    "16": ColorLevel.COLOR_16,
    "256": ColorLevel.COLOR_256,
    "truecolor": ColorLevel.TRUECOLOR,
}
MODES: Final = {mode.name.lower().replace("_", "-"): mode for mode in RenderMode}


def require_whole(what: str, value: int, least: int, most: int) -> None:
    """Raise TypeError unless `value` is a whole number, ValueError unless it is `least` to `most`."""
    try:
        index(value)
    except TypeError:
        raise TypeError(f"{what} is a whole number, {least} to {most}, not {value!r}") from None
    if not least <= value <= most:
        raise ValueError(f"{what} is {least} to {most}, not {value}")


def require_text(what: str, value: object) -> None:
    """Raise TypeError unless `value` is a str."""
    if not isinstance(value, str):
        raise TypeError(f"{what} is a str, not {value!r}")


def require_signer(what: str, value: object) -> None:
    """Raise TypeError unless `value` is None or can sign: a path, say, is not yet a key."""
    if value is not None and not hasattr(value, "sign"):
        raise TypeError(f"{what} is a key, as asciichat.crypto.load_identity reads it, not {value!r}")


def named(what: str, value: object, names: Mapping[str, _Value]) -> _Value:
    """Return what the name `value` stands for; raise ValueError, which says what names there are."""
    found = names.get(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"no {what} {value!r}: there are {', '.join(names)}")
    return found
