"""Make the tables and plots of the documentation: ``python -m bench.report [FILE...]``.

FILEs are what pytest-benchmark wrote (``--benchmark-json``); what is needed of them is stored in bench/results/ first, one
file for each module of benchmarks. Then every table between ``<!-- NAME -->`` and ``<!-- end of NAME -->`` is made anew
from what is stored, and each plot. At last the figures are compared with those of the last commit, measured on the same
kind of machine: what became over 10 % worse is named, and the status is 1.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cyclopts import App

from bench.core import ROOT
from bench.results import FOLDER, WORSE, committed, load, save
from bench.tables import TABLES

app = App(name="bench.report", help=__doc__, help_format="plaintext")

PAGES = ("performance.md", "rendering.md")
WORSE_IF_MORE = ("server_cpu_percent", "server_private_mib_per_client", "kilobytes_per_s", "min")
WORSE_IF_LESS = ("fps_worst", "sounds_per_s_worst")
Rows = list[dict[str, Any]]


def reduce(files: tuple[Path, ...]) -> dict[str, Rows]:
    """What is kept of pytest-benchmark's files, by module."""
    found: dict[str, Rows] = defaultdict(list)
    for file in files:
        for run in json.loads(file.read_text())["benchmarks"]:
            module = Path(run["fullname"].partition("::")[0]).stem.removeprefix("test_")
            if run["name"].startswith("test_raster["):
                if "160x45" not in run["name"] or "640x480" not in run["name"]:
                    continue  # the table is of one size
                module = "looks"
            found[module].append(
                {
                    "name": run["name"],
                    "params": run["params"] or {},
                    "min": float(f"{run['stats']['min']:.4g}"),
                    "extra": run["extra_info"],
                }
            )
    return found


def about(machine: dict[str, Any]) -> str:
    """Where something was measured, in a line."""
    return (
        f"{machine['processors']} × {machine['processor']}, {machine['memory_gib']} GiB, {machine['system']},"
        f" {machine['compiler']}, CPython {machine['python']}, asciichat {machine['asciichat']}; load {machine['load']}."
    )


def insert(page: str, name: str, lines: list[str]) -> str:
    """The page with these lines between the marks of that name."""
    part = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
    return part.sub(lambda marks: marks[1] + "\n".join(lines) + "\n" + marks[2], page)


def comparable(now: dict[str, Any], before: dict[str, Any]) -> bool:
    """Measured with the same processor, compiler and interpreter?"""

    def kind(machine: dict[str, Any]) -> tuple[Any, ...]:
        versions = (machine["compiler"].partition(".")[0], machine["python"].rpartition(".")[0])
        return (machine["processor"], machine["processors"], *versions)

    return kind(now["machine"]) == kind(before["machine"])


def worse(now: Rows, before: Rows) -> Iterator[str]:
    """What became worse by more than it may, in words."""

    def key(row: dict[str, Any]) -> str:
        return str(row.get("label") or row["name"])

    known = {key(row): row for row in before}
    for row in now:
        for what in (*WORSE_IF_MORE, *WORSE_IF_LESS):
            old, new = known.get(key(row), {}).get(what), row.get(what)
            if not old or new is None:
                continue
            change = new / old - 1
            if (change if what in WORSE_IF_MORE else -change) > WORSE:
                yield f"{key(row)}: {what} {old:.4g} → {new:.4g} ({change:+.0%})"


@app.default
def report(*files: Path) -> None:
    """Store, make tables and plots, compare."""
    for module, rows in reduce(files).items():
        save(module, rows)
    stored = {path.stem: load(path.stem) for path in sorted(FOLDER.glob("*.json"))}
    for page in PAGES:
        path = ROOT / "docs" / page
        text = path.read_text()
        for name, (result, make) in TABLES.items():
            if (content := stored.get(result)) is not None:
                text = insert(text, name, [*make(content["rows"]), "", about(content["machine"])])
        path.write_text(text)
    try:
        from bench.plots import PLOTS
    except ImportError as error:
        print(f"no plots: {error} (pip install asciichat[bench])")
    else:
        for result, draw in PLOTS.items():
            if (content := stored.get(result)) is not None:
                draw(content["rows"])
    found = []
    for name, content in stored.items():
        before = committed(name)
        if content is None or before is None or name == "instructions":  # these have a check of their own
            continue
        if not comparable(content, before):
            print(f"{name}: not compared, it was measured on another kind of machine before")
            continue
        # An idle processor wakes later than a busy one, and a busy one is shared: the load says whether to measure again.
        loads = f"load {before['machine']['load']} → {content['machine']['load']}"
        found += [f"{name} ({loads}): {what}" for what in worse(content["rows"], before["rows"])]
    if found:
        sys.exit("over 10 % worse than in the last commit:\n" + "\n".join(found))


if __name__ == "__main__":
    app()
