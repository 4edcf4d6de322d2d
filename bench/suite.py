"""Calls of many kinds, one after another: ``python -m bench.suite scale``, ``... calls``.

What was measured is printed, and stored in bench/results/ for ``python -m bench.report``, which makes the tables and
plots of docs/performance.md of it. "scale" also prints how the cost of a client changes with their number.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from cyclopts import App, Parameter

from asciichat._core.codec import OpusDecoder, OpusEncoder
from bench.call import Clients, measure
from bench.process import own_server, usage
from bench.results import save
from bench.tables import growth

app = App(name="bench.suite", help=__doc__, help_format="plaintext")
Row = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """One call to measure."""

    label: str
    clients: int
    each: Clients
    busy: bool = False
    serve: tuple[str, ...] = ()


LARGE: Literal["480x270"] = "480x270"
HALF_BLOCKS = Clients(size="160x45", half_block=True)

SUITES: dict[str, list[Call]] = {
    "scale": [Call(str(n), n, Clients(source=LARGE)) for n in (1, 2, 4, 9, 16, 24, 32)],
    "calls": [
        Call("1", 1, Clients()),
        Call("3", 3, Clients()),
        Call("9", 9, Clients()),
        Call("9, beside a busy Python thread of the server", 9, Clients(), busy=True),
        Call("9, taking changes", 9, Clients(changes=True)),
        Call("9, viewing 160×45 in half blocks", 9, HALF_BLOCKS),
        Call("16", 16, Clients()),
        Call("32", 32, Clients()),
        Call("32, beside a busy Python thread of the server", 32, Clients(), busy=True),
        Call("32, sending 480×270", 32, Clients(source=LARGE)),
        Call("32, sending 480×270, beside a busy Python thread", 32, Clients(source=LARGE), busy=True),
    ],
    "scheduling": [
        Call(" ".join(serve) or "as it is", 32, Clients(source=LARGE), busy=True, serve=serve)
        for serve in ((), ("--nice", "-10"), ("--realtime",), ("--cpu-affinity", "0"))
    ],
    "bandwidth": [
        Call(f"{scene}, {kind}", 3, Clients(still=scene == "still", zstd=zstd, changes=changes))
        for scene in ("moving", "still")
        for kind, zstd, changes in (
            ("native", False, False),
            ("zstd", True, False),
            ("changes", False, True),
            ("changes and zstd", True, True),
        )
    ],
}


def codec_bytes(count: int = 64) -> float:
    """What the Opus encoder and decoder of one client hold, measured by making some: without the stack they use."""
    OpusDecoder().decode(OpusEncoder().encode(np.zeros(960, np.float32)))  # so that all code is there
    before = usage(os.getpid()).private
    pairs = [(OpusEncoder(), OpusDecoder()) for _ in range(count)]
    for encoder, decoder in pairs:
        decoder.decode(encoder.encode(np.sin(np.arange(960, dtype=np.float32) / 9)))
    return (usage(os.getpid()).private - before) / count


@app.default
def suite(
    name: Literal["scale", "calls", "scheduling", "bandwidth"],
    *,
    seconds: float = 6.0,
    only: Annotated[int | None, Parameter(help="calls of at most so many clients")] = None,
    store: bool = True,
) -> None:
    """Measure one suite."""
    codec = round(codec_bytes() / 2**20, 3)
    rows: list[Row] = []
    for call in SUITES[name]:
        if only is not None and call.clients > only:
            continue
        with own_server(*(["--busy"] if call.busy else []), *call.serve) as server:
            row = {
                "label": call.label,
                **measure(call.clients, seconds, call.each, server=server),
                "codec_mib": codec,
            }
        if row["lost"]:
            sys.exit(f"{call.label}: lost {row['lost']}")
        rows.append(row)
        print(
            f"{call.label:48} {row['fps_worst']:6.2f} pictures/s {row['sounds_per_s_worst']:6.2f} sounds/s"
            f" {row['kilobytes_per_s']:8.0f} KB/s, CPU {row['server_cpu_percent']:5.1f} %"
            f" + {row['load_cpu_percent']:5.1f} %,"
            f" {row['server_private_mib_per_client']:.2f} MiB a client,"
            f" p99 {row['video_late_p99_us_worst']:.0f} and {row['audio_late_p99_us_worst']:.0f} us",
            flush=True,
        )
    if name == "scale":
        print(*growth(rows), sep="\n")
    if store and only is None:
        save(name, rows)


if __name__ == "__main__":
    app()
