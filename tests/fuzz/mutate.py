"""The kept inputs of the Python targets, and others made from them by small changes; for the same seed, always the same
ones."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"


def kept(name: str) -> list[bytes]:
    """The inputs of a corpus, in the order of their names."""
    return [file.read_bytes() for file in sorted((CORPUS / name).iterdir())]


def changed(inputs: list[bytes], seed: int) -> Iterator[bytes]:
    """For ever: the kept inputs with a few bytes flipped, cut, doubled, moved, or joined to one another."""
    dice = random.Random(seed)
    edges = (0, 1, 0x7F, 0x80, 0xFF)
    while True:
        data = bytearray(dice.choice(inputs))
        for _ in range(dice.choice((1, 1, 2, 4, 16))):
            at = dice.randrange(len(data) + 1)
            match dice.randrange(7):
                case 0:
                    data[at : at + 1] = bytes([dice.randrange(256)])
                case 1:
                    data[at : at + 1] = bytes([dice.choice(edges)])
                case 2:
                    del data[at : at + dice.randrange(1, 16)]
                case 3:
                    data[at:at] = data[at : at + dice.randrange(1, 64)]
                case 4:
                    data[at : at + 4] = dice.randrange(2**32).to_bytes(4, dice.choice(("big", "little")))
                case 5:
                    other = dice.choice(inputs)
                    start = dice.randrange(len(other) + 1)
                    data[at:] = other[start:]
                case 6:
                    data[at:at] = dice.randbytes(dice.randrange(1, 9))
            del data[8192:]
        yield bytes(data)
