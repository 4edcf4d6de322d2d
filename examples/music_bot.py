"""Joins a call and plays a tune in it, over and over: python examples/music_bot.py [HOST [PORT]]"""

import argparse
import contextlib
import itertools
import sys
import time

import numpy as np

import asciichat

RATE = 48000
BLOCK = 960
"""Samples that are sent at a time: 20 ms."""
TUNE = "C4 D4 E4 C4  C4 D4 E4 C4  E4 F4 G4 -  E4 F4 G4 -"
"""Frère Jacques: a note or a rest (-) a beat."""


def plucked(note: str, seconds: float = 0.5) -> np.ndarray:
    """A note on a plucked string, after Karplus and Strong: float32[seconds * 48000]; "-" is silence."""
    length = round(seconds * RATE)
    if note == "-":
        return np.zeros(length, np.float32)
    semitones = "C D EF G A B".index(note[0]) + 12 * (int(note[1]) - 4) - 9  # from A4, which is 440 Hz
    string = np.linspace(0.4, -0.4, round(RATE / (440 * 2 ** (semitones / 12))))
    periods = []
    for _ in range(length // len(string) + 1):
        periods.append(string)
        string = 0.498 * (string + np.roll(string, 1))  # what is high dies away first
    return np.concatenate(periods)[:length].astype(np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("host", nargs="?", default="localhost")
    parser.add_argument("port", nargs="?", type=int, default=27224)
    options = parser.parse_args()
    tune = np.concatenate([plucked(note) for note in TUNE.split()])
    with asciichat.connect(options.host, options.port, name="music", video=False) as call:
        start = time.monotonic()
        for number in itertools.count():
            at = number * BLOCK % len(tune)
            call.send_audio(tune[at : at + BLOCK])
            # Sound is sent as fast as it is heard: each block has its time, so that no delay adds up.
            time.sleep(max(0.0, start + (number + 1) * BLOCK / RATE - time.monotonic()))


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        try:
            main()
        except asciichat.CallError as error:
            sys.exit(str(error))
