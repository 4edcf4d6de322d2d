"""Two network namespaces with a slow or a bad link between them, made and removed by the test that needs them."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from world import Process

SERVER, CLIENT = "10.213.0.1", "10.213.0.2"


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)


def need(*tools: str) -> None:
    """Skip the test where there are no namespaces to be had."""
    if sys.platform != "linux":
        pytest.skip("only Linux has network namespaces")
    for tool in ("ip", *tools):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} (iproute2) is not installed")
    if os.geteuid() != 0:
        pytest.skip("only root may make network namespaces")
    probe = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=False)
    if probe.returncode:
        pytest.skip(f"no network namespaces: {probe.stderr.strip()}")


@dataclass(frozen=True)
class Link:
    """Where the two ends are; a command with one of these before it runs there."""

    server: tuple[str, ...]
    client: tuple[str, ...]


@contextlib.contextmanager
def _namespaces() -> Iterator[list[str]]:
    names = [f"asciichat-{os.getpid()}-{side}" for side in ("server", "client")]
    try:
        try:
            for name in names:
                _run("ip", "netns", "add", name)
                _run("ip", "-n", name, "link", "set", "lo", "up")
        except subprocess.CalledProcessError as error:
            pytest.skip(f"no network namespaces: {error.stderr.strip()}")
        yield names
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)


def _address(names: list[str]) -> None:
    for name, address in zip(names, (SERVER, CLIENT), strict=True):
        _run("ip", "-n", name, "address", "add", f"{address}/24", "dev", "link0")
        _run("ip", "-n", name, "link", "set", "link0", "up")


def _ends(names: list[str]) -> Link:
    server, client = (("ip", "netns", "exec", name) for name in names)
    return Link(server, client)


@contextlib.contextmanager
def slow_link(rate: str, *, burst: str = "4kb", latency: str = "100ms") -> Iterator[Link]:
    """A link that carries so much both ways (tc's token bucket), with so long a queue before it."""
    need("tc")
    with _namespaces() as names:
        one, other = names
        try:
            _run(
                "ip", "-n", one, "link", "add", "name", "link0", "type", "veth",
                "peer", "name", "link0", "netns", other,
            )  # fmt: skip
            _address(names)
            for name in names:
                # Segments as they are on a wire, not 64 KiB at a time, which the bucket would not let through.
                _run("ip", "-n", name, "link", "set", "link0", "gso_max_segs", "1")
                _run(
                    "tc", "-n", name, "qdisc", "add", "dev", "link0", "root", "tbf",
                    "rate", rate, "burst", burst, "latency", latency,
                )  # fmt: skip
        except subprocess.CalledProcessError as error:
            pytest.skip(f"no slow link: {' '.join(error.cmd)}: {error.stderr.strip()}")
        yield _ends(names)


@contextlib.contextmanager
def bad_link(seed: int, loss: float, delay: float, jitter: float) -> Iterator[tuple[Link, Process]]:
    """A link that loses, delays and reorders (`lossy`); and who carries it: it takes "dead"."""
    need()
    if not os.access("/dev/net/tun", os.R_OK | os.W_OK):
        pytest.skip("there is no /dev/net/tun")
    with _namespaces() as names:
        carrier = Process("lossy", *names, str(seed), str(loss), str(delay), str(jitter))
        try:
            _address(names)
            yield _ends(names), carrier
        finally:
            carrier.close()
