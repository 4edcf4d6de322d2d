"""Two network namespaces with a slow link between them, made and removed by the test that needs them."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

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
def slow_link(rate: str, *, burst: str = "4kb", latency: str = "100ms") -> Iterator[Link]:
    """A link that carries so much both ways (tc's token bucket), with so much room before it."""
    need("tc")
    names = [f"asciichat-{os.getpid()}-{side}" for side in ("server", "client")]
    try:
        try:
            for name in names:
                _run("ip", "netns", "add", name)
            _run(
                "ip", "-n", names[0], "link", "add", "name", "link0", "type", "veth",
                "peer", "name", "link0", "netns", names[1],
            )  # fmt: skip
            for name, address in zip(names, (SERVER, CLIENT), strict=True):
                _run("ip", "-n", name, "address", "add", f"{address}/24", "dev", "link0")
                for device in ("lo", "link0"):
                    _run("ip", "-n", name, "link", "set", device, "up")
                # Segments as they are on a wire, not 64 KiB at a time.
                if shutil.which("ethtool"):
                    _run("ip", "netns", "exec", name, "ethtool", "-K", "link0", "tso", "off", "gso", "off")
                _run(
                    "tc", "-n", name, "qdisc", "add", "dev", "link0", "root", "tbf",
                    "rate", rate, "burst", burst, "latency", latency,
                )  # fmt: skip
        except subprocess.CalledProcessError as error:
            pytest.skip(f"no slow link: {' '.join(error.cmd)}: {error.stderr.strip()}")
        yield Link(*(("ip", "netns", "exec", name) for name in names))  # type: ignore[arg-type]
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)
