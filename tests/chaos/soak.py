"""A call that lasts, with faults at random, and what the server's memory does meanwhile:

    python -m tests.chaos.soak --seconds 1800 --clients 9 --seed 1

It prints the slope of the memory with its confidence interval, whether the numbers of threads and descriptors stayed what
they were, and what the people in the call got. It ends with 1 when something was left, or when the memory grew.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import json
import math
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, ClassVar

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "call"))

from faults import FAULTS
from world import DUE, SOUNDS, World, world

BLOCKS = 30
"""Neighbouring samples depend on each other; the means of so many blocks hardly do."""
T_95 = 2.05
"""Student's t for 95 % and BLOCKS - 2 degrees of freedom."""
WINDOW = 10.0
"""Seconds over which is counted what people get."""
WARM = 0.5
"""Of the time, until caches and allocators have reached their size: that takes some thousand visits."""


def slope(times: list[float], values: list[float]) -> tuple[float, float]:
    """Least squares through the means of BLOCKS blocks: units a second, and half of its 95 % confidence interval."""
    if len(times) < BLOCKS:
        return math.nan, math.nan  # too short a run
    size = len(times) / BLOCKS
    blocks = [slice(round(i * size), max(round(i * size) + 1, round((i + 1) * size))) for i in range(BLOCKS)]
    x = [sum(times[b]) / len(times[b]) for b in blocks]
    y = [sum(values[b]) / len(values[b]) for b in blocks]
    x_mean, y_mean = sum(x) / BLOCKS, sum(y) / BLOCKS
    spread = sum((each - x_mean) ** 2 for each in x)
    rise = sum((a - x_mean) * (b - y_mean) for a, b in zip(x, y, strict=True)) / spread
    rest = sum((b - y_mean - rise * (a - x_mean)) ** 2 for a, b in zip(x, y, strict=True))
    return rise, T_95 * math.sqrt(rest / (BLOCKS - 2) / spread)


class Soak:
    """One run."""

    due: ClassVar = {"pictures": DUE, "sounds": SOUNDS}

    def __init__(self, call: World, clients: int, seed: int) -> None:
        self.call = call
        self.clients = clients
        self.chance = random.Random(seed)
        self.samples: list[dict[str, Any]] = []
        self.windows: list[dict[str, float]] = []
        self.faults: collections.Counter[str] = collections.Counter()

    def run(self, seconds: float) -> None:
        """Have faults come for so long."""
        self.warm_up()
        before = self.call.figures()
        time.sleep(WINDOW)
        after = self.call.figures()
        self.usual = self.share(before, after)
        before, begun = after, time.monotonic()
        while (at := time.monotonic() - begun) < seconds:
            name = self.chance.choice(list(FAULTS))
            try:
                FAULTS[name](self.call.port, self.chance)
            except (OSError, AssertionError) as error:
                # An attacker whose call did not come about, on a machine that is busy: the server is judged elsewhere.
                self.faults[f"{name}: {type(error).__name__}"] += 1
            self.faults[name] += 1
            state = self.call.tell("state", guests=self.clients)
            if state["wrong"]:
                raise AssertionError(f"after {name}: {state['wrong']}")
            if at > WARM * seconds:
                self.samples.append({"at": time.monotonic() - begun, **state})
            after = self.call.figures()
            if after["time"] - before["time"] >= WINDOW:
                self.windows.append(self.share(before, after))
                before = after
            assert after["ends"] == [None] * self.clients, after["ends"]

    def warm_up(self) -> None:
        """Each fault once: what a server loads with the first of its kind, as FFmpeg with the first encoded picture, it has
        from then on."""
        for fault in FAULTS.values():
            with contextlib.suppress(OSError, AssertionError):
                fault(self.call.port, random.Random(0))
        self.call.tell("state", guests=self.clients, patience=30.0)

    def share(self, before: dict[str, Any], after: dict[str, Any]) -> dict[str, float]:
        """What the worst of them got of what was due to everybody."""
        took = after["time"] - before["time"]
        return {
            what: min(b - a for a, b in zip(before[what], after[what], strict=True)) / (took * due)
            for what, due in self.due.items()
        }

    def report(self, seconds: float) -> bool:
        """Print the figures; False when something is left."""
        times = [sample["at"] for sample in self.samples]
        good = True
        print(f"faults: {sum(self.faults.values())}: {dict(sorted(self.faults.items()))}")
        counters = {k: v for k, v in self.samples[-1]["counters"].items() if v}
        print(f"counters: {json.dumps(counters)}")
        for what in ("threads", "descriptors", "half_open"):
            values = collections.Counter(sample[what] for sample in self.samples)
            good &= len(values) == 1
            print(f"{what}: {'always' if len(values) == 1 else 'NOT always'} {dict(values)}")
        for what in ("resident", "allocated"):
            values = [float(sample[what]) for sample in self.samples]
            rise, error = slope(times, values)
            # Without a trend, or one that would not add 1 % an hour.
            grows = rise - error > 0 and rise * 3600 > 0.01 * values[0]
            good &= not (grows and seconds >= 600)
            print(
                f"{what}: {values[0] / 2**20:.2f} MiB at first, {values[-1] / 2**20:.2f} at last, slope "
                f"{rise * 60 / 1024:+.2f} ± {error * 60 / 1024:.2f} KiB a minute (95 %){', GROWS' if grows else ''}"
            )
        for what in ("pictures", "sounds"):
            shares = [window[what] for window in self.windows] or [math.nan]
            print(
                f"{what}: of {self.due[what]:g} a second the worst of {self.clients} got, in windows of {WINDOW:g} s, "
                f"{min(shares):.4f} at least, {sum(shares) / len(shares):.4f} in the mean; "
                f"{self.usual[what]:.4f} without faults"
            )
        dropped = sum(client["counts"]["sounds_dropped"] for client in self.samples[-1]["clients"])
        print(f"sound packets dropped: {dropped}")
        return good and dropped == 0


def main() -> int:
    """Run, and say how it went."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--clients", type=int, default=9)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="where to leave the samples")
    arguments = parser.parse_args()
    print(
        f"{arguments.clients} clients, {arguments.seconds:g} s of faults, --seed {arguments.seed}", flush=True
    )
    # glibc counts what its threads keep back for themselves as allocated: let them keep nothing.
    environment = {**os.environ, "GLIBC_TUNABLES": "glibc.malloc.tcache_count=0"}
    with world(arguments.clients, stderr=subprocess.DEVNULL, env=environment) as call:
        soak = Soak(call, arguments.clients, arguments.seed)
        soak.run(arguments.seconds)
        if arguments.json is not None:
            arguments.json.write_text(json.dumps({"samples": soak.samples, "windows": soak.windows}))
        good = soak.report(arguments.seconds)
    print("nothing is left" if good else "SOMETHING IS LEFT")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
