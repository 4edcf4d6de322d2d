"""The library of faults (faulty.c): compiled for a run of the tests."""

from __future__ import annotations

import ctypes
import functools
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@functools.cache
def library() -> Path:
    """Where the compiled library is; skips the test where there is no compiler, or no Linux."""
    compiler = shlex.split(os.environ.get("CC", "cc"))
    if sys.platform != "linux":
        pytest.skip("the library of faults knows Linux only")
    if shutil.which(compiler[0]) is None:
        pytest.skip(f"there is no C compiler ({compiler[0]}) for the library of faults")
    # Only as long as this process lives: the library itself may be loaded by others meanwhile.
    place = tempfile.TemporaryDirectory(prefix="asciichat-faults-")
    _places.append(place)
    result = Path(place.name) / "faulty.so"
    source = Path(__file__).with_suffix(".c")
    command = [*compiler, "-O1", "-shared", "-fPIC", "-o", str(result), str(source), "-ldl"]
    subprocess.run(command, check=True)
    return result


_places: list[tempfile.TemporaryDirectory[str]] = []


def core() -> ctypes.CDLL:
    """The compiled core, as it is loaded."""
    for line in Path("/proc/self/maps").read_text().splitlines():
        if "libasciichat_core" in line:
            return ctypes.CDLL(line.split(maxsplit=5)[5])
    raise RuntimeError("the core is not loaded")


SODIUM, ZSTD, OPUS = "ac_sodium_api", "ac_zstd_api", "ac_opus_api"


@contextmanager
def stand_in(table: str, member: int) -> Iterator[ctypes.CDLL]:
    """A foreign function of the core goes through the library of faults: its number in a table of codec.h.

    Yields the library; `faulty_keep_busy(thread)` keeps a thread in there.
    """
    faults = ctypes.CDLL(str(library()))
    functions = (ctypes.c_void_p * (member + 1)).in_dll(core(), table)
    original = functions[member]
    faults.faulty_stand_in_for(ctypes.c_void_p(original))
    functions[member] = ctypes.cast(faults.faulty_call, ctypes.c_void_p).value
    try:
        yield faults
    finally:
        faults.faulty_keep_busy(ctypes.c_long(0))
        functions[member] = original
