"""Record when packets of sound come: ``python -m bench.arrivals > bench/data/arrivals.txt``.

A sender and a receiver, each its own process, on loopback: 160-byte packets every 20 ms, two at a time as
native clients send them, while one busy process for every processor competes with them. Printed is one line a
packet: microseconds from the first one's coming.
"""

from __future__ import annotations

import multiprocessing
import os
import socket
import time
from multiprocessing.connection import Connection

from cyclopts import App

PACKET = 160
PERIOD = 0.02
app = App(name="bench.arrivals", help=__doc__, help_format="plaintext")


def send(port: int, count: int, burst: int) -> None:
    """Send packets by absolute deadline."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        start = time.monotonic()
        for packet in range(burst, count + 1, burst):
            time.sleep(max(0.0, start + packet * PERIOD - time.monotonic()))
            for _ in range(burst):
                connection.sendall(bytes(PACKET))


def work(stop: Connection) -> None:
    """Be busy, in turns of some ms, until told to stop."""
    while not stop.poll(0):
        sum(range(200_000))


@app.default
def record(seconds: float = 60.0, *, burst: int = 2, busy: bool = True) -> None:
    """Record for so long."""
    count = int(seconds / PERIOD) // burst * burst
    listener = socket.create_server(("127.0.0.1", 0))
    sender = multiprocessing.Process(target=send, args=(listener.getsockname()[1], count, burst))
    pipes = [multiprocessing.Pipe() for _ in range((os.cpu_count() or 1) if busy else 0)]
    workers = [multiprocessing.Process(target=work, args=(end,)) for _, end in pipes]
    for process in (*workers, sender):
        process.start()
    connection, _ = listener.accept()
    times: list[int] = []
    with connection:
        while len(times) < count:
            packet = b""
            while len(packet) < PACKET:
                packet += connection.recv(PACKET - len(packet))
            times.append(time.monotonic_ns())
    for begin, _ in pipes:
        begin.send(None)
    for process in (*workers, sender):
        process.join()
    for moment in times:
        print((moment - times[0]) // 1000)


if __name__ == "__main__":
    app()
