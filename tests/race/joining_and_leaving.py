"""Eight people join a call, talk, show something, hang up and come again, all at once. For ThreadSanitizer: `.ci/tsan`
builds the core with it and runs this; on its own it is a small load test.

    python tests/race/joining_and_leaving.py --seconds 60
"""

from __future__ import annotations

import argparse
import faulthandler
import random
import sys
import threading
import time

import numpy as np

import asciichat
from asciichat import Server

PEOPLE = 8


class Person:
    """Comes and goes until told to stop."""

    def __init__(self, number: int, port: int, stop: threading.Event) -> None:
        self._random = random.Random(number)
        self._noise = np.random.default_rng(number)
        self._port = port
        self._stop = stop
        self.visits = self.pictures = 0
        self.failure: BaseException | None = None
        self.thread = threading.Thread(target=self._run, name=f"person-{number}")

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self._visit()
        except BaseException as error:
            self.failure = error

    def _visit(self) -> None:
        size = self._random.choice([(40, 12), (80, 24), (100, 30)])
        mode = self._random.choice(["foreground", "background", "half-block"])
        with asciichat.connect(
            "127.0.0.1", self._port, columns=size[0], rows=size[1], mode=mode, timeout=30.0,
            compress=self._random.random() < 0.5,
        ) as call:  # fmt: skip
            until = time.monotonic() + self._random.uniform(0.2, 2.0)
            while time.monotonic() < until and not self._stop.is_set():
                call.send_video(self._noise.integers(0, 256, (36, 64, 3), np.uint8))
                call.send_audio((self._noise.standard_normal(960) * 0.05).astype(np.float32))
                frame = time.monotonic() + 1 / 30
                while (left := frame - time.monotonic()) > 0:
                    if isinstance(call.next_event(left), asciichat.Picture):
                        self.pictures += 1
        self.visits += 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    seconds = parser.parse_args().seconds
    faulthandler.dump_traceback_later(2 * seconds + 60, exit=True)  # says where it hangs, if it does
    stop = threading.Event()
    with Server(("127.0.0.1",), 0, max_clients=32) as server:
        people = [Person(number, server.port, stop) for number in range(PEOPLE)]
        for person in people:
            person.thread.start()
        until = time.monotonic() + seconds
        while time.monotonic() < until and all(person.failure is None for person in people):
            server.clients()  # somebody watches, too
            server.counters()
            time.sleep(0.05)
        stop.set()
        for person in people:
            person.thread.join()
        counters = server.counters()
    failures = [person.failure for person in people if person.failure is not None]
    visits, pictures = sum(p.visits for p in people), sum(p.pictures for p in people)
    print(f"{visits} visits, {pictures} pictures, {counters['admitted']} admitted; failures: {failures}")
    return 1 if failures or not pictures else 0


if __name__ == "__main__":
    sys.exit(main())
