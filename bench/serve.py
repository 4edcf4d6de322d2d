"""A server for measuring: ``python -m bench.serve`` prints its port, answers every line with its figures, and serves
until its input closes. With ``--busy`` a Python thread beside the call computes all the time; ``--cpu-affinity``, ``--nice``
and ``--realtime`` are those of asciichat-server."""

from __future__ import annotations

import argparse
import json
import sys
import threading

from asciichat.server import Scheduling, Server


def compute() -> None:
    """Hold the GIL as much as a thread can."""
    while True:
        sum(range(10_000))


def main() -> None:
    """Serve until standard input closes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--busy", action="store_true")
    parser.add_argument("--cpu-affinity", type=int, nargs="*", default=())
    parser.add_argument("--nice", type=int)
    parser.add_argument("--realtime", action="store_true")
    asked = parser.parse_args()
    if asked.busy:
        threading.Thread(target=compute, daemon=True).start()
    scheduling = Scheduling(frozenset(asked.cpu_affinity), asked.nice, asked.realtime)
    with Server(("127.0.0.1",), 0, max_clients=32, scheduling=scheduling) as server:
        print(server.port, flush=True)
        clients = []
        for _ in sys.stdin:  # each line asks for the figures so far
            clients = [
                {"id": c.id, "counts": c.counts, "video": c.video_lateness, "audio": c.audio_lateness}
                for c in server.clients()
            ]
            print(json.dumps(clients), flush=True)


if __name__ == "__main__":
    main()
