"""The compiled core that is installed, and C programs linked with it."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import asciichat

ROOT = Path(__file__).parent.parent


def library() -> Path:
    """Where it is."""
    beside = Path(asciichat.__file__).parent / "_core"
    found = next(beside.glob("libasciichat_core.*"), None)
    if found is None:  # an editable installation keeps compiled files in site-packages
        from asciichat._core import mix

        found = next(Path(mix.__file__).parent.glob("libasciichat_core.*"))
    return found


def compiler_of(path: Path) -> str:
    """What compiled a library, as it says itself: "gcc 12.2.0"."""
    content = path.read_bytes()
    for name, said in (("clang", rb"clang version ([\d.]+)"), ("gcc", rb"GCC: \([^)]*\) ([\d.]+)")):
        if found := re.search(said, content):
            return f"{name} {found[1].decode()}"
    return "unknown"


def build(source: str, program: Path) -> Path:
    """Compile a program of bench/ and link it with the core."""
    core = library()
    compiler = [os.environ.get("CC", "cc"), "-std=gnu11", "-O2", f"-I{ROOT / 'src' / '_core'}"]
    link = [str(core), f"-Wl,-rpath,{core.parent}", "-lm", "-o", str(program)]
    subprocess.run([*compiler, str(ROOT / "bench" / source), *link], check=True)
    return program
