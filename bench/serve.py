"""A server for measuring: ``python -m bench.serve`` prints its port, answers every line with its figures, and serves
until its input closes. With ``--busy`` a Python thread beside the call computes all the time."""

from __future__ import annotations

import json
import sys
import threading

from asciichat.server import Server


def compute() -> None:
    """Hold the GIL as much as a thread can."""
    while True:
        sum(range(10_000))


def main() -> None:
    """Serve until standard input closes."""
    if "--busy" in sys.argv:
        threading.Thread(target=compute, daemon=True).start()
    with Server(("127.0.0.1",), 0, max_clients=32) as server:
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
