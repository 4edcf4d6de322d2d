"""Sends a camera's pictures into a call, with a filter in numpy: python examples/numpy_filter.py [HOST [PORT]]

Without a camera: --test-pattern.
"""

import argparse
import contextlib
import sys

import numpy as np

import asciichat
from asciichat.media.errors import WebcamError
from asciichat.media.pattern import TestPattern
from asciichat.media.webcam import open_webcam


def glowing_edges(frame: np.ndarray) -> np.ndarray:
    """Where the picture changes from one pixel to the next, in its own colours: uint8[height, width, 3]."""
    light = frame.astype(np.int16)
    across = np.abs(np.diff(light, axis=1, append=light[:, -1:]))
    down = np.abs(np.diff(light, axis=0, append=light[-1:]))
    return (3 * (across + down)).clip(0, 255).astype(np.uint8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("host", nargs="?", default="localhost")
    parser.add_argument("port", nargs="?", type=int, default=27224)
    parser.add_argument("--test-pattern", action="store_true")
    options = parser.parse_args()
    source = TestPattern() if options.test_pattern else open_webcam()
    with (
        contextlib.closing(source),
        asciichat.connect(options.host, options.port, name="edges", audio=False) as call,
    ):
        for frame in source:
            call.send_video(glowing_edges(frame))


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        try:
            main()
        except (asciichat.CallError, WebcamError) as error:
            sys.exit(str(error))
