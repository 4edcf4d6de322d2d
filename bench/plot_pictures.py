"""Make the tables of docs/performance.md: ``python -m bench.plot_pictures FILE...``.

The files are what pytest-benchmark wrote (``--benchmark-json``) for bench/test_picture_peers.py, bench/test_picture_bytes.py
and, with one source and one screen, bench/test_pictures.py. Prints Markdown.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from .picture_peers import PEERS

Run = dict[str, Any]


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
        least = row[ours]["stats"]["min"]
        ratios = (
            f"{row[name]['stats']['min'] / least:,.0f} ({row[name]['extra_info']['bytes'] / 1000:.0f} KB)"
            if name in row
            else "–"
            for name in others
        )
        size_of_ours = row[ours]["extra_info"]["bytes"] / 1000
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
        values = []
        for scene in scenes:
            info = row[scene]["extra_info"]
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
            f"{row[color]['stats']['min'] * 1e6:.0f} µs, {row[color]['extra_info']['bytes'] / 1000:.0f} KB"
            for color in colors
        )
        yield f"| {mode} | {' | '.join(costs)} |"


def main(files: Sequence[str]) -> None:
    """Print the tables of what is in the files."""
    runs = [run for file in files for run in json.loads(Path(file).read_text())["benchmarks"]]
    tables = {"test_scaling_and_drawing": peers, "test_bytes_of_a_scene": sizes, "test_raster": looks}
    for test, make in tables.items():
        chosen = [run for run in runs if run["name"].startswith(f"{test}[")]
        if chosen:
            print(*make(chosen), "", sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
