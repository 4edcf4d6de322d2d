"""The tables of the documentation, as Markdown, from stored results."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from .picture_peers import PEERS

Run = dict[str, Any]


def calls(rows: Sequence[Run]) -> Iterator[str]:
    """Whole calls: what came to each, and what it cost."""
    yield (
        "| clients | pictures/s to each, mean (worst client) | longest gap between pictures, ms | sound packets/s (of 50) |"
        " KB/s to each | server CPU, % of one core | load's CPU | server RSS, MiB |"
    )
    yield "|---|---:|---:|---:|---:|---:|---:|---:|"
    for row in rows:
        yield (
            f"| {row['label']} | {row['fps_mean']:.1f} ({row['fps_worst']:.1f}) | {row['picture_gap_ms_worst']:.0f} |"
            f" {row['sounds_per_s_worst']:.1f} | {row['kilobytes_per_s']:,.0f} | {row['server_cpu_percent']:.1f} |"
            f" {row['load_cpu_percent']:.1f} | {row['server_rss_mib']:.0f} |"
        )


def lateness(rows: Sequence[Run]) -> Iterator[str]:
    """How late the render threads ticked."""
    yield "| call | pictures: p50 | p99 | sound: p50 | p99 |"
    yield "|---|---:|---:|---:|---:|"
    for row in rows:
        late = (row[f"{kind}_late_{part}_us_worst"] for kind in ("video", "audio") for part in ("p50", "p99"))
        yield f"| {row['label']} | {' | '.join(f'{us:.0f}' for us in late)} |"


def scale(rows: Sequence[Run]) -> Iterator[str]:
    """What a client costs, by their number."""
    yield (
        "| clients | pictures/s (worst client) | sound packets/s | server CPU, % | a client | load's CPU, % |"
        " memory a client, MiB | p99 lateness, µs: pictures | sound |"
    )
    yield "|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
    for row in rows:
        yield (
            f"| {row['clients']} | {row['fps_worst']:.1f} | {row['sounds_per_s_worst']:.1f} |"
            f" {row['server_cpu_percent']:.1f} | {row['server_cpu_percent_per_client']:.2f} |"
            f" {row['load_cpu_percent']:.1f} | {row['server_private_mib_per_client']:.2f} |"
            f" {row['video_late_p99_us_worst']:.0f} | {row['audio_late_p99_us_worst']:.0f} |"
        )


def growth(rows: Sequence[Run]) -> Iterator[str]:
    """How cost changes with the number of clients, by least squares."""

    def slope(values: Sequence[float]) -> float:
        return float(np.polyfit([row["clients"] for row in rows], values, 1)[0])

    each = [row["server_cpu_percent_per_client"] for row in rows]
    in_all = [row["clients"] * row["server_private_mib_per_client"] for row in rows]
    last, codec = rows[-1], rows[-1]["codec_mib"]
    yield f"- CPU in all: {slope([row['server_cpu_percent'] for row in rows]):.2f} % of a core for each client more"
    yield (
        f"- CPU a client: {min(each):.2f} to {max(each):.2f} % of a core,"
        f" changing by {slope(each):+.3f} % with each client more"
    )
    yield (
        f"- memory: {slope(in_all):.2f} MiB for each client more; {last['server_private_mib_per_client']:.2f} a client with"
        f" {last['clients']} of them, of which {codec:.2f} are its Opus encoder and decoder"
    )


def bandwidth(rows: Sequence[Run]) -> Iterator[str]:
    """What goes to each client, by what it takes."""
    yield "| picture, client | pictures/s | KB/s to each | Mbit/s |"
    yield "|---|---:|---:|---:|"
    for row in rows:
        kilobytes = row["kilobytes_per_s"]
        yield f"| {row['label']} | {row['fps_mean']:.1f} | {kilobytes:,.1f} | {kilobytes * 8 / 1000:.2f} |"


def instructions(rows: Run) -> Iterator[str]:
    """Of each kernel, by instruction set."""
    levels = list(rows)
    yield "| kernel | " + " | ".join(levels) + " |"
    yield "|---|" + "---:|" * len(levels)
    for kernel in rows[levels[0]]:
        counts = (f"{rows[level][kernel]:,.0f}" if kernel in rows[level] else "–" for level in levels)
        yield f"| {kernel.replace('_', ' ')} | {' | '.join(counts)} |"


def peers(runs: Sequence[Run]) -> Iterator[str]:
    """Ours in microseconds, the others in multiples of it: the quickest of each, all of one run."""
    ours, *others = PEERS
    table: dict[tuple[str, str, str], dict[str, Run]] = defaultdict(dict)
    for run in runs:
        given = run["params"]
        size, cells = (f"{side[0]}×{side[1]}" for side in (given["source"], given["screen"]))
        table[size, cells, given["mode"]][given["peer"]] = run
    yield f"| source | cells | mode | {ours}, µs | KB | " + " | ".join(f"{name}, ×" for name in others) + " |"
    yield "|---|---|---|---:|---:|" + "---:|" * len(others)
    for (size, cells, mode), row in table.items():
        least = row[ours]["min"]
        ratios = (
            f"{row[name]['min'] / least:,.0f} ({row[name]['extra']['bytes'] / 1000:.0f} KB)"
            if name in row
            else "–"
            for name in others
        )
        size_of_ours = row[ours]["extra"]["bytes"] / 1000
        yield f"| {size} | {cells} | {mode} | {least * 1e6:.0f} | {size_of_ours:.0f} | {' | '.join(ratios)} |"


def sizes(runs: Sequence[Run]) -> Iterator[str]:
    """Kilobytes of a picture, the scenes side by side."""
    kinds = ("full", "full, zstd", "changes", "changes, zstd")
    table: dict[tuple[str, str, str], dict[str, Run]] = defaultdict(dict)
    for run in runs:
        given = run["params"]
        cells = f"{given['screen'][0]}×{given['screen'][1]}"
        table[cells, given["mode"], given["color"]][given["scene"]] = run
    scenes = list(next(iter(table.values())))
    heads = [f"{scene}: {kind}" for scene in scenes for kind in kinds]
    yield "| cells | mode | colours | " + " | ".join(heads) + " |"
    yield "|---|---|---|" + "---:|" * len(heads)
    for (cells, mode, color), row in table.items():
        if cells != "160×45" and color != "truecolor":
            continue
        values = []
        for scene in scenes:
            info = row[scene]["extra"]
            values += [f"{info[kind] / 1000:.1f}" for kind in kinds]
        yield f"| {cells} | {mode} | {color} | {' | '.join(values)} |"


def looks(runs: Sequence[Run]) -> Iterator[str]:
    """What drawing costs in every mode and colour level: microseconds and kilobytes."""
    table: dict[str, dict[str, Run]] = defaultdict(dict)
    for run in runs:
        table[run["params"]["mode"]][run["params"]["color"]] = run
    colors = list(next(iter(table.values())))
    yield "| mode | " + " | ".join(colors) + " |"
    yield "|---|" + "---:|" * len(colors)
    for mode, row in table.items():
        costs = (
            f"{row[color]['min'] * 1e6:.0f} µs, {row[color]['extra']['bytes'] / 1000:.0f} KB"
            for color in colors
        )
        yield f"| {mode} | {' | '.join(costs)} |"


def kernels(rows: Sequence[Run]) -> Iterator[str]:
    """Kernels one by one, the quickest round of each."""
    yield "| benchmark | µs |"
    yield "|---|---:|"
    for row in rows:
        name = row["name"].removeprefix("test_").replace("[", " [").replace("_", " ")
        yield f"| {name} | {row['min'] * 1e6:,.2f} |"


TABLES: dict[str, tuple[str, Callable[[Any], Iterator[str]]]] = {
    "calls": ("calls", calls),
    "lateness": ("calls", lateness),
    "scale": ("scale", scale),
    "growth": ("scale", growth),
    "bandwidth": ("bandwidth", bandwidth),
    "instructions": ("instructions", instructions),
    "peers": ("picture_peers", peers),
    "bytes": ("picture_bytes", sizes),
    "looks": ("looks", looks),
    "kernels": ("pictures", kernels),
    "transport": ("transport", kernels),
}
"""Parts of the documentation: the stored result of each, and what makes the table of it."""
