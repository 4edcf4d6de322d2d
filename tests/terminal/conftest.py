"""Scripts on pseudo-terminals."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pseudo_terminal import Terminal


@pytest.fixture
def run_on_terminal() -> Iterator[Callable[..., Terminal]]:
    """Start a Python script on a new pseudo-terminal."""
    started: list[Terminal] = []

    def run(script: str, *args: int, **options: Any) -> Terminal:
        started.append(Terminal([sys.executable, "-c", textwrap.dedent(script)], *args, **options))
        return started[-1]

    yield run
    for terminal in started:
        terminal.close()
