"""What a stream of HEVC says of its pictures before any is decoded (ITU-T H.265, sections 7.3.1 and 7.3.2.2).

FFmpeg makes its tables for the size in a header, tens of megabytes for the largest, before it compares that size with its
limit. A header of a few bytes must not buy that, so sizes are looked at here first.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

# A start code, and the first byte of the header of a sequence parameter set (type 33), of any layer.
_SEQUENCE: Final = re.compile(b"\\x00\\x00\\x01[\\x42\\x43]")
_MOST: Final = 16  # parameter sets a stream can have at a time
_LOOKED_AT: Final = 128  # bytes; what is read of one takes fewer


class Sequence(NamedTuple):
    """A sequence parameter set: what its pictures are."""

    width: int
    height: int
    chroma: int  # 0 none, 1 4:2:0, 2 4:2:2, 3 4:4:4
    depth: int  # bits a sample


def sequences(access_unit: bytes) -> list[Sequence]:
    """Return the sequence parameter sets in an access unit in Annex-B form.

    Raises
    ------
    ValueError
        One is damaged, of a further layer, or there are more than a stream can have.
    """
    found: list[Sequence] = []
    for match in _SEQUENCE.finditer(access_unit):
        if len(found) == _MOST:
            raise ValueError(f"more than {_MOST} headers in one picture")
        start = match.end() - 1
        found.append(_sequence(access_unit[start : start + _LOOKED_AT].replace(b"\0\0\3", b"\0\0")))
    return found


class _Bits:
    """Bits from the highest of the first byte on."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "big")
        self._left = 8 * len(data)

    def take(self, count: int) -> int:
        """The next `count` as a number."""
        self._left -= count
        if self._left < 0:
            raise ValueError("a header is cut short")
        return self._value >> self._left & ((1 << count) - 1)

    def exp_golomb(self) -> int:
        """The next ue(v), of up to 32 bits (section 9.2)."""
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > 32:
                raise ValueError("a header holds a number without end")
        return (1 << zeros) - 1 + self.take(zeros)


def _sequence(nal: bytes) -> Sequence:
    bits = _Bits(nal)
    bits.take(7)
    if bits.take(6):
        raise ValueError("a stream of several layers")
    bits.take(3 + 4)
    _skip_profile(bits, bits.take(3))
    bits.exp_golomb()  # its number
    chroma = bits.exp_golomb()
    if chroma == 3:
        bits.take(1)
    width, height = bits.exp_golomb(), bits.exp_golomb()
    if bits.take(1):
        for _ in range(4):  # what is cut off at the edges
            bits.exp_golomb()
    depth = 8 + max(bits.exp_golomb(), bits.exp_golomb())
    return Sequence(width, height, chroma, depth)


def _skip_profile(bits: _Bits, sub_layers: int) -> None:
    """Read past profile_tier_level, of `sub_layers` + 1 temporal layers (section 7.3.3)."""
    bits.take(1)  # temporal_id_nesting, which stands before it
    bits.take(88 + 8)
    present = [(bits.take(1), bits.take(1)) for _ in range(sub_layers)]
    if sub_layers:
        bits.take(2 * (8 - sub_layers))
    for profile, level in present:
        bits.take(88 * profile + 8 * level)
