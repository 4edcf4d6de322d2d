"""Waiting for what other threads and programs bring about."""

from __future__ import annotations

import time
from collections.abc import Callable


def wait_until(true: Callable[[], object], what: str = "it", seconds: float = 20.0) -> None:
    """Look again and again until something is so; fail if it does not come about in time."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"{what} did not come about within {seconds} s"
        time.sleep(0.005)
