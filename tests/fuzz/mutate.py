"""What the Python fuzz targets share: inputs, made from the kept ones by small changes, for as long as wanted; for the same
seed, always the same ones."""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable, Iterator
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


def main(name: str, target: Callable[[bytes], None]) -> None:
    """The command line of a target: feed it changed inputs for some seconds, and say how many."""
    parser = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    until, count = time.monotonic() + options.seconds, 0
    for data in changed(kept(name), options.seed):
        try:
            target(data)
        except BaseException:
            print(f"after {count} inputs: {data!r}", file=sys.stderr)
            raise
        count += 1
        if time.monotonic() >= until:
            break
    print(f"{name}: {count} inputs in {options.seconds:g} s")
