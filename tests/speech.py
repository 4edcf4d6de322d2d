"""Somebody in a call who speaks."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from asciichat import Call


@contextmanager
def speaking(call: Call) -> Iterator[None]:
    """Somebody says something for as long as the block runs: what a computer that is busy misses of it comes again."""
    tone = 0.2 * np.sin(np.arange(48_000) * 2 * np.pi * 300 / 48_000).astype(np.float32)
    ended = threading.Event()

    def speak() -> None:
        begun, said = time.monotonic(), 0
        while not ended.wait(max(0.0, begun + said / 48_000 - time.monotonic())):
            at = said % 48_000
            call.send_audio(tone[at : at + 480])
            said += 480

    thread = threading.Thread(target=speak)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
