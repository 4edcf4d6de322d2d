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
from asciichat import ClientSnapshot, Server
from asciichat.server import Limits

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


class Told:
    """What the server's hooks are told."""

    def __init__(self) -> None:
        self.here: set[int] = set()
        self.joins = self.frames = self.samples = 0
        self.strange: list[str] = []

    def joined(self, client: ClientSnapshot) -> None:
        self.joins += 1
        if client.id in self.here:
            self.strange.append("joined twice")
        self.here.add(client.id)

    def left(self, client: ClientSnapshot, reason: str) -> None:
        if client.id not in self.here:
            self.strange.append("left without having joined")
        self.here.discard(client.id)

    def shown(self, client: ClientSnapshot, frame: np.ndarray) -> None:
        self.frames += 1
        # 64 x 36, or smaller of the same shape once it was told that nobody sees it larger.
        height, width, _ = frame.shape
        alike = 0 < height <= 36 and abs(width * 36 - height * 64) <= 64
        if client.id not in self.here or not alike:
            self.strange.append(f"a frame of {frame.shape}")

    def heard(self, client: ClientSnapshot, samples: np.ndarray, missed: int) -> None:
        self.samples += len(samples)
        if client.id not in self.here or not np.abs(samples).max(initial=0) < 2:
            self.strange.append("sound of nobody, or too loud")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    seconds = parser.parse_args().seconds
    faulthandler.dump_traceback_later(2 * seconds + 60, exit=True)  # says where it hangs, if it does
    stop = threading.Event()
    # All of them come from here, more often than one household may.
    server = Server(("127.0.0.1",), 0, max_clients=32, limits=Limits(exempt=("127.0.0.0/8",)))
    told = Told()
    server.on_join(told.joined)
    server.on_leave(told.left)
    server.on_frame(told.shown, fps=100)
    server.on_sound(told.heard)
    with server:
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
    print(
        f"hooks: {told.joins} joins, {told.frames} frames, {told.samples} samples; strange: {told.strange[:5]}"
    )
    faults = failures or told.strange or told.here or counters["hooks_failed"]
    return 1 if faults or not (pictures and told.joins and told.frames and told.samples) else 0


if __name__ == "__main__":
    sys.exit(main())
