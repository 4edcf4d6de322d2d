"""From the bytes a terminal sends to the names of keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

ESCAPE: Final = "escape"

_CONTROL: Final = {
    **{code: f"ctrl-{chr(code + 0x60)}" for code in range(1, 27)},
    0x08: "backspace", 0x7F: "backspace", 0x09: "tab", 0x0A: "enter", 0x0D: "enter",
}  # fmt: skip
_FINAL: Final = {"A": "up", "B": "down", "C": "right", "D": "left", "H": "home", "F": "end", "Z": "backtab"}
_TILDE: Final = {"1": "home", "3": "delete", "4": "end", "5": "page-up", "6": "page-down"}
_LONGEST: Final = 64
"""Bytes of an unfinished sequence after which it is taken for noise."""
_PASTE_BEGINS: Final = b"\x1b[200~"
_PASTE_ENDS: Final = b"\x1b[201~"
_LONGEST_PASTE: Final = 1 << 16
"""Bytes of a paste that are kept; what follows is left out."""


class Pasted(str):
    """Text that was pasted: no key, whatever it says."""

    __slots__ = ()


class KeyDecoder:
    """Turns the bytes of a terminal into key names: a character, or a word such as "up", "enter", "escape".

    What a terminal with bracketed paste (mode 2004) marks as pasted is one :class:`Pasted`. Sequences that are no keys (a
    terminal's answers, mouse reports) are swallowed.
    """

    def __init__(self) -> None:
        self._pending = b""
        self._paste: bytes | None = None

    @property
    def unfinished(self) -> bool:
        """What came so far may be the Escape key or the beginning of a sequence: only time can tell."""
        return bool(self._pending) or self.pasting

    @property
    def pasting(self) -> bool:
        """A paste has begun and not ended."""
        return self._paste is not None

    def feed(self, data: bytes) -> list[str]:
        """The keys that `data` completes."""
        self._pending += data
        keys: list[str] = []
        while True:
            if self._paste is None:
                keys += self._decode()
            if self._paste is None or not self._take_paste():
                return keys
            keys.append(Pasted(self._paste.decode(errors="replace")))
            self._paste = None

    def timeout(self) -> list[str]:
        """Nothing followed for a while: an unfinished Escape was the key, and an unfinished paste is all there is of it."""
        pending, self._pending = self._pending, b""
        if self._paste is not None:
            text, self._paste = self._paste + pending, None
            return [Pasted(text.decode(errors="replace"))]
        return [ESCAPE] if pending.startswith(b"\x1b") else []

    def _take_paste(self) -> bool:
        """Take in what belongs to a paste; True: that was all of it."""
        assert self._paste is not None
        text, end, rest = self._pending.partition(_PASTE_ENDS)
        if not end:  # its beginning may have come
            kept = next(n for n in range(len(_PASTE_ENDS) - 1, -1, -1) if text.endswith(_PASTE_ENDS[:n]))
            text, rest = text[: len(text) - kept], text[len(text) - kept :]
        self._paste = (self._paste + text)[:_LONGEST_PASTE]
        self._pending = rest
        return bool(end)

    def _decode(self) -> Iterator[str]:
        while self._pending:
            if self._pending.startswith(_PASTE_BEGINS):
                self._pending = self._pending[len(_PASTE_BEGINS) :]
                self._paste = b""
                return
            length, key = _first_key(self._pending)
            if length == 0:
                if len(self._pending) > _LONGEST:
                    self._pending = b""
                return
            self._pending = self._pending[length:]
            if key:
                yield key


def _first_key(data: bytes) -> tuple[int, str | None]:
    """How many bytes the first key takes (0: more must come) and its name, if it has one."""
    first = data[0]
    if first == 0x1B:
        return _escape_sequence(data)
    if first in _CONTROL:
        return 1, _CONTROL[first]
    if first < 0x20:
        return 1, None
    length = 1 if first < 0xC0 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4 if first < 0xF5 else 1
    if len(data) < length:
        return 0, None
    try:
        return length, data[:length].decode()
    except UnicodeDecodeError:
        return 1, None


def _escape_sequence(data: bytes) -> tuple[int, str | None]:
    if len(data) == 1:
        return 0, None
    kind = data[1]
    if kind == 0x1B:
        return 1, ESCAPE
    if kind == 0x4F:  # SS3: one more byte
        return (3, _FINAL.get(chr(data[2]))) if len(data) > 2 else (0, None)
    if kind == 0x5B:  # CSI: parameters, then a final byte
        for place in range(2, len(data)):
            if 0x40 <= data[place] <= 0x7E:
                body = data[2:place].decode("latin-1")
                final = chr(data[place])
                return place + 1, _TILDE.get(body) if final == "~" else _FINAL.get(final)
            if not 0x20 <= data[place] <= 0x3F:
                return place, None
        return 0, None
    if kind in b"P]_^X":  # a string: up to its terminator
        ends = [
            place + length
            for mark, length in ((b"\x1b\\", 2), (b"\x07", 1))
            if (place := data.find(mark, 2)) > 0
        ]
        return (min(ends), None) if ends else (0, None)
    return 2, None  # Alt and a key
