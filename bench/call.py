"""A whole call, measured: ``python -m bench.call --clients 9 --seconds 10``.

Starts a server of its own in another process, or measures any server with ``--server HOST:PORT`` (and ``--pid``
for its CPU and memory). Every client sends pictures and speech and views the call; printed are delivered
frames a second, the longest gaps, bytes both ways, how late the server's render threads ticked, and the CPU and memory
of the server and of the load generator.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from bench.load import Feeder, LoadClient
from bench.process import OwnServer, own_server, usage

app = App(name="bench.call", help=__doc__, help_format="plaintext")

WARM_UP = 2.0
"""Seconds until everybody is in and buffers have their size."""


@Parameter(name="*")
@dataclass
class Clients:
    """What every client of the call does."""

    size: Literal["80x24", "160x45"] = "80x24"
    half_block: bool = False
    source: Literal["320x240", "480x270"] = "320x240"
    fps: int = 30
    still: Annotated[bool, Parameter(help="send a picture in which nothing moves but the camera's noise")] = (
        False
    )
    zstd: bool = False
    changes: Annotated[bool, Parameter(help="take pictures as what changed, as our own clients do")] = False


def measure(
    count: int,
    seconds: float,
    clients: Clients,
    *,
    server: OwnServer | None = None,
    address: tuple[str, int] | None = None,
    pid: int | None = None,
) -> dict[str, object]:
    """The figures of a call of so many clients: with our server, or with whatever serves at an address."""
    if server is not None:
        address, pid = server.address, server.pid
    assert address is not None
    columns, rows = map(int, clients.size.split("x"))
    width, height = map(int, clients.source.split("x"))
    empty = usage(pid) if pid else None
    callers: list[LoadClient] = []
    figures: list[dict[str, dict[str, float]]] = []
    with ExitStack() as stack:
        for number in range(count):
            caller = LoadClient(
                address,
                number,
                columns=columns,
                rows=rows,
                half_block=clients.half_block,
                size=(width, height),
                still=clients.still,
                zstd=clients.zstd,
                changes=clients.changes,
            )
            callers.append(caller)
            stack.callback(caller.close)
        feeder = Feeder(callers, clients.fps)
        feeder.start()
        stack.callback(feeder.stop)
        time.sleep(WARM_UP)
        for caller in callers:
            caller.peer.reset_gaps()
        before, own_before = usage(pid) if pid else None, usage(os.getpid())
        counts = [caller.peer.counts() for caller in callers]
        begun = time.monotonic()
        time.sleep(seconds)
        took = time.monotonic() - begun
        after, own_after = usage(pid) if pid else None, usage(os.getpid())
        ends = [caller.peer.counts() for caller in callers]
        if server is not None:
            figures = json.loads(server.ask())
        lost = [caller.end for caller in callers if caller.end is not None]

    def rates(what: str) -> list[float]:
        return [(end[what] - begin[what]) / took for begin, end in zip(counts, ends, strict=True)]

    result: dict[str, object] = {
        "clients": count,
        "seconds": round(took, 2),
        "view": clients.size,
        "lost": lost,
        "fps_mean": round(sum(rates("pictures_in")) / count, 2),
        "fps_worst": round(min(rates("pictures_in")), 2),
        "picture_gap_ms_worst": round(max(end["picture_gap_ns"] for end in ends) / 1e6, 1),
        "sounds_per_s_worst": round(min(rates("sounds_in")), 2),
        "sound_gap_ms_worst": round(max(end["sound_gap_ns"] for end in ends) / 1e6, 1),
        "kilobytes_per_s": round(sum(rates("bytes_in")) / count / 1e3, 1),
        "kilobytes_sent_per_s": round(sum(rates("bytes_out")) / count / 1e3, 1),
        "feeder_late_ms": round(feeder.late * 1e3, 1),
        "load_cpu_percent": round((own_after.cpu - own_before.cpu) / took * 100, 1),
    }
    if empty is not None and before is not None and after is not None:
        cpu = (after.cpu - before.cpu) / took * 100
        result["server_cpu_percent"] = round(cpu, 1)
        result["server_cpu_percent_per_client"] = round(cpu / count, 2)
        result["server_rss_mib"] = round(after.resident / 2**20, 1)
        result["server_private_mib_per_client"] = round((after.private - empty.private) / 2**20 / count, 2)
    for thread in ("video", "audio"):
        if figures:
            for what in ("p50_us", "p99_us", "max_us", "skipped"):
                result[f"{thread}_late_{what}_worst"] = round(max(f[thread][what] for f in figures), 1)
    return result


@app.default
def call(
    clients: int = 3,
    seconds: float = 10.0,
    *,
    server: str | None = None,
    pid: int | None = None,
    each: Clients | None = None,
    busy: Annotated[bool, Parameter(help="keep a Python thread of our own server busy")] = False,
    under: Annotated[str, Parameter(help="run our own server with this command: nice, chrt, taskset")] = "",
    output: Annotated[Path | None, Parameter(name="--json")] = None,
) -> None:
    """Measure a call of so many clients for so many seconds."""
    each = each or Clients()
    if server is None:
        with own_server(*(["--busy"] if busy else []), under=under) as own:
            result = measure(clients, seconds, each, server=own)
    else:
        host, _, port = server.rpartition(":")
        result = measure(clients, seconds, each, address=(host, int(port)), pid=pid)
    for name, value in result.items():
        print(f"{name:32} {value}")
    if output is not None:
        output.write_text(json.dumps(result, indent=1) + "\n")
    if result["lost"]:
        raise SystemExit(1)


if __name__ == "__main__":
    app()
