"""Somebody whose pictures and sound tell when they were made, for those who measure how old they are when they come:

    python -m tests.chaos.beacon PORT

A picture carries the number of its thirtieth of a second of the monotonic clock, as ten bars along its upper edge; a tone
of 60 ms begins with every second.
"""

from __future__ import annotations

import sys
import threading
import time

import numpy as np
from bench.load import PICTURES, pictures
from numpy.typing import NDArray

import asciichat

RATE = 30
BITS = 10
WIDTH, HEIGHT = 480, 288
EDGE = HEIGHT // 8
"""Rows of pixels that the bars take."""


def tone() -> NDArray[np.float32]:
    """60 ms."""
    at = np.arange(2880, dtype=np.float32) / 48000
    result: NDArray[np.float32] = 0.5 * np.sin(2 * np.pi * 700 * at).astype(np.float32)
    return result


def main() -> None:
    """Send until standard input closes."""
    films = [
        np.frombuffer(each[24:], np.uint8).reshape(HEIGHT, WIDTH, 3) for each in pictures(WIDTH, HEIGHT, 0)
    ]
    done = threading.Event()
    with asciichat.connect("127.0.0.1", int(sys.argv[1]), columns=20, rows=8) as call:
        print("1", flush=True)

        def speak() -> None:
            number = int(time.monotonic() * 100)
            said = tone()
            while not done.wait(max(0.0, number / 100 - time.monotonic())):
                at = number % 100 * 480
                part = said[at : at + 480]
                call.send_audio(np.concatenate([part, np.zeros(480 - len(part), np.float32)]))
                number += 1

        def show() -> None:
            number = int(time.monotonic() * RATE)
            while not done.wait(max(0.0, number / RATE - time.monotonic())):
                picture = films[number % PICTURES].copy()
                for bit in range(BITS):
                    bar = slice(bit * WIDTH // BITS, (bit + 1) * WIDTH // BITS)
                    picture[:EDGE, bar] = 255 if number >> bit & 1 else 0
                call.send_video(picture)
                number += 1

        threads = [threading.Thread(target=run) for run in (speak, show)]
        threads.append(threading.Thread(target=lambda: [None for _ in call]))
        for thread in threads:
            thread.start()
        sys.stdin.read()
        done.set()
        for thread in threads[:2]:
            thread.join()


if __name__ == "__main__":
    main()
