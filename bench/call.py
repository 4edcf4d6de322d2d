"""A whole call, measured: ``python -m bench.call --clients 9 --seconds 10``.

Starts a server of its own in another process, or measures any server with ``--server HOST:PORT`` (and ``--pid``
for its CPU and memory). Every client sends pictures and speech and views the call; printed are delivered
frames a second, the longest gaps, how late the server's render threads ticked, and the server's CPU and memory.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from bench.load import Feeder, LoadClient

app = App(name="bench.call", help=__doc__, help_format="plaintext")


@dataclass
class Usage:
    """A process's CPU seconds and resident bytes."""

    cpu: float
    resident: int


def usage(pid: int) -> Usage:
    """Of a running process, from /proc."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    ticks = os.sysconf("SC_CLK_TCK")
    return Usage((int(fields[11]) + int(fields[12])) / ticks, int(fields[21]) * os.sysconf("SC_PAGE_SIZE"))


@app.default
def call(
    clients: int = 3,
    seconds: float = 10.0,
    *,
    server: str | None = None,
    pid: int | None = None,
    size: Literal["80x24", "160x45"] = "80x24",
    half_block: bool = False,
    source: Literal["320x240", "480x270"] = "320x240",
    fps: int = 30,
    zstd: bool = False,
    changes: Annotated[bool, Parameter(help="take pictures as what changed, as our own clients do")] = False,
    busy: Annotated[bool, Parameter(help="keep a Python thread of our own server busy")] = False,
    output: Annotated[Path | None, Parameter(name="--json")] = None,
) -> None:
    """Measure a call of so many clients for so many seconds."""
    columns, rows = map(int, size.split("x"))
    width, height = map(int, source.split("x"))
    own: subprocess.Popen[str] | None = None
    if server is None:
        command = [sys.executable, "-m", "bench.serve", *(["--busy"] if busy else [])]
        own = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert own.stdin is not None
        assert own.stdout is not None
        address = ("127.0.0.1", int(own.stdout.readline()))
        pid = own.pid
    else:
        host, _, port = server.rpartition(":")
        address = (host, int(port))
    empty = usage(pid).resident if pid else 0
    callers: list[LoadClient] = []
    figures: list[dict[str, dict[str, float]]] = []
    try:
        for number in range(clients):
            callers.append(  # noqa: PERF401  who is in must be let go when the next fails
                LoadClient(
                    address,
                    number,
                    columns=columns,
                    rows=rows,
                    half_block=half_block,
                    size=(width, height),
                    zstd=zstd,
                    changes=changes,
                )
            )
        feeder = Feeder(callers, fps)
        feeder.start()
        time.sleep(2.0)  # everybody is in, buffers have their size
        for caller in callers:
            caller.peer.reset_gaps()
        before = usage(pid) if pid else None
        counts = [caller.peer.counts() for caller in callers]
        begun = time.monotonic()
        time.sleep(seconds)
        took = time.monotonic() - begun
        after = usage(pid) if pid else None
        ends = [caller.peer.counts() for caller in callers]
        if own is not None and own.stdin is not None and own.stdout is not None:
            own.stdin.write("figures\n")
            own.stdin.flush()
            figures = json.loads(own.stdout.readline())
        feeder.stop()
    finally:
        lost = [caller.end for caller in callers if caller.end is not None]
        for caller in callers:
            caller.close()
        if own is not None and own.stdin is not None:
            own.stdin.close()
            own.wait(10)
    delivered = [(b["pictures_in"] - a["pictures_in"]) / took for a, b in zip(counts, ends, strict=True)]
    sounds = [(b["sounds_in"] - a["sounds_in"]) / took for a, b in zip(counts, ends, strict=True)]
    received = [(b["bytes_in"] - a["bytes_in"]) / took for a, b in zip(counts, ends, strict=True)]
    result: dict[str, object] = {
        "clients": clients,
        "seconds": round(took, 2),
        "view": size,
        "lost": lost,
        "fps_mean": round(sum(delivered) / clients, 2),
        "fps_worst": round(min(delivered), 2),
        "picture_gap_ms_worst": round(max(e["picture_gap_ns"] for e in ends) / 1e6, 1),
        "sounds_per_s_worst": round(min(sounds), 2),
        "sound_gap_ms_worst": round(max(e["sound_gap_ns"] for e in ends) / 1e6, 1),
        "kilobytes_per_s": round(sum(received) / clients / 1e3, 1),
        "feeder_late_ms": round(feeder.late * 1e3, 1),
    }
    if before is not None and after is not None:
        cpu = (after.cpu - before.cpu) / took * 100
        result["server_cpu_percent"] = round(cpu, 1)
        result["server_cpu_percent_per_client"] = round(cpu / clients, 2)
        result["server_rss_mib"] = round(after.resident / 2**20, 1)
        result["server_rss_mib_per_client"] = round((after.resident - empty) / 2**20 / clients, 2)
    for thread in ("video", "audio"):
        if figures:
            for what in ("p50_us", "p99_us", "max_us", "skipped"):
                result[f"{thread}_late_{what}_worst"] = round(max(f[thread][what] for f in figures), 1)
    for name, value in result.items():
        print(f"{name:32} {value}")
    if output is not None:
        output.write_text(json.dumps(result, indent=1) + "\n")
    if lost:
        raise SystemExit(1)


if __name__ == "__main__":
    app()
