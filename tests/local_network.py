"""A local network of two computers, made and removed by the test that needs it: nothing of a test reaches the real one.

It is two network namespaces with a cable between them. An ordinary user may make them too, where the kernel lets it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

HERE, THERE = "10.213.1.1", "10.213.1.2"
"""The addresses of the two."""


@dataclass(frozen=True)
class LocalNetwork:
    """What is put before a command to run it on one computer or the other."""

    here: tuple[str, ...]
    there: tuple[str, ...]
    second: int
    """The process that holds the other computer."""

    def plug_in(self) -> None:
        """Put the cable in."""
        cable = f"link add lan0 type veth peer name lan0 netns {self.second}"
        _run(*self.here, "ip", *cable.split())
        for computer, address in ((self.here, HERE), (self.there, THERE)):
            _run(*computer, "ip", "address", "add", f"{address}/24", "dev", "lan0")
            _run(*computer, "ip", "link", "set", "lan0", "up")

    def cut(self) -> None:
        """Pull the cable out."""
        _run(*self.here, "ip", "link", "del", "lan0")


@contextlib.contextmanager
def local_network() -> Iterator[LocalNetwork]:
    """Two computers; skips the test where there are none to be had."""
    if sys.platform != "linux":
        pytest.skip("only Linux has network namespaces")
    for tool in ("ip", "unshare", "nsenter"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} (iproute2, util-linux) is not installed")
    with contextlib.ExitStack() as stack:
        own_user = () if os.geteuid() == 0 else ("--user", "--map-root-user")
        as_user = ("--user", "--preserve-credentials") if own_user else ()
        first = stack.enter_context(_namespace("unshare", *own_user, "--net"))
        here = ("nsenter", "--target", str(first), *as_user, "--net")
        second = stack.enter_context(_namespace(*here, "unshare", "--net"))
        there = ("nsenter", "--target", str(second), *as_user, "--net")
        network = LocalNetwork(here, there, second)
        try:
            for computer in (here, there):
                _run(*computer, "ip", "link", "set", "lo", "up")
            network.plug_in()
        except subprocess.CalledProcessError as error:
            pytest.skip(f"no network of namespaces: {' '.join(error.cmd)}: {error.stderr.strip()}")
        yield network


@contextlib.contextmanager
def _namespace(*command: str) -> Iterator[int]:
    """A process that holds a new namespace; its id."""
    # The shell is replaced, so this is the id of who unshared.
    holder = subprocess.Popen(
        [*command, "sh", "-c", "echo $$; exec cat"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        said = holder.stdout.readline()
        if not said:
            pytest.skip(f"no network namespaces: {holder.stderr.read().strip()}")
        yield int(said)
    finally:
        holder.communicate()  # its standard input closed, it ends


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)
