"""People in a call whom nothing may disturb, in a process of their own: they send pictures and sound, and count what comes.

    python -m tests.chaos.watchers PORT COUNT [watch]

Their first line says that all are in; every line written to them is answered with a line of their figures.
Between them they send 200 small pictures a second, so that every tick of the server has a new one: 60 a second are due to
everybody, whatever others do, and 50 packets of sound. With `watch` they send nothing.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from bench.load import Feeder, LoadClient

PICTURES = 200
"""A second, from all of them."""


def figures(people: list[LoadClient]) -> dict[str, Any]:
    """What each has received until now, and the longest gaps in it since the figures before."""
    result = {
        "time": time.monotonic(),
        "pictures": [person.peer.counts()["pictures_in"] for person in people],
        "sounds": [person.peer.counts()["sounds_in"] for person in people],
        "picture_gap": [person.peer.counts()["picture_gap_ns"] / 1e9 for person in people],
        "sound_gap": [person.peer.counts()["sound_gap_ns"] / 1e9 for person in people],
        "ends": [person.end for person in people],
    }
    for person in people:
        person.peer.reset_gaps()
    return result


def main() -> None:
    """Stay until standard input closes."""
    port, count = int(sys.argv[1]), int(sys.argv[2])
    sends = sys.argv[3:] != ["watch"]
    people = [
        LoadClient(("127.0.0.1", port), number, columns=60, rows=18, size=(48, 36), sends=sends)
        for number in range(count)
    ]
    feeder = Feeder(people if sends else [], max(1, PICTURES // count))
    if sends:
        feeder.start()
    time.sleep(1.0)
    print(json.dumps(figures(people)), flush=True)
    for _ in sys.stdin:
        print(json.dumps({**figures(people), "feeder_late": feeder.late}), flush=True)
        feeder.late = 0.0
    if sends:
        feeder.stop()
    for person in people:
        person.close()


if __name__ == "__main__":
    main()
