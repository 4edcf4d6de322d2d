"""What a running process uses, from /proc."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Usage:
    """CPU seconds so far; bytes resident; and of these the ones that only this process has, and has written to."""

    cpu: float
    resident: int
    private: int


def usage(pid: int) -> Usage:
    """Of a process of ours."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    private = 0
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Private_Dirty:"):
            private = int(line.split()[1]) * 1024
    cpu = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return Usage(cpu, int(fields[21]) * os.sysconf("SC_PAGE_SIZE"), private)


class OwnServer:
    """A server that ``bench.serve`` runs in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._in, self._out = process.stdin, process.stdout
        self.pid = process.pid
        self.address = ("127.0.0.1", int(self._out.readline()))

    def ask(self) -> str:
        """Its figures so far: JSON, one object a client."""
        self._in.write("figures\n")
        self._in.flush()
        return self._out.readline()


@contextmanager
def own_server(*options: str, under: str = "") -> Iterator[OwnServer]:
    """A server for the time of a measurement; `under` is a command that runs it, as "nice -n -5" or "chrt -f 10"."""
    command = [*under.split(), sys.executable, "-m", "bench.serve", *options]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield OwnServer(process)  # it ends when its input is closed
