"""Stored results: small JSON files in bench/results/, each with the machine and the versions it was measured with."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import subprocess
from pathlib import Path
from typing import Any

from bench.core import ROOT, compiler_of, library

FOLDER = ROOT / "bench" / "results"
WORSE = 0.10
"""By so much a figure may be worse than the one before."""


def machine() -> dict[str, Any]:
    """What this was measured on."""
    model = "unknown processor"
    if (info := Path("/proc/cpuinfo")).exists():
        models = [
            line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line
        ]
        model = models[0] if models else model
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": model,
        "processors": os.cpu_count(),
        "architecture": platform.machine(),
        "memory_gib": round(memory),
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
        "compiler": compiler_of(library()),
        "python": platform.python_version(),
        "asciichat": importlib.metadata.version("asciichat"),
        "load": round(os.getloadavg()[0], 1),
    }


def save(name: str, rows: Any) -> None:
    """Store what was measured now."""
    FOLDER.mkdir(exist_ok=True)
    content = {"machine": machine(), "rows": rows}
    (FOLDER / f"{name}.json").write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def load(name: str) -> dict[str, Any] | None:
    """What is stored."""
    path = FOLDER / f"{name}.json"
    found: dict[str, Any] | None = json.loads(path.read_text()) if path.exists() else None
    return found


def committed(name: str) -> dict[str, Any] | None:
    """What was stored before: as it is in the last commit; None outside a repository."""
    command = ["git", "-C", str(ROOT), "show", f"HEAD:bench/results/{name}.json"]
    try:
        shown = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    found: dict[str, Any] = json.loads(shown.stdout)
    return found
