"""Joins a call and shows the time in it: python examples/clock_bot.py [HOST [PORT]]"""

import argparse
import contextlib
import sys
import time

import numpy as np

import asciichat

DIGITS = {
    "0": "75557", "1": "26227", "2": "71747", "3": "71717", "4": "55711", "5": "74717",
    "6": "74757", "7": "71111", "8": "75757", "9": "75717", ":": "02020",
}  # fmt: skip
"""Five rows of three pixels each: an octal digit a row."""


def clock_face(text: str, scale: int = 8) -> np.ndarray:
    """The text in large digits, amber on black: uint8[height, width, 3]."""
    dots = np.zeros((7, 4 * len(text) + 1), np.uint8)
    for place, character in enumerate(text):
        for row, pixels in enumerate(DIGITS[character]):
            for column, pixel in enumerate(f"{int(pixels):03b}"):
                dots[1 + row, 1 + 4 * place + column] = pixel == "1"
    return np.kron(dots[:, :, None] * np.array([255, 191, 0], np.uint8), np.ones((scale, scale, 1), np.uint8))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("host", nargs="?", default="localhost")
    parser.add_argument("port", nargs="?", type=int, default=27224)
    options = parser.parse_args()
    with asciichat.connect(options.host, options.port, name="clock", audio=False) as call:
        while True:
            call.send_video(clock_face(time.strftime("%H:%M:%S")))
            time.sleep(1 - time.time() % 1)  # until the next second begins


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        try:
            main()
        except asciichat.CallError as error:
            sys.exit(str(error))
