"""What the kernels cost in instructions, which is the same in every run: ``python -m bench.instructions``.

valgrind runs the kernels of the installed core (bench/kernels.c) in their scalar form and in that for AVX2; it has no
AVX-512. ``--check`` fails when one takes over 5 % more than what is stored in bench/results/instructions.json, and
``--store`` stores what was counted. Only counts of one major version of one compiler, on one kind of processor, compare.
"""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from bench import results
from bench.core import build, compiler_of, library

LEVELS = ("scalar", "avx2")
CALLS = 10
"""What bench/kernels.c does of each."""
TOLERANCE = 0.05
MISSING = 77
"""Status of a program whose instruction set is not there."""

app = App(name="bench.instructions", help=__doc__, help_format="plaintext")


@dataclass(frozen=True)
class Counts:
    """Instructions of one call of each kernel, by instruction set."""

    compiler: str
    machine: str
    instructions: dict[str, dict[str, float]]

    def comparable(self, other: Counts) -> bool:
        """Of the same major version of the same compiler?"""
        ours, theirs = self.compiler.partition("."), other.compiler.partition(".")
        return (ours[0], self.machine) == (theirs[0], other.machine)


def count(program: Path, level: str, work: Path, wasteful: str = "") -> dict[str, float] | None:
    """Instructions of one call of each kernel; None where there is no such instruction set."""
    command = [
        "valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={work}/{level}",
        "--toggle-collect=kernel_*", "--dump-before=note", str(program), level, *([wasteful] if wasteful else []),
    ]  # fmt: skip
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if ended.returncode == MISSING:
        return None
    ended.check_returncode()
    # Two parts for each kernel: the first call, and those that count.
    return {
        name: int(re.findall(r"^totals: (\d+)", (work / f"{level}.{2 * i}").read_text(), re.MULTILINE)[0])
        / CALLS
        for i, name in enumerate(ended.stdout.split(), 1)
    }


def measure(wasteful: str = "") -> Counts:
    """Of the installed core. `wasteful` names a kernel that is to do a tenth more than it should."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        program = build("kernels.c", work / "kernels")
        counted = {level: count(program, level, work, wasteful) for level in LEVELS}
    return Counts(
        compiler_of(library()),
        platform.machine(),
        {level: of for level, of in counted.items() if of is not None},
    )


def stored() -> Counts | None:
    """What was counted last."""
    found = results.load("instructions")
    if found is None:
        return None
    return Counts(found["machine"]["compiler"], found["machine"]["architecture"], found["rows"])


def more(now: Counts, before: Counts) -> dict[tuple[str, str], float]:
    """How much more each takes, as a ratio to what it took; those that both have."""
    return {
        (level, kernel): taken / before.instructions[level][kernel] - 1
        for level, kernels in now.instructions.items()
        for kernel, taken in kernels.items()
        if before.instructions.get(level, {}).get(kernel)
    }


@app.default
def main(
    *,
    check: Annotated[
        bool, Parameter(negative="", help="fail when a kernel takes over 5 % more than before")
    ] = False,
    store: Annotated[bool, Parameter(negative="", help="store what was counted")] = False,
) -> None:
    """Count, print, and compare with what is stored."""
    if shutil.which("valgrind") is None:
        sys.exit("valgrind is not installed: there is nothing to count with")
    now = measure()
    before = stored()
    comparable = before is not None and now.comparable(before)
    ratios = more(now, before) if before is not None and comparable else {}
    print(f"instructions a call, {now.compiler}, {now.machine}")
    for level, kernels in now.instructions.items():
        for kernel, taken in kernels.items():
            change = f"{ratios[level, kernel]:+8.1%}" if (level, kernel) in ratios else ""
            print(f"{level:8} {kernel:24} {taken:12,.0f} {change}")
    if store:
        results.save("instructions", now.instructions)
    elif check and before is not None and not comparable:
        print(f"not compared: what is stored is of {before.compiler}, {before.machine}")
    elif check:
        slower = [f"{kernel} ({level}) {by:+.1%}" for (level, kernel), by in ratios.items() if by > TOLERANCE]
        if slower:
            sys.exit(f"takes over {TOLERANCE:.0%} more instructions than before: {', '.join(slower)}")
        print(f"none of {len(ratios)} takes over {TOLERANCE:.0%} more than before")


if __name__ == "__main__":
    app()
