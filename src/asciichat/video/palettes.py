"""The ramps of characters that stand for luminance."""

from __future__ import annotations

from functools import lru_cache

from asciichat._core.raster import Palette, builtin

PALETTES = ("standard", "blocks", "digital", "minimal", "cool")
"""The built-in palettes' names."""


@lru_cache(maxsize=64)
def palette(name_or_ramp: str) -> Palette:
    """A palette by its name or by its own characters.

    Parameters
    ----------
    name_or_ramp : str
        One of `PALETTES`, or 1 to 255 characters from dark to bright. Every character must take exactly
        one cell.

    Raises
    ------
    ValueError
        When it is neither. The message says which characters cannot be used.

    Examples
    --------
    >>> palette(" .:#").glyph(255)
    '#'
    """
    if name_or_ramp in PALETTES:
        return builtin(name_or_ramp)
    try:
        return Palette(name_or_ramp)
    except ValueError:
        unusable = "".join(dict.fromkeys(c for c in name_or_ramp if not _is_usable(c)))
        if unusable:
            raise ValueError(
                f"a palette's characters must take exactly one cell each, which {unusable!a} do not"
            ) from None
        raise ValueError(
            f"a palette is a name ({', '.join(PALETTES)}) or 1 to 255 characters, not {len(name_or_ramp)}"
        ) from None


def _is_usable(character: str) -> bool:
    try:
        Palette(character)
    except ValueError:
        return False
    return True
