"""The plots of docs/performance.md, from stored results. Needs matplotlib (the bench extra)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np

from .core import ROOT
from .picture_peers import PEERS

Run = dict[str, Any]
IMAGES = ROOT / "docs" / "images"


def save(figure: plt.Figure, name: str) -> None:
    """Write one plot."""
    figure.tight_layout()
    figure.savefig(IMAGES / f"performance-{name}.png", dpi=80, metadata={"Software": None})
    plt.close(figure)


def scale(rows: Sequence[Run]) -> None:
    """CPU, memory and lateness by the number of clients."""
    figure, (cpu, memory, late) = plt.subplots(1, 3, figsize=(12, 3.4))
    clients = [row["clients"] for row in rows]
    for axes, title in (
        (cpu, "CPU, % of one core"),
        (memory, "Memory a client, MiB"),
        (late, "Lateness p99, µs"),
    ):
        axes.set(title=title, xlabel="clients", xticks=clients)
        axes.grid(alpha=0.3)
    server = [row["server_cpu_percent"] for row in rows]
    line = np.polyfit(clients, server, 1)
    cpu.plot(clients, server, "o", label="server")
    cpu.plot(
        clients, np.polyval(line, clients), "-", color="C0", alpha=0.5, label=f"{line[0]:.2f} % a client"
    )
    cpu.plot(clients, [row["load_cpu_percent"] for row in rows], "s", color="grey", label="what loads it")
    memory.plot(clients, [row["server_private_mib_per_client"] for row in rows], "o-")
    for kind, name in (("video", "pictures"), ("audio", "sound")):
        late.plot(clients, [row[f"{kind}_late_p99_us_worst"] for row in rows], "o-", label=name)
    late.axhline(1000, linestyle=":", color="grey")
    for axes in (cpu, memory, late):
        axes.set_ylim(bottom=0)
    cpu.legend()
    late.legend()
    save(figure, "scale")


def peers(rows: Sequence[Run]) -> None:
    """How many times as long the others take, by screen and mode, for the smaller source."""
    taken: dict[str, dict[str, float]] = defaultdict(dict)
    for row in rows:
        given = row["params"]
        if tuple(given["source"]) == (640, 480):
            taken[f"{given['screen'][0]}×{given['screen'][1]}\n{given['mode']}"][given["peer"]] = row["min"]
    ours, *others = PEERS
    figure, axes = plt.subplots(figsize=(10, 3.6))
    places = np.arange(len(taken))
    for i, name in enumerate(others):
        ratios = [by.get(name, np.nan) / by[ours] for by in taken.values()]
        axes.bar(places + 0.2 * (i - 1.5), ratios, 0.2, label=name)
    axes.set(yscale="log", ylabel="times as long as ours", xticks=places)
    axes.set_xticklabels(taken, fontsize=7)
    axes.grid(axis="y", alpha=0.3)
    axes.yaxis.set_major_formatter("{x:.0f}")
    axes.yaxis.set_minor_formatter("{x:.0f}")
    axes.legend(loc="upper left", ncols=4, fontsize=8)
    axes.set_ylim(top=axes.get_ylim()[1] * 1.5)
    save(figure, "peers")


def bandwidth(rows: Sequence[Run]) -> None:
    """What goes to a client."""
    figure, axes = plt.subplots(figsize=(8, 2.8))
    axes.barh([row["label"] for row in rows], [row["kilobytes_per_s"] * 8 / 1000 for row in rows])
    axes.invert_yaxis()
    axes.set(xlabel="Mbit/s to each client")
    axes.grid(axis="x", alpha=0.3)
    save(figure, "bandwidth")


PLOTS = {"scale": scale, "picture_peers": peers, "bandwidth": bandwidth}
"""By the stored result they are made of."""
